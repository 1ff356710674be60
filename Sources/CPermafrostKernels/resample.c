#include "pf_resample.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "resample_kernels.h"

// MARK: portable kernels

static uint8_t clipped(int32_t sum) {
  sum >>= PF_RESAMPLE_FRACTION_BITS;
  return sum < 0 ? 0 : sum > 255 ? 255 : (uint8_t)sum;
}

void pf_resample_horizontal_portable(const pf_resample_axis *axis, const uint8_t *in, size_t in_stride,
                                     size_t rows, uint8_t *out, size_t out_stride) {
  for (size_t row = 0; row < rows; row++, in += in_stride, out += out_stride) {
    for (size_t i = 0; i < axis->count; i++) {
      const uint8_t *pixel = in + 3 * axis->first[i];
      const int32_t *weights = axis->weights + i * axis->stride;
      int32_t red = PF_RESAMPLE_HALF, green = red, blue = red;
      for (size_t k = 0; k < axis->taps[i]; k++, pixel += 3) {
        red += pixel[0] * weights[k];
        green += pixel[1] * weights[k];
        blue += pixel[2] * weights[k];
      }
      out[3 * i] = clipped(red);
      out[3 * i + 1] = clipped(green);
      out[3 * i + 2] = clipped(blue);
    }
  }
}

void pf_resample_vertical_portable(const pf_resample_axis *axis, const uint8_t *in, size_t in_stride,
                                   size_t row_bytes, uint8_t *out, size_t out_stride) {
  enum { chunk = 64 };
  for (size_t i = 0; i < axis->count; i++, out += out_stride) {
    const uint8_t *top = in + axis->first[i] * in_stride;
    const int32_t *weights = axis->weights + i * axis->stride;
    for (size_t begin = 0; begin < row_bytes; begin += chunk) {
      size_t bytes = row_bytes - begin < chunk ? row_bytes - begin : chunk;
      int32_t sums[chunk];
      for (size_t b = 0; b < bytes; b++) sums[b] = PF_RESAMPLE_HALF;
      for (size_t k = 0; k < axis->taps[i]; k++) {
        const uint8_t *line = top + k * in_stride + begin;
        for (size_t b = 0; b < bytes; b++) sums[b] += line[b] * weights[k];
      }
      for (size_t b = 0; b < bytes; b++) out[begin + b] = clipped(sums[b]);
    }
  }
}

const pf_resample_kernels *pf_resample_kernels_for(pf_isa isa) {
  static const pf_resample_kernels portable = {"portable", pf_resample_horizontal_portable,
                                               pf_resample_vertical_portable};
  if (!pf_isa_supported(isa)) return NULL;
  switch (isa) {
  case PF_ISA_PORTABLE: return &portable;
#if defined(__x86_64__)
  case PF_ISA_AVX2: return &pf_resample_kernels_avx2;
#endif
  default: return NULL;
  }
}

const pf_resample_kernels *pf_resample_kernels_best(void) {
  for (int isa = PF_ISA_COUNT - 1; isa > PF_ISA_PORTABLE; isa--) {
    const pf_resample_kernels *kernels = pf_resample_kernels_for((pf_isa)isa);
    if (kernels) return kernels;
  }
  return pf_resample_kernels_for(PF_ISA_PORTABLE);
}

// MARK: both passes

// A pass is left out where it would change no pixel. Pillow works horizontally first, and since version 13
// vertically first where more than twice as many rows go as columns; the rounding in between makes the order
// show in a pixel's last bit.
typedef struct passes {
  bool horizontal, vertical, vertical_first;
  size_t column, columns, row, rows;  // what the window's outputs look at in the source
} passes;

static passes passes_of(const pf_resample_shape *shape) {
  passes p = {shape->in_width != shape->full_width, shape->in_height != shape->full_height, .row = 0};
  p.vertical_first = shape->in_height > shape->full_height &&
                     (double)shape->in_height - (double)shape->full_height >
                         2 * ((double)shape->in_width - (double)shape->full_width);
  pf_axis_reach(shape->in_width, shape->full_width, shape->x, shape->width, shape->filter, &p.column,
                &p.columns);
  pf_axis_reach(shape->in_height, shape->full_height, shape->y, shape->height, shape->filter, &p.row, &p.rows);
  return p;
}

