// Pictures in memory, and what the tests of convolutions share.
#ifndef PICTURES_H
#define PICTURES_H
#include "check.h"

/// Rows (pixels) of `channels` floats, with gaps behind the rows and behind the pictures.
typedef struct layout {
  size_t pictures, pixels, channels;
  size_t pixel_stride, picture_stride;
} layout;

static inline size_t rows_of(layout at) { return at.pictures * at.pixels; }

/// Where a row begins.
static inline size_t place_of_row(layout at, size_t row) {
  return row / at.pixels * at.picture_stride + row % at.pixels * at.pixel_stride;
}

/// Floats from the first to the last that belongs to a row: no gap follows it.
static inline size_t extent(layout at) { return place_of_row(at, rows_of(at) - 1) + at.channels; }

/// Pictures without gaps, or, one time in two, with some.
layout random_layout(size_t pictures, size_t pixels, size_t channels);

/// NaN in the gaps, so that no kernel can read them unnoticed.
float *random_pictures(layout at);
float *blank_pictures(layout at);
/// The gaps are as `blank_pictures` left them.
void expect_gaps(layout at, const float *pictures);

// MARK: convolutions

/// A random bias, a random residual for `rows` rows, or none.
pf_epilogue random_epilogue(size_t rows, size_t channels, pf_activation activation);
pf_activation random_activation(void);

/// What the epilogue makes of sums.
float *finished(const pf_network_kernels *kernels, pf_epilogue epilogue, layout at, const float *sums);

/// Places where a window fits: outputs of a convolution or a pool.
size_t places(size_t size, size_t kernel, size_t stride, size_t padding, size_t dilation);

/// Compares with the sums by definition, in float64, at some ten thousand places at most.
void expect_sums(const pf_convolution *shape, layout in_at, const float *in, const float *weights, layout out_at,
                 const float *out, double allowed);

/// Instead of `allowed`, the bound of a sum of products one after the other, each rounded to float32: a sum of n
/// products errs by at most n + 1 roundings of their magnitudes' sum. Where the signs are random, eight of those
/// are already far more than it will err.
#define ROUNDING (-1.0)

#endif
