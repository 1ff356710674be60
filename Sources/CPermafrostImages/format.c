// Which loader may see the bytes: decided by their first few, from a list. libvips' own choice would also offer
// SVG, PDF and everything that ImageMagick reads.
#include <string.h>
#include "internal.h"

static bool holds(const uint8_t *bytes, size_t count, size_t at, const char *magic, size_t length) {
  return count >= at + length && memcmp(bytes + at, magic, length) == 0;
}

// ISO base media files name their brand after "ftyp".
static const char *heif_kind(const uint8_t *bytes, size_t count) {
  if (!holds(bytes, count, 4, "ftyp", 4) || count < 12) return NULL;
  static const char *const avif[] = {"avif", "avis"};
  static const char *const heif[] = {"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs",
                                     "mif1", "msf1"};
  for (size_t i = 0; i < sizeof avif / sizeof *avif; i++) {
    if (memcmp(bytes + 8, avif[i], 4) == 0) return "avif";
  }
  for (size_t i = 0; i < sizeof heif / sizeof *heif; i++) {
    if (memcmp(bytes + 8, heif[i], 4) == 0) return "heif";
  }
  return NULL;
}

pf_format pf_format_of(const uint8_t *bytes, size_t count) {
  static const struct {
    const char *magic;
    size_t length;
    pf_format format;
  } known[] = {
      {"\xff\xd8\xff", 3, {"jpeg", "jpegload_buffer", true}},
      {"\x89PNG\r\n\x1a\n", 8, {"png", "pngload_buffer", false}},
      {"GIF87a", 6, {"gif", "gifload_buffer", false}},
      {"GIF89a", 6, {"gif", "gifload_buffer", false}},
      {"II*\0", 4, {"tiff", "tiffload_buffer", false}},
      {"MM\0*", 4, {"tiff", "tiffload_buffer", false}},
      {"II+\0", 4, {"tiff", "tiffload_buffer", false}},
      {"MM\0+", 4, {"tiff", "tiffload_buffer", false}},
      // libvips calls its loaders of these untrusted, or has none but ImageMagick's; that of JPEG 2000 writes
      // beyond its buffer before 8.16.
      {"\0\0\0\x0cjP  \r\n\x87\n", 12, {"jpeg 2000", NULL, false}},
      {"\xff\x4f\xff\x51", 4, {"jpeg 2000", NULL, false}},
      {"\0\0\0\x0cJXL ", 8, {"jpeg xl", NULL, false}},
      {"\xff\x0a", 2, {"jpeg xl", NULL, false}},
      {"BM", 2, {"bmp", NULL, false}},
      {"8BPS", 4, {"psd", NULL, false}},
      {"%PDF", 4, {"pdf", NULL, false}},
      {"<svg", 4, {"svg", NULL, false}},
      {"<?xml", 5, {"xml", NULL, false}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (holds(bytes, count, 0, known[i].magic, known[i].length)) return known[i].format;
  }
  if (holds(bytes, count, 0, "RIFF", 4) && holds(bytes, count, 8, "WEBP", 4)) {
    return (pf_format){"webp", "webpload_buffer", false};
  }
  const char *heif = heif_kind(bytes, count);
  return heif ? (pf_format){heif, "heifload_buffer", false} : (pf_format){NULL, NULL, false};
}
