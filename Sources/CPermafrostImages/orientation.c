#include <string.h>
#include "internal.h"

// MARK: what the file says

static uint32_t number(const uint8_t *bytes, size_t length, bool little) {
  uint32_t value = 0;
  for (size_t i = 0; i < length; i++) value = value << 8 | bytes[little ? length - 1 - i : i];
  return value;
}

// EXIF is a TIFF file within the segment; the orientation is tag 0x0112 of its first directory (EXIF 2.32,
// section 4.6).
int pf_orientation_of_exif(const uint8_t *payload, size_t count) {
  enum { prefix = 6, entry_size = 12, orientation_tag = 0x0112, type_short = 3, type_long = 4 };
  if (count < prefix + 8 || memcmp(payload, "Exif\0", 5) != 0) return 0;
  const uint8_t *tiff = payload + prefix;
  count -= prefix;
  bool little = tiff[0] == 'I';
  size_t directory = number(tiff + 4, 4, little);
  if (directory > count - 2) return 0;
  size_t entries = number(tiff + directory, 2, little), at = directory + 2;
  for (; entries > 0 && count >= at + entry_size; entries--, at += entry_size) {
    if (number(tiff + at, 2, little) != orientation_tag) continue;
    uint32_t type = number(tiff + at + 2, 2, little);
    if (type != type_short && type != type_long) return 0;
    uint32_t value = number(tiff + at + 8, type == type_short ? 2 : 4, little);
    return value >= 1 && value <= 8 ? (int)value : 0;
  }
  return 0;
}

// XMP writes tiff:Orientation="6" or <tiff:Orientation>6<.
int pf_orientation_of_xmp(const uint8_t *payload, size_t count) {
  static const char prefix[] = "http://ns.adobe.com/xap/1.0/", name[] = "tiff:Orientation";
  if (count < sizeof prefix || memcmp(payload, prefix, sizeof prefix) != 0) return 0;
  size_t length = sizeof name - 1;
  for (size_t at = sizeof prefix; at + length + 3 <= count; at++) {
    if (memcmp(payload + at, name, length) != 0) continue;
    const uint8_t *value = payload + at + length;
    if (value[0] == '=' && value[1] == '"') {
      value += 2;
    } else if (value[0] == '>') {
      value += 1;
    } else {
      continue;
    }
    return *value >= '1' && *value <= '8' ? *value - '0' : 0;
  }
  return 0;
}

// MARK: doing it

// Stored pixel (x, y) goes to upright pixel origin + x * x_unit + y * y_unit.
void pf_image_turn_upright(const uint8_t *rgb, size_t width, size_t height, int orientation,
                           uint8_t *upright) {
  bool transposed = orientation >= 5;
  bool x_backwards = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  bool y_backwards = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  ptrdiff_t x_unit = transposed ? (ptrdiff_t)height : 1, y_unit = transposed ? 1 : (ptrdiff_t)width;
  ptrdiff_t origin = 0;
  if (x_backwards) {
    origin += x_unit * ((ptrdiff_t)width - 1);
    x_unit = -x_unit;
  }
  if (y_backwards) {
    origin += y_unit * ((ptrdiff_t)height - 1);
    y_unit = -y_unit;
  }

  enum { tile = 32 };  // so that a transposed write stays in cache
  for (size_t top = 0; top < height; top += tile) {
    for (size_t left = 0; left < width; left += tile) {
      for (size_t y = top; y < height && y < top + tile; y++) {
        for (size_t x = left; x < width && x < left + tile; x++) {
          memcpy(upright + 3 * (origin + (ptrdiff_t)x * x_unit + (ptrdiff_t)y * y_unit),
                 rgb + 3 * (y * width + x), 3);
        }
      }
    }
  }
}
