// Resizing: integers, so bits.
#include <string.h>

#include "check.h"
#include "suites.h"

/// A random axis: outputs that look at a few neighbouring source positions each, with weights that add up to 1.
static pf_resample_axis random_axis(size_t in, size_t count) {
  const size_t most = pick(1, in < 9 ? in : 9), stride = (most + 3) / 4 * 4;
  size_t *first = memory(count * sizeof(size_t)), *taps = memory(count * sizeof(size_t));
  int32_t *weights = memory(count * stride * sizeof(int32_t));
  memset(weights, 0, count * stride * sizeof(int32_t));
  for (size_t i = 0; i < count; i++) {
    taps[i] = pick(1, most);
    first[i] = pick(0, in - taps[i]);
    int32_t left = 1 << 22;
    // Some are negative, as a cubic's are, so that sums leave 0...255 on either side.
    for (size_t k = 0; k + 1 < taps[i]; k++) {
      weights[i * stride + k] = (int32_t)pick(0, 1 << 20) - (1 << 18);
      left -= weights[i * stride + k];
    }
    weights[i * stride + taps[i] - 1] = left;
  }
  return (pf_resample_axis){count, stride, first, taps, weights};
}

static uint8_t *random_bytes(size_t count) {
  uint8_t *bytes = memory(count);
  for (size_t i = 0; i < count; i++) bytes[i] = one_in(4) ? (uint8_t)(255 * pick(0, 1)) : (uint8_t)random_bits();
  return bytes;
}

/// One output byte, from bytes `step` apart.
static uint8_t weighted(const pf_resample_axis *axis, size_t output, const uint8_t *in, size_t step) {
  int64_t sum = 1 << 21;
  for (size_t k = 0; k < axis->taps[output]; k++) {
    sum += (int64_t)in[(axis->first[output] + k) * step] * axis->weights[output * axis->stride + k];
  }
  sum >>= 22;
  return sum < 0 ? 0 : sum > 255 ? 255 : (uint8_t)sum;
}

static void expect_bytes(const char *what, const uint8_t *got, const uint8_t *expected, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (got[i] != expected[i]) fail("%s: byte %zu of %zu is %d, not %d", what, i, count, got[i], expected[i]);
  }
}

static void check_horizontal(const pf_resample_kernels *kernels) {
  const size_t width = pick(1, 60), count = pick(1, 40), rows = pick(1, 9);
  const size_t in_stride = 3 * width + pick(0, 5), out_stride = 3 * count + pick(0, 5);
  begin_case("%zu rows of %zu pixels to %zu, strides %zu %zu", rows, width, count, in_stride, out_stride);
  const pf_resample_axis axis = random_axis(width, count);
  const uint8_t *in = random_bytes((rows - 1) * in_stride + 3 * width);
  const size_t bytes = (rows - 1) * out_stride + 3 * count;
  uint8_t *out = memory(bytes), *expected = memory(bytes);
  kernels->horizontal(&axis, in, in_stride, rows, out, out_stride);
  for (size_t i = 0; i < rows * 3 * count; i++) {
    const size_t row = i / (3 * count), output = i / 3 % count;
    expected[row * out_stride + i % (3 * count)] = weighted(&axis, output, in + row * in_stride + i % 3, 3);
  }
  expect_bytes("pixels", out, expected, bytes);
}

static void check_vertical(const pf_resample_kernels *kernels) {
  const size_t height = pick(1, 40), count = pick(1, 30), row_bytes = 3 * pick(1, 70);
  const size_t in_stride = row_bytes + pick(0, 5), out_stride = row_bytes + pick(0, 5);
  begin_case("%zu rows of %zu bytes to %zu, strides %zu %zu", height, row_bytes, count, in_stride, out_stride);
  const pf_resample_axis axis = random_axis(height, count);
  const uint8_t *in = random_bytes((height - 1) * in_stride + row_bytes);
  const size_t bytes = (count - 1) * out_stride + row_bytes;
  uint8_t *out = memory(bytes), *expected = memory(bytes);
  kernels->vertical(&axis, in, in_stride, row_bytes, out, out_stride);
  for (size_t i = 0; i < count * row_bytes; i++) {
    const size_t column = i % row_bytes;
    expected[i / row_bytes * out_stride + column] = weighted(&axis, i / row_bytes, in + column, in_stride);
  }
  expect_bytes("pixels", out, expected, bytes);
}

/// Whole pictures: the windows of all filters.
static void check_pictures(const pf_resample_kernels *kernels) {
  const pf_resample_kernels *portable = pf_resample_kernels_for(PF_ISA_PORTABLE);
  pf_resample_shape shape = {.in_width = pick(1, 50), .in_height = pick(1, 50), .full_width = pick(1, 50),
                             .full_height = pick(1, 50), .filter = (pf_filter)pick(0, 2)};
  shape.in_stride = 3 * shape.in_width + pick(0, 5);
  shape.x = pick(0, shape.full_width - 1);
  shape.y = pick(0, shape.full_height - 1);
  shape.width = pick(1, shape.full_width - shape.x);
  shape.height = pick(1, shape.full_height - shape.y);
  begin_case("%zu x %zu of %zu x %zu at %zu, %zu from %zu x %zu, stride %zu, filter %d", shape.width, shape.height,
             shape.full_width, shape.full_height, shape.x, shape.y, shape.in_width, shape.in_height, shape.in_stride,
             (int)shape.filter);
  const uint8_t *in = random_bytes((shape.in_height - 1) * shape.in_stride + 3 * shape.in_width);
  const size_t bytes = 3 * shape.width * shape.height;
  uint8_t *out = memory(bytes), *expected = memory(bytes);
  if (pf_resample(kernels, &shape, in, out) != 0 || pf_resample(portable, &shape, in, expected) != 0) {
    fail("no memory");
  }
  expect_bytes("portable", out, expected, bytes);
}

void check_resampling(const pf_resample_kernels *kernels) {
  if (!kernels) kernels = pf_resample_kernels_for(PF_ISA_PORTABLE);
  begin_kernel("resample horizontally");
  for (int i = 0; i < 200; i++) check_horizontal(kernels);
  begin_kernel("resample vertically");
  for (int i = 0; i < 200; i++) check_vertical(kernels);
  begin_kernel("resample");
  for (int i = 0; i < 200; i++) check_pictures(kernels);
}