static size_t between_bytes(const pf_resample_shape *shape, passes p) {
  if (!p.horizontal || !p.vertical) return 0;
  return 3 * (p.vertical_first ? p.columns * shape->height : p.rows * shape->width);
}

size_t pf_resample_scratch(const pf_resample_shape *shape) {
  passes p = passes_of(shape);
  return between_bytes(shape, p) +
         pf_axis_bytes(shape->in_width, shape->full_width, shape->width, shape->filter) +
         pf_axis_bytes(shape->in_height, shape->full_height, shape->height, shape->filter);
}

// Pixels in memory; `bytes` is the first.
typedef struct lines {
  uint8_t *bytes;
  size_t stride;
} lines;

// `in` begins at the first column that is looked at.
static int resample_horizontally(const pf_resample_kernels *kernels, const pf_resample_shape *shape, passes p,
                                 size_t rows, const uint8_t *in, size_t in_stride, lines out) {
  void *memory = calloc(1, pf_axis_bytes(shape->in_width, shape->full_width, shape->width, shape->filter));
  if (!memory) return -1;
  pf_resample_axis axis = pf_axis_make(shape->in_width, shape->full_width, shape->x, shape->width,
                                       shape->filter, p.column, memory);
  kernels->horizontal(&axis, in, in_stride, rows, out.bytes, out.stride);
  free(memory);
  return 0;
}

// `in` begins at the first row that is looked at.
static int resample_vertically(const pf_resample_kernels *kernels, const pf_resample_shape *shape, passes p,
                               size_t columns, const uint8_t *in, size_t in_stride, lines out) {
  void *memory = calloc(1, pf_axis_bytes(shape->in_height, shape->full_height, shape->height, shape->filter));
  if (!memory) return -1;
  pf_resample_axis axis = pf_axis_make(shape->in_height, shape->full_height, shape->y, shape->height,
                                       shape->filter, p.row, memory);
  kernels->vertical(&axis, in, in_stride, 3 * columns, out.bytes, out.stride);
  free(memory);
  return 0;
}

int pf_resample(const pf_resample_kernels *kernels, const pf_resample_shape *shape, const uint8_t *in,
                uint8_t *out) {
  passes p = passes_of(shape);
  size_t stride = shape->in_stride;
  lines result = {out, 3 * shape->width};
  in += p.row * stride + 3 * p.column;

  if (!p.horizontal && !p.vertical) {
    for (size_t row = 0; row < shape->height; row++) {
      memcpy(out + row * result.stride, in + row * stride, result.stride);
    }
    return 0;
  }
  if (!p.vertical) return resample_horizontally(kernels, shape, p, shape->height, in, stride, result);
  if (!p.horizontal) return resample_vertically(kernels, shape, p, shape->width, in, stride, result);

  lines between = {malloc(between_bytes(shape, p)), 3 * (p.vertical_first ? p.columns : shape->width)};
  if (!between.bytes) return -1;
  int failed;
  if (p.vertical_first) {
    failed = resample_vertically(kernels, shape, p, p.columns, in, stride, between) ||
             resample_horizontally(kernels, shape, p, shape->height, between.bytes, between.stride, result);
  } else {
    failed = resample_horizontally(kernels, shape, p, p.rows, in, stride, between) ||
             resample_vertically(kernels, shape, p, shape->width, between.bytes, between.stride, result);
  }
  free(between.bytes);
  return failed ? -1 : 0;
}

// MARK: normalising

void pf_look_up_rgb(const uint8_t *rgb, size_t pixels, const float *table, float *out) {
  for (size_t i = 0; i < pixels; i++, rgb += 3, out += 3) {
    out[0] = table[rgb[0]];
    out[1] = table[256 + rgb[1]];
    out[2] = table[512 + rgb[2]];
  }
}
