// The three convolutions of an inverted residual in one: the bits of the three one after the other.
#include "pictures.h"
#include "suites.h"

typedef struct block_case {
  pf_convolution expand, project;
  pf_window window;
  bool expands, projects;
  layout in, hidden, filtered, out;  // hidden: before the depthwise convolution, filtered: after it
  size_t pictures;
} block_case;

static pf_convolution pointwise(size_t height, size_t width, layout in, layout out) {
  return (pf_convolution){
      .in_channels = in.channels, .in_height = height, .in_width = width,
      .out_channels = out.channels, .out_height = height, .out_width = width,
      .kernel_height = 1, .kernel_width = 1, .stride_height = 1, .stride_width = 1,
      .dilation_height = 1, .dilation_width = 1, .groups = 1,
      .in_pixel_stride = in.pixel_stride, .in_picture_stride = in.picture_stride, .out_row_stride = out.pixel_stride,
  };
}

static layout without_gaps(size_t pictures, size_t pixels, size_t channels) {
  return (layout){pictures, pixels, channels, channels, pixels * channels};
}

/// A convolution has rows without a gap behind each picture.
static layout rows_with_gaps(size_t pictures, size_t pixels, size_t channels) {
  const size_t stride = channels + (one_in(2) ? pick(1, 9) : 0);
  return (layout){pictures, pixels, channels, stride, pixels * stride};
}

/// No `inputs`: no expansion; no `outputs`: no projection. The window is square and padded by half its side.
static block_case case_of(size_t pictures, size_t inputs, size_t hidden, size_t outputs, size_t height, size_t width,
                          size_t kernel, size_t stride) {
  block_case test = {.pictures = pictures, .expands = inputs > 0, .projects = outputs > 0};
  const size_t out_height = places(height, kernel, stride, kernel / 2, 1);
  const size_t out_width = places(width, kernel, stride, kernel / 2, 1);
  const size_t pixels = height * width, out_pixels = out_height * out_width;
  test.in = random_layout(pictures, pixels, test.expands ? inputs : hidden);
  test.hidden = test.expands ? without_gaps(pictures, pixels, hidden) : test.in;
  test.out = test.projects ? rows_with_gaps(pictures, out_pixels, outputs)
                           : random_layout(pictures, out_pixels, hidden);
  test.filtered = test.projects ? without_gaps(pictures, out_pixels, hidden) : test.out;
  test.window = (pf_window){
      .channels = hidden, .in_height = height, .in_width = width, .out_height = out_height, .out_width = out_width,
      .kernel_height = kernel, .kernel_width = kernel, .stride_height = stride, .stride_width = stride,
      .padding_height = kernel / 2, .padding_width = kernel / 2, .dilation_height = 1, .dilation_width = 1,
      .in_pixel_stride = test.hidden.pixel_stride, .in_picture_stride = test.hidden.picture_stride,
      .out_pixel_stride = test.filtered.pixel_stride, .out_picture_stride = test.filtered.picture_stride,
  };
  if (test.expands) test.expand = pointwise(height, width, test.in, test.hidden);
  if (test.projects) test.project = pointwise(out_height, out_width, test.filtered, test.out);
  return test;
}

// MARK: one after the other

static float *convolved(const pf_network_kernels *kernels, const pf_convolution *shape, layout out_at, const float *in,
                        const float *packed, pf_epilogue epilogue) {
  float *out = blank_pictures(out_at);
  kernels->convolve(shape, in, packed, epilogue, out, 0, rows_of(out_at), 0, kernels->convolution_column_chunks(shape),
                    scratch(kernels->convolution_scratch(shape, rows_of(out_at))));
  return out;
}

static float *packed_weights(const pf_network_kernels *kernels, const pf_convolution *shape) {
  float *packed = scratch(kernels->packed_convolution_count(shape) * sizeof(float));
  kernels->pack_convolution(shape, random_floats(shape->in_channels * shape->out_channels), packed);
  return packed;
}

/// The average over each picture, and its place in memory.
static float *averaged(const pf_network_kernels *kernels, const block_case *test, const float *filtered, layout to) {
  pf_window pool = test->window;
  pool.in_height = test->window.out_height;
  pool.in_width = test->window.out_width;
  pool.in_pixel_stride = test->filtered.pixel_stride;
  pool.in_picture_stride = test->filtered.picture_stride;
  pool.out_height = pool.out_width = 1;
  pool.out_pixel_stride = to.pixel_stride;
  pool.out_picture_stride = to.picture_stride;
  float *out = blank_pictures(to);
  kernels->adaptive_average_pool(&pool, filtered, out, 0, test->pictures);
  return out;
}

// MARK: in one

