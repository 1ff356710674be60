// SVG drawings as pictures, by libvips, which has librsvg draw them where it was built with it.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Bytes of a reason, its end included.
#define DRAWING_REASON 256

/// Whether the libvips at hand draws SVG.
int drawing_is_possible(void);

/// Draws an SVG document `scale` times as large as it says it is, as the bytes of a PNG file, which
/// `drawing_free` takes. Returns 0, or else says why in `reason`.
int drawing_png(const char *svg, size_t length, double scale, uint8_t **png, size_t *count,
                char reason[DRAWING_REASON]);

void drawing_free(uint8_t *png);
