// Resizing of 8-bit RGB as Pillow's Image.resize does it, bit for bit, and pixels to normalised floats.
//
// Two passes, horizontal then vertical, each a weighted sum over the source pixels below a filter that is
// stretched by the shrink factor (so that it averages over all of them), with weights normalised to 1 and
// rounded to 22 fractional bits, and a result that is rounded and clipped to 8 bits. Only what a window of the
// resized picture needs is computed.
#ifndef PF_RESAMPLE_H
#define PF_RESAMPLE_H
#include <stddef.h>
#include <stdint.h>
#include "pf_isa.h"

typedef enum pf_filter {
  PF_FILTER_BILINEAR = 0,  // triangle
  PF_FILTER_BICUBIC = 1,   // Keys, a = -0.5
  PF_FILTER_LANCZOS = 2,   // three lobes
} pf_filter;

/// The weights of consecutive outputs along one axis.
typedef struct pf_resample_axis {
  size_t count;            // outputs
  size_t stride;           // weights from one output to the next; a multiple of 4, the unused ones zero
  const size_t *first;     // the source position of an output's first weight
  const size_t *taps;      // weights of an output; first + taps never exceeds the source
  const int32_t *weights;  // in units of 2^-22
} pf_resample_axis;

typedef struct pf_resample_kernels {
  const char *name;
  /// `rows` rows of packed RGB, `in_stride` bytes apart, to rows of axis->count pixels. No byte beyond the last
  /// pixel of the last row is read.
  void (*horizontal)(const pf_resample_axis *axis, const uint8_t *in, size_t in_stride, size_t rows,
                     uint8_t *out, size_t out_stride);
  /// Columns of bytes: axis->count rows of `row_bytes` bytes.
  void (*vertical)(const pf_resample_axis *axis, const uint8_t *in, size_t in_stride, size_t row_bytes,
                   uint8_t *out, size_t out_stride);
} pf_resample_kernels;

/// The table of an instruction set; NULL where it is not supported or has no kernels of its own.
const pf_resample_kernels *pf_resample_kernels_for(pf_isa isa);

/// The table of the widest supported instruction set that has one.
const pf_resample_kernels *pf_resample_kernels_best(void);

/// A window of a resized picture.
typedef struct pf_resample_shape {
  size_t in_width, in_height;      // pixels, at least 1
  size_t in_stride;                // bytes from one row to the next
  size_t full_width, full_height;  // of the whole resized picture, at least 1
  size_t x, y, width, height;      // the window, inside the resized picture, not empty
  pf_filter filter;
} pf_resample_shape;

/// Bytes of memory that `pf_resample` allocates while it works.
size_t pf_resample_scratch(const pf_resample_shape *shape);

/// Writes height * width packed RGB pixels. 0 on success, -1 where memory cannot be had.
int pf_resample(const pf_resample_kernels *kernels, const pf_resample_shape *shape, const uint8_t *in,
                uint8_t *out);

/// out[3 * i + c] = table[256 * c + rgb[3 * i + c]]
void pf_look_up_rgb(const uint8_t *rgb, size_t pixels, const float *table, float *out);

#endif
