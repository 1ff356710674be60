// What the files that see libvips share.
#ifndef PF_IMAGES_VIPS_H
#define PF_IMAGES_VIPS_H
#include <vips/vips.h>
#include "internal.h"

/// Starts libvips, once; 0 on success.
int pf_vips_start(void);

/// Turns one line of an image's pixels, as libvips holds them, into packed RGB.
typedef void (*pf_line_converter)(const void *line, size_t width, int bands, uint8_t *rgb);

/// NULL where the image's pixels are of a kind that no picture has.
pf_line_converter pf_line_converter_of(const VipsImage *image);

#endif
