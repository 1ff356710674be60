// One channel at a time: depthwise convolutions and pools.
#include <math.h>

#include "pictures.h"
#include "suites.h"

typedef struct window_case {
  pf_window shape;
  layout in, out;
} window_case;

/// A window that has code of its own as often as not.
static window_case random_case(void) {
  static const size_t channels[] = {1, 3, 4, 7, 8, 16, 17, 31, 32, 40, 75};
  for (;;) {
    pf_window s = {.channels = channels[pick(0, 10)]};
    const bool usual = one_in(2);
    s.kernel_height = s.kernel_width = usual ? (size_t[]){3, 5}[pick(0, 1)] : pick(1, 7);
    s.stride_height = s.stride_width = pick(1, 2);
    s.dilation_height = s.dilation_width = 1;
    if (!usual) {
      s.kernel_width = pick(1, 5);
      s.stride_width = pick(1, 3);
      s.dilation_height = pick(1, 3);
      s.dilation_width = pick(1, 2);
    }
    s.padding_height = one_in(2) ? s.kernel_height / 2 : pick(0, 4);
    s.padding_width = one_in(2) ? s.kernel_width / 2 : pick(0, 4);
    s.in_height = pick(1, 15);
    s.in_width = pick(1, 40);
    s.out_height = places(s.in_height, s.kernel_height, s.stride_height, s.padding_height, s.dilation_height);
    s.out_width = places(s.in_width, s.kernel_width, s.stride_width, s.padding_width, s.dilation_width);
    const size_t pictures = pick(1, 3);
    window_case test = {s, random_layout(pictures, s.in_height * s.in_width, s.channels),
                        random_layout(pictures, s.out_height * s.out_width, s.channels)};
    if (test.out.pixels > 0) return test;
  }
}

/// Sets the strides and names the case.
static void begin(window_case *test) {
  pf_window *s = &test->shape;
  s->in_pixel_stride = test->in.pixel_stride;
  s->in_picture_stride = test->in.picture_stride;
  s->out_pixel_stride = test->out.pixel_stride;
  s->out_picture_stride = test->out.picture_stride;
  begin_case("%zu pictures %zu x %zu to %zu x %zu, %zu channels, kernel %zu x %zu, stride %zu x %zu, padding %zu x "
             "%zu, dilation %zu x %zu, strides %zu %zu %zu %zu",
             test->in.pictures, s->in_height, s->in_width, s->out_height, s->out_width, s->channels, s->kernel_height,
             s->kernel_width, s->stride_height, s->stride_width, s->padding_height, s->padding_width,
             s->dilation_height, s->dilation_width, s->in_pixel_stride, s->in_picture_stride, s->out_pixel_stride,
             s->out_picture_stride);
}

static size_t lines_of(const window_case *test) { return test->out.pictures * test->shape.out_height; }

// MARK: depthwise

static float *depthwise(const pf_network_kernels *kernels, const window_case *test, const float *in,
                        const float *weights, pf_epilogue epilogue, bool cuts) {
  float *out = blank_pictures(test->out);
  for (size_t line = 0, end; line < lines_of(test); line = end) {
    end = cuts ? next_cut(line, lines_of(test)) : lines_of(test);
    kernels->depthwise(&test->shape, in, weights, epilogue, out, line, end);
  }
  expect_gaps(test->out, out);
  return out;
}

static void check_depthwise(const pf_network_kernels *kernels, window_case test) {
  begin(&test);
  const pf_window *s = &test.shape;
  const size_t taps = s->kernel_height * s->kernel_width;
  const float *in = random_pictures(test.in), *weights = random_floats(taps * s->channels);
  const float *sums = depthwise(kernels, &test, in, weights, (pf_epilogue){0}, false);
  const pf_convolution grouped = {
      .in_channels = s->channels, .in_height = s->in_height, .in_width = s->in_width,
      .out_channels = s->channels, .out_height = s->out_height, .out_width = s->out_width,
      .kernel_height = s->kernel_height, .kernel_width = s->kernel_width,
      .stride_height = s->stride_height, .stride_width = s->stride_width,
      .padding_height = s->padding_height, .padding_width = s->padding_width,
      .dilation_height = s->dilation_height, .dilation_width = s->dilation_width, .groups = s->channels,
  };
  float *by_channel = blank_floats(taps * s->channels);
  for (size_t i = 0; i < taps * s->channels; i++) by_channel[i % s->channels * taps + i / s->channels] = weights[i];
  expect_sums(&grouped, test.in, in, by_channel, test.out, sums, ROUNDING);

  const pf_epilogue epilogue = random_epilogue(rows_of(test.out), s->channels, random_activation());
  const float *out = depthwise(kernels, &test, in, weights, epilogue, false);
  expect_same_values("epilogue", out, finished(kernels, epilogue, test.out, sums), extent(test.out));
  expect_same_bits("in pieces", depthwise(kernels, &test, in, weights, epilogue, true), out, extent(test.out));
}

