// Dense convolutions: every way of reading the input, every height and width of a tile.
#include "pictures.h"
#include "suites.h"

typedef struct convolution_case {
  pf_convolution shape;
  layout in, out;
} convolution_case;

/// Fills in what follows from the rest of the shape.
static convolution_case case_of(pf_convolution s, size_t pictures, bool gaps) {
  s.out_height = places(s.in_height, s.kernel_height, s.stride_height, s.padding_height, s.dilation_height);
  s.out_width = places(s.in_width, s.kernel_width, s.stride_width, s.padding_width, s.dilation_width);
  convolution_case test = {.in = random_layout(pictures, s.in_height * s.in_width, s.in_channels)};
  if (!gaps) test.in.pixel_stride = s.in_channels, test.in.picture_stride = test.in.pixels * s.in_channels;
  const size_t out_stride = s.out_channels + (one_in(2) ? pick(1, 9) : 0), pixels = s.out_height * s.out_width;
  test.out = (layout){pictures, pixels, s.out_channels, out_stride, pixels * out_stride};
  s.in_pixel_stride = test.in.pixel_stride;
  s.in_picture_stride = test.in.picture_stride;
  s.out_row_stride = out_stride;
  test.shape = s;
  return test;
}

static void name_case(const pf_convolution *s, size_t pictures) {
  begin_case("%zu pictures %zu x %zu x %zu to %zu x %zu x %zu, kernel %zu x %zu, stride %zu x %zu, padding %zu x "
             "%zu, dilation %zu x %zu, %zu groups, strides %zu %zu %zu",
             pictures, s->in_height, s->in_width, s->in_channels, s->out_height, s->out_width, s->out_channels,
             s->kernel_height, s->kernel_width, s->stride_height, s->stride_width, s->padding_height,
             s->padding_width, s->dilation_height, s->dilation_width, s->groups, s->in_pixel_stride,
             s->in_picture_stride, s->out_row_stride);
}

static float *packed_weights(const pf_network_kernels *kernels, const pf_convolution *shape, const float *weights) {
  const size_t count = kernels->packed_convolution_count(shape);
  float *packed = scratch(count * sizeof(float));
  kernels->pack_convolution(shape, weights, packed);
  // Each weight once, and else zeros.
  double sum = 0, expected = 0;
  const size_t products = shape->kernel_height * shape->kernel_width * (shape->in_channels / shape->groups);
  for (size_t i = 0; i < count; i++) sum += (double)packed[i];
  for (size_t i = 0; i < shape->out_channels * products; i++) expected += (double)weights[i];
  expect_near("sum of the packed weights", 0, sum, expected, 1e-9 * (double)count);
  return packed;
}

/// Whole, or cut into random rows and column chunks.
static float *convolved(const pf_network_kernels *kernels, const convolution_case *test, const float *in,
                        const float *packed, pf_epilogue epilogue, bool cuts) {
  const pf_convolution *shape = &test->shape;
  const size_t rows = rows_of(test->out), chunks = kernels->convolution_column_chunks(shape);
  float *out = blank_pictures(test->out);
  for (size_t row = 0; row < rows;) {
    const size_t row_end = cuts ? next_cut(row, rows) : rows;
    for (size_t chunk = 0; chunk < chunks;) {
      const size_t chunk_end = cuts ? next_cut(chunk, chunks) : chunks;
      kernels->convolve(shape, in, packed, epilogue, out, row, row_end, chunk, chunk_end,
                        scratch(kernels->convolution_scratch(shape, row_end - row)));
      chunk = chunk_end;
    }
    row = row_end;
  }
  expect_gaps(test->out, out);
  return out;
}

