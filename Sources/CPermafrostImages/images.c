#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "internal.h"

void pf_reason(char reason[PF_IMAGE_REASON], const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reason, PF_IMAGE_REASON, format, arguments);
  va_end(arguments);
}

pf_image_status pf_check_size(const pf_image *image, char reason[PF_IMAGE_REASON]) {
  if ((uint64_t)image->width * image->height <= image->options.max_pixels) return PF_IMAGE_OK;
  pf_reason(reason, "the picture has %zu x %zu pixels, more than the limit of %llu", image->width,
            image->height, (unsigned long long)image->options.max_pixels);
  return PF_IMAGE_TOO_LARGE;
}

pf_image_status pf_image_open(const uint8_t *bytes, size_t count, pf_image_options options, pf_image *image,
                              char reason[PF_IMAGE_REASON]) {
  *image = (pf_image){.orientation = 1, .bytes = bytes, .count = count, .options = options};
  if (count == 0) {
    pf_reason(reason, "the file is empty");
    return PF_IMAGE_UNKNOWN_FORMAT;
  }
  pf_format format = pf_format_of(bytes, count);
  if (!format.name) {
    pf_reason(reason, "the bytes are of no supported picture format");
    return PF_IMAGE_UNKNOWN_FORMAT;
  }
  if (!format.loader) {
    pf_reason(reason, "%s pictures are not supported", format.name);
    return PF_IMAGE_UNKNOWN_FORMAT;
  }
  // libvips would decode a JPEG to the same pixels, in twice the time; it is needed for colour profiles.
  return format.is_jpeg && !options.apply_profile ? pf_jpeg_open(image, reason)
                                                  : pf_vips_open(image, format, reason);
}

pf_image_status pf_image_read(pf_image *image, uint8_t *rgb, char reason[PF_IMAGE_REASON]) {
  return image->decoder->read(image, rgb, reason);
}

void pf_image_close(pf_image *image) {
  if (image->decoder) image->decoder->close(image);
  *image = (pf_image){0};
}
