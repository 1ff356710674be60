// libvips through calls that are not C-variadic. Internal to Permafrost.
//
// Any thread may call any function at any time. The first call starts libvips, once a process. No process-wide
// setting of libvips is changed, and no thread of its pool is used for decoding: a picture is decoded by the
// thread that asks for it.
#ifndef CPERMAFROST_IMAGES_H
#define CPERMAFROST_IMAGES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum pf_image_status {
  PF_IMAGE_OK = 0,
  PF_IMAGE_UNKNOWN_FORMAT = 1,  // no format of the allow-list, or libvips was built without it
  PF_IMAGE_DAMAGED = 2,         // broken or cut short
  PF_IMAGE_TOO_LARGE = 3,       // more pixels than allowed
  PF_IMAGE_NO_MEMORY = 4,
} pf_image_status;

/// Room for a reason, its terminating zero included.
#define PF_IMAGE_REASON 256

typedef struct pf_image_options {
  bool apply_profile;   // convert an embedded ICC profile's colours to sRGB
  uint64_t max_pixels;  // a picture with more is refused before anything is decoded
} pf_image_options;

typedef struct pf_image {
  size_t width, height;  // as stored
  int orientation;       // EXIF's 1...8; 1 is upright
  const uint8_t *bytes;  // the caller's; must outlive the picture
  size_t count;
  pf_image_options options;
  const struct pf_decoder *decoder;
  void *state;
} pf_image;

/// Reads the header. On success `image` must be closed; on failure `reason` holds one line of text.
pf_image_status pf_image_open(const uint8_t *bytes, size_t count, pf_image_options options, pf_image *image,
                              char reason[PF_IMAGE_REASON]);

/// Decodes into `rgb`, which has room for height * width * 3 bytes, as stored. At most once a picture.
pf_image_status pf_image_read(pf_image *image, uint8_t *rgb, char reason[PF_IMAGE_REASON]);

void pf_image_close(pf_image *image);

/// Writes the upright picture of a stored one; orientations 5...8 exchange width and height.
void pf_image_turn_upright(const uint8_t *rgb, size_t width, size_t height, int orientation, uint8_t *upright);

typedef enum pf_image_format { PF_IMAGE_JPEG, PF_IMAGE_PNG } pf_image_format;

/// Encodes packed RGB; `quality` (1...100) counts for JPEG only. On success `*bytes` is released with
/// `pf_image_free`.
pf_image_status pf_image_encode(const uint8_t *rgb, size_t width, size_t height, pf_image_format format,
                                int quality, uint8_t **bytes, size_t *count, char reason[PF_IMAGE_REASON]);

void pf_image_free(uint8_t *bytes);

#endif