static void check(const pf_network_kernels *kernels, convolution_case test) {
  const pf_convolution *shape = &test.shape;
  const size_t products = shape->kernel_height * shape->kernel_width * (shape->in_channels / shape->groups);
  name_case(shape, test.in.pictures);
  const float *in = random_pictures(test.in), *weights = random_floats(shape->out_channels * products);
  const float *packed = packed_weights(kernels, shape, weights);
  const float *sums = convolved(kernels, &test, in, packed, (pf_epilogue){0}, false);
  expect_sums(shape, test.in, in, weights, test.out, sums, ROUNDING);

  const pf_epilogue epilogue = random_epilogue(rows_of(test.out), shape->out_channels, random_activation());
  const float *out = convolved(kernels, &test, in, packed, epilogue, false);
  expect_same_values("epilogue", out, finished(kernels, epilogue, test.out, sums), extent(test.out));
  const float *pieces = convolved(kernels, &test, in, packed, epilogue, true);
  expect_same_bits("in pieces", pieces, out, extent(test.out));

  // The last picture by itself.
  convolution_case alone = test;
  alone.in.pictures = alone.out.pictures = 1;
  const size_t before = test.in.pictures - 1;
  pf_epilogue last = epilogue;
  if (last.residual) last.residual += before * test.out.pixels * last.residual_stride;
  const float *own = convolved(kernels, &alone, in + before * test.in.picture_stride, packed, last, false);
  expect_same_bits("alone", own, out + before * test.out.picture_stride, extent(alone.out));
}

typedef enum reading { TAP, LINE, STRIP } reading;

/// A shape that the kernels read in this way (see reading.template.h), without output where it is too small.
static convolution_case random_case(reading read) {
  pf_convolution s = {.groups = read == LINE ? 1 : (size_t[]){1, 1, 2, 3}[pick(0, 3)]};
  const bool few = read == STRIP || one_in(2);
  const size_t channels = few ? pick(1, 15) : pick(16, 70);
  s.in_channels = s.groups * channels;
  s.out_channels = s.groups * (one_in(2) ? pick(1, 12) : pick(1, 70));
  s.kernel_height = pick(1, 4);
  s.kernel_width = read == TAP ? pick(1, 3) : pick(2, 5);
  s.stride_height = pick(1, 3);
  s.stride_width = one_in(3) ? pick(1, 3) : s.stride_height;
  s.dilation_height = one_in(3) ? 2 : 1;
  s.dilation_width = read == TAP && (few || one_in(3)) ? 2 : 1;
  s.padding_height = pick(0, 2);
  s.padding_width = read == LINE ? 0 : read == STRIP ? pick(1, 3) : pick(0, 2);
  s.in_height = pick(1, 12);
  s.in_width = pick(1, 12);
  return case_of(s, pick(1, 3), read != LINE);
}

static void check_random(const pf_network_kernels *kernels, reading read, int cases) {
  while (cases > 0) {
    const convolution_case test = random_case(read);
    if (test.out.pixels == 0) continue;
    check(kernels, test);
    cases--;
  }
}

static pf_convolution square(size_t channels, size_t outputs, size_t size, size_t kernel, size_t stride,
                             size_t padding) {
  return (pf_convolution){.in_channels = channels, .in_height = size, .in_width = size, .out_channels = outputs,
                          .kernel_height = kernel, .kernel_width = kernel, .stride_height = stride,
                          .stride_width = stride, .padding_height = padding, .padding_width = padding,
                          .dilation_height = 1, .dilation_width = 1, .groups = 1};
}

void check_convolutions(const pf_network_kernels *kernels) {
  begin_kernel("convolve by tap");
  check_random(kernels, TAP, 60);
  begin_kernel("convolve by line");
  check_random(kernels, LINE, 40);
  begin_kernel("convolve by strip");
  check_random(kernels, STRIP, 60);
  begin_kernel("convolve tiles");
  for (size_t rows = 1; rows <= 17; rows++) {
    for (size_t outputs = 1; outputs <= 64; outputs += outputs < 16 ? 5 : 16) {
      check(kernels, case_of(square(9, outputs, 1, 1, 1, 0), rows, true));
    }
  }
  begin_kernel("convolve blocks");
  // More rows than a block has, more depth than a block has, and both.
  check(kernels, case_of(square(20, 21, 15, 1, 1, 0), 2, true));
  check(kernels, case_of(square(700, 40, 1, 1, 1, 0), 3, true));
  check(kernels, case_of(square(600, 20, 1, 1, 1, 0), 230, true));
  check(kernels, case_of(square(40, 24, 12, 3, 1, 1), 2, true));
  check(kernels, case_of(square(3, 20, 16, 16, 16, 0), 200, false));
  check(kernels, case_of(square(3, 12, 70, 7, 2, 3), 1, false));
  check(kernels, case_of(square(2, 7, 45, 3, 1, 1), 2, true));
}