static void check_fused(const pf_network_kernels *kernels, const block_case *test, const pf_inverted_residual *block,
                        const float *in, const float *out, const float *average, layout average_at, bool cuts) {
  const size_t lines = test->pictures * test->window.out_height, hidden = test->window.channels;
  float *fused = blank_pictures(test->out), *line_sums = blank_floats(lines * hidden);
  void *memory = scratch(kernels->inverted_residual_scratch(block));
  for (size_t line = 0, end; line < lines; line = end) {
    end = cuts ? next_cut(line, lines) : lines;
    kernels->inverted_residual(block, in, fused, line_sums, line, end, memory);
  }
  expect_gaps(test->out, fused);
  expect_same_bits(cuts ? "in pieces" : "in one", fused, out, extent(test->out));

  float *fused_average = blank_pictures(average_at);
  kernels->average_lines(test->pictures, test->window.out_height, test->window.out_width, hidden, line_sums,
                         fused_average, average_at.picture_stride);
  expect_same_bits("average", fused_average, average, extent(average_at));
  float *portable = blank_pictures(average_at);
  pf_network_kernels_for(PF_ISA_PORTABLE)
      ->average_lines(test->pictures, test->window.out_height, test->window.out_width, hidden, line_sums, portable,
                      average_at.picture_stride);
  expect_same_values("average of the portable table", fused_average, portable, extent(average_at));

  // Without the sums of lines nothing else changes.
  float *plain = blank_pictures(test->out);
  kernels->inverted_residual(block, in, plain, NULL, 0, lines, memory);
  expect_same_bits("without the sums of lines", plain, out, extent(test->out));
}

static void check(const pf_network_kernels *kernels, block_case test) {
  const pf_window *s = &test.window;
  begin_case("%zu pictures %zu x %zu, %zu%s to %zu hidden channels to %zu%s, kernel %zu, stride %zu", test.pictures,
             s->in_height, s->in_width, test.in.channels, test.expands ? "" : " (not expanded)", s->channels,
             test.out.channels, test.projects ? "" : " (not projected)", s->kernel_height, s->stride_height);
  pf_inverted_residual block = {.depthwise = s};
  block.depthwise_weights = random_floats(s->kernel_height * s->kernel_width * s->channels);
  block.depthwise_epilogue = random_epilogue(rows_of(test.filtered), s->channels, random_activation());
  if (test.projects) block.depthwise_epilogue.residual = NULL;
  const float *in = random_pictures(test.in), *hidden = in;
  if (test.expands) {
    block.expand = &test.expand;
    block.expand_weights = packed_weights(kernels, &test.expand);
    block.expand_epilogue = random_epilogue(1, s->channels, random_activation());
    block.expand_epilogue.residual = NULL;
    hidden = convolved(kernels, &test.expand, test.hidden, in, block.expand_weights, block.expand_epilogue);
  }
  float *filtered = blank_pictures(test.filtered);
  kernels->depthwise(s, hidden, block.depthwise_weights, block.depthwise_epilogue, filtered, 0,
                     test.pictures * s->out_height);
  const float *out = filtered;
  if (test.projects) {
    block.project = &test.project;
    block.project_weights = packed_weights(kernels, &test.project);
    block.project_epilogue = random_epilogue(rows_of(test.out), test.out.channels, random_activation());
    out = convolved(kernels, &test.project, test.out, filtered, block.project_weights, block.project_epilogue);
  }
  const layout average_at = random_layout(test.pictures, 1, s->channels);
  const float *average = averaged(kernels, &test, filtered, average_at);
  check_fused(kernels, &test, &block, in, out, average, average_at, false);
  check_fused(kernels, &test, &block, in, out, average, average_at, true);
}

void check_inverted_residuals(const pf_network_kernels *kernels) {
  begin_kernel("inverted residual");
  // Bands of lines, whole pictures and several of them.
  check(kernels, case_of(2, 0, 32, 16, 20, 56, 3, 1));
  check(kernels, case_of(1, 16, 96, 24, 15, 56, 3, 2));
  check(kernels, case_of(2, 24, 144, 0, 28, 28, 5, 2));
  check(kernels, case_of(1, 30, 210, 20, 14, 14, 5, 1));
  check(kernels, case_of(3, 50, 333, 70, 7, 7, 3, 1));
  check(kernels, case_of(7, 20, 100, 33, 3, 3, 3, 1));
  for (int i = 0; i < 50; i++) {
    const size_t inputs = one_in(4) ? 0 : pick(1, 40), outputs = one_in(4) ? 0 : pick(1, 40);
    check(kernels, case_of(pick(1, 3), inputs, pick(1, 130), outputs, pick(1, 14), pick(1, 14),
                           (size_t[]){1, 3, 3, 5, 7}[pick(0, 4)], pick(1, 3)));
  }
}
