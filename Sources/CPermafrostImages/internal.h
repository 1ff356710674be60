// Shared by the files of this target.
#ifndef PF_IMAGES_INTERNAL_H
#define PF_IMAGES_INTERNAL_H
#include "CPermafrostImages.h"

/// snprintf into a reason.
void pf_reason(char reason[PF_IMAGE_REASON], const char *format, ...) __attribute__((format(printf, 2, 3)));

/// One picture under way, as its format's decoder keeps it.
typedef struct pf_decoder {
  pf_image_status (*read)(pf_image *image, uint8_t *rgb, char reason[PF_IMAGE_REASON]);
  void (*close)(pf_image *image);
} pf_decoder;

/// What the first bytes say.
typedef struct pf_format {
  const char *name;    // how messages call it; NULL: not recognised
  const char *loader;  // the only libvips loader that may see the bytes; NULL: recognised but not supported
  bool is_jpeg;
} pf_format;
pf_format pf_format_of(const uint8_t *bytes, size_t count);

// Each reads the header and fills in `image`: width, height, orientation, decoder and state.
pf_image_status pf_jpeg_open(pf_image *image, char reason[PF_IMAGE_REASON]);
pf_image_status pf_vips_open(pf_image *image, pf_format format, char reason[PF_IMAGE_REASON]);

/// PF_IMAGE_TOO_LARGE, with a reason, where the picture has more pixels than its options allow.
pf_image_status pf_check_size(const pf_image *image, char reason[PF_IMAGE_REASON]);

/// The orientation in the payload of a JPEG's APP1 segment; 0 where it says none.
int pf_orientation_of_exif(const uint8_t *payload, size_t count);
int pf_orientation_of_xmp(const uint8_t *payload, size_t count);

/// Eight-bit CMYK, 255 meaning full ink, to RGB as Pillow does it.
void pf_rgb_of_cmyk(const uint8_t *cmyk, uint8_t *rgb);

#endif