// MARK: pools

typedef void pool_kernel(const pf_window *shape, const float *in, float *out, size_t line_begin, size_t line_end);

static float *pooled(pool_kernel *kernel, const window_case *test, const float *in, bool cuts) {
  float *out = blank_pictures(test->out);
  for (size_t line = 0, end; line < lines_of(test); line = end) {
    end = cuts ? next_cut(line, lines_of(test)) : lines_of(test);
    kernel(&test->shape, in, out, line, end);
  }
  expect_gaps(test->out, out);
  return out;
}

static float greatest(const window_case *test, const float *in, size_t row, size_t channel) {
  const pf_window *s = &test->shape;
  const size_t picture = row / test->out.pixels;
  const size_t line = row % test->out.pixels / s->out_width, column = row % s->out_width;
  float result = -INFINITY;
  for (size_t i = 0; i < s->kernel_height * s->kernel_width; i++) {
    const size_t y = line * s->stride_height + i / s->kernel_width * s->dilation_height - s->padding_height;
    const size_t x = column * s->stride_width + i % s->kernel_width * s->dilation_width - s->padding_width;
    if (y >= s->in_height || x >= s->in_width) continue;
    const float value = in[place_of_row(test->in, picture * test->in.pixels + y * s->in_width + x) + channel];
    if (value > result || isnan(value)) result = value;
    if (isnan(value)) break;
  }
  return result;
}

static void check_max_pool(const pf_network_kernels *kernels, window_case test) {
  begin(&test);
  float *in = random_pictures(test.in), *expected = blank_pictures(test.out);
  for (size_t row = 0; row < rows_of(test.in); row++) {
    float *pixel = in + place_of_row(test.in, row);
    if (one_in(9)) pixel[pick(0, test.in.channels - 1)] = (float[]){NAN, INFINITY, -INFINITY, -0.0f}[pick(0, 3)];
  }
  for (size_t row = 0; row < rows_of(test.out); row++) {
    float *pixel = expected + place_of_row(test.out, row);
    for (size_t c = 0; c < test.out.channels; c++) pixel[c] = greatest(&test, in, row, c);
  }
  const float *out = pooled(kernels->max_pool, &test, in, false);
  expect_same_values("maximum", out, expected, extent(test.out));
  const float *portable = pooled(pf_network_kernels_for(PF_ISA_PORTABLE)->max_pool, &test, in, false);
  expect_same_values("portable", out, portable, extent(test.out));
  expect_same_bits("in pieces", pooled(kernels->max_pool, &test, in, true), out, extent(test.out));
}

static void check_average_pool(const pf_network_kernels *kernels, window_case test) {
  pf_window *s = &test.shape;
  s->out_height = pick(1, 8);
  s->out_width = one_in(2) ? 1 : pick(1, 8);
  test.out = random_layout(test.in.pictures, s->out_height * s->out_width, s->channels);
  begin(&test);
  const float *in = random_pictures(test.in), *out = pooled(kernels->adaptive_average_pool, &test, in, false);
  for (size_t row = 0; row < rows_of(test.out); row++) {
    const size_t picture = row / test.out.pixels;
    const size_t line = row % test.out.pixels / s->out_width, column = row % s->out_width;
    const size_t top = line * s->in_height / s->out_height, left = column * s->in_width / s->out_width;
    const size_t bottom = ((line + 1) * s->in_height + s->out_height - 1) / s->out_height;
    const size_t right = ((column + 1) * s->in_width + s->out_width - 1) / s->out_width;
    for (size_t c = 0; c < s->channels; c++) {
      double sum = 0;
      for (size_t y = top; y < bottom; y++) {
        for (size_t x = left; x < right; x++) {
          sum += (double)in[place_of_row(test.in, picture * test.in.pixels + y * s->in_width + x) + c];
        }
      }
      const size_t place = place_of_row(test.out, row) + c;
      // Values are below 1, and a line's sum goes before the lines' sum.
      expect_near("average", place, (double)out[place], sum / (double)((bottom - top) * (right - left)), 4e-7);
    }
  }
  const float *portable = pooled(pf_network_kernels_for(PF_ISA_PORTABLE)->adaptive_average_pool, &test, in, false);
  expect_same_values("portable", out, portable, extent(test.out));
  expect_same_bits("in pieces", pooled(kernels->adaptive_average_pool, &test, in, true), out, extent(test.out));
}

void check_windows(const pf_network_kernels *kernels) {
  begin_kernel("depthwise");
  for (int i = 0; i < 160; i++) check_depthwise(kernels, random_case());
  begin_kernel("max pool");
  for (int i = 0; i < 120; i++) check_max_pool(kernels, random_case());
  begin_kernel("adaptive average pool");
  for (int i = 0; i < 120; i++) check_average_pool(kernels, random_case());
}
