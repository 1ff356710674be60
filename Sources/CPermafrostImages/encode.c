#include <string.h>
#include "vips.h"

pf_image_status pf_image_encode(const uint8_t *rgb, size_t width, size_t height, pf_image_format format,
                                int quality, uint8_t **bytes, size_t *count, char reason[PF_IMAGE_REASON]) {
  if (pf_vips_start()) {
    pf_reason(reason, "libvips does not start");
    return PF_IMAGE_UNKNOWN_FORMAT;
  }
  VipsImage *image = vips_image_new_from_memory(rgb, width * height * 3, (int)width, (int)height, 3,
                                                VIPS_FORMAT_UCHAR);
  if (!image) {
    pf_reason(reason, "libvips takes no picture of %zu x %zu pixels", width, height);
    return PF_IMAGE_TOO_LARGE;
  }
  image->Type = VIPS_INTERPRETATION_sRGB;
  void *encoded = NULL;
  int failed = format == PF_IMAGE_JPEG ? vips_jpegsave_buffer(image, &encoded, count, "Q", quality, NULL)
                                       : vips_pngsave_buffer(image, &encoded, count, NULL);
  g_object_unref(image);
  vips_thread_shutdown();
  if (failed) {
    pf_reason(reason, "the picture cannot be encoded");
    return PF_IMAGE_DAMAGED;
  }
  *bytes = encoded;
  return PF_IMAGE_OK;
}

void pf_image_free(uint8_t *bytes) {
  g_free(bytes);
}
