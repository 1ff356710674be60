// Convolutions by Winograd's method: whole, in pieces, and in the three steps.
#include <math.h>

#include "pictures.h"
#include "suites.h"

static const struct {
  const char *name;
  size_t taps;
  double bound;  // of the error, as a share of the largest output
} schemes[] = {
    [PF_WINOGRAD_6_4] = {"winograd 6 and 4", 3, 2e-5},
    [PF_WINOGRAD_4_3] = {"winograd 4 and 3", 3, 5e-6},
    [PF_WINOGRAD_4_5X5] = {"winograd 5 x 5", 5, 2e-5},
};

typedef struct winograd_case {
  pf_winograd shape;
  layout in, out;
  const float *input, *packed;
} winograd_case;

// MARK: the geometry, in which all tables agree

static void check_order(const pf_network_kernels *kernels, const winograd_case *test) {
  const pf_network_kernels *portable = pf_network_kernels_for(PF_ISA_PORTABLE);
  const pf_winograd *shape = &test->shape;
  const size_t tiles = test->out.pictures * kernels->winograd_tiles(shape);
  expect_same_number("tiles", kernels->winograd_tiles(shape), portable->winograd_tiles(shape));
  expect_same_number("positions", kernels->winograd_positions(shape), portable->winograd_positions(shape));
  expect_same_number("packed floats", kernels->winograd_packed_count(shape),
                     portable->winograd_packed_count(shape));
  const size_t begin = pick(0, tiles - 1), end = begin + pick(1, tiles - begin);
  const pf_winograd_rows ours = kernels->winograd_order(shape, begin, end, memory((end - begin) * 4));
  const pf_winograd_rows theirs = portable->winograd_order(shape, begin, end, memory((end - begin) * 4));
  for (size_t i = 0; i < 5; i++) expect_same_number("begin of a class", ours.begin[i], theirs.begin[i]);
  for (size_t i = 0; i < end - begin; i++) expect_same_number("tile", ours.tiles[i], theirs.tiles[i]);
}

// MARK: all ways of calling

static float *packed_weights(const pf_network_kernels *kernels, const pf_winograd *shape, const float *weights) {
  float *packed = scratch(kernels->winograd_packed_count(shape) * sizeof(float));
  const size_t chunks = shape->groups * kernels->winograd_column_chunks(shape);
  for (size_t chunk = 0; chunk < chunks;) {
    const size_t end = next_cut(chunk, chunks);
    kernels->pack_winograd(shape, weights, chunk, end, packed);
    chunk = end;
  }
  return packed;
}

/// Whole, or cut into random groups and tiles.
static float *convolved(const pf_network_kernels *kernels, const winograd_case *test, pf_epilogue epilogue,
                        bool cuts) {
  const pf_winograd *shape = &test->shape;
  const size_t tiles = test->out.pictures * kernels->winograd_tiles(shape), groups = shape->groups;
  float *out = blank_pictures(test->out);
  for (size_t tile = 0; tile < tiles;) {
    const size_t tile_end = cuts ? next_cut(tile, tiles) : tiles;
    for (size_t group = 0; group < groups;) {
      const size_t group_end = cuts ? next_cut(group, groups) : groups;
      kernels->winograd_convolve(shape, test->input, test->packed, epilogue, out, group, group_end, tile, tile_end,
                                 scratch(kernels->winograd_scratch(shape, tile_end - tile)));
      group = group_end;
    }
    tile = tile_end;
  }
  expect_gaps(test->out, out);
  return out;
}

/// Step by step, each step cut at random.
static float *in_steps(const pf_network_kernels *kernels, const winograd_case *test, pf_epilogue epilogue) {
  const pf_winograd *shape = &test->shape;
  const size_t tiles = test->out.pictures * kernels->winograd_tiles(shape);
  const size_t positions = kernels->winograd_positions(shape);
  float *out = blank_pictures(test->out);
  const pf_winograd_rows rows = kernels->winograd_order(shape, 0, tiles, memory(tiles * 4));
  for (size_t group = 0; group < shape->groups; group++) {
    float *transformed = scratch(kernels->winograd_input_count(shape, tiles) * sizeof(float));
    float *products = scratch(kernels->winograd_product_count(shape, tiles) * sizeof(float));
    for (size_t row = 0, end; row < tiles; row = end) {
      end = next_cut(row, tiles);
      kernels->winograd_input(shape, &rows, test->input, group, row, end, transformed);
    }
    for (size_t position = 0, end; position < positions; position = end) {
      end = next_cut(position, positions);
      kernels->winograd_multiply(shape, &rows, transformed, test->packed, group, position, end, products);
    }
    for (size_t row = 0, end; row < tiles; row = end) {
      end = next_cut(row, tiles);
      kernels->winograd_output(shape, &rows, products, epilogue, group, row, end, out);
    }
  }
  expect_gaps(test->out, out);
  return out;
}

// MARK: with a pool behind it

static float *pooled(const pf_network_kernels *kernels, layout from, const pf_winograd *shape, const float *in,
                     layout to) {
  const pf_window window = {
      .channels = shape->out_channels,
      .in_height = shape->out_height, .in_width = shape->out_width,
      .out_height = shape->out_height / 2, .out_width = shape->out_width / 2,
      .kernel_height = 2, .kernel_width = 2, .stride_height = 2, .stride_width = 2,
      .dilation_height = 1, .dilation_width = 1,
      .in_pixel_stride = from.pixel_stride, .in_picture_stride = from.picture_stride,
      .out_pixel_stride = to.pixel_stride, .out_picture_stride = to.picture_stride,
  };
  float *out = blank_pictures(to);
  kernels->max_pool(&window, in, out, 0, to.pictures * window.out_height);
  return out;
}

static void check_pool(const pf_network_kernels *kernels, winograd_case test) {
  pf_winograd *shape = &test.shape;
  const bool no_tile_of_3 = shape->out_height % 4 == 0 && shape->out_width % 4 == 0;
  if (shape->out_height < 2 || shape->out_width < 2) return;
  if (shape->scheme == PF_WINOGRAD_4_3 && !no_tile_of_3) return;
  pf_epilogue epilogue = random_epilogue(1, shape->out_channels, (pf_activation)pick(0, PF_ACTIVATION_RELU6));
  epilogue.residual = NULL;
  const float *whole = convolved(kernels, &test, epilogue, false);
  const layout before = test.out;
  const size_t pixels = (shape->out_height / 2) * (shape->out_width / 2);
  shape->pool = true;
  test.out = (layout){before.pictures, pixels, before.channels, before.pixel_stride, pixels * before.pixel_stride};
  const float *expected = pooled(kernels, before, shape, whole, test.out);
  expect_same_values("pool", convolved(kernels, &test, epilogue, true), expected, extent(test.out));
  expect_same_values("pool in steps", in_steps(kernels, &test, epilogue), expected, extent(test.out));
}

// MARK: cases

static void check(const pf_network_kernels *kernels, pf_winograd shape, size_t pictures) {
  const size_t taps = schemes[shape.scheme].taps, channels = shape.in_channels / shape.groups;
  winograd_case test = {.in = random_layout(pictures, shape.in_height * shape.in_width, shape.in_channels)};
  shape.out_height = places(shape.in_height, taps, 1, shape.padding, 1);
  shape.out_width = places(shape.in_width, taps, 1, shape.padding, 1);
  shape.in_pixel_stride = test.in.pixel_stride;
  shape.in_picture_stride = test.in.picture_stride;
  shape.out_pixel_stride = shape.out_channels + (one_in(2) ? pick(1, 9) : 0);
  const size_t pixels = shape.out_height * shape.out_width;
  test.out = (layout){pictures, pixels, shape.out_channels, shape.out_pixel_stride, pixels * shape.out_pixel_stride};
  test.shape = shape;
  begin_case("%zu pictures %zu x %zu x %zu to %zu x %zu x %zu, padding %zu, %zu groups, strides %zu %zu %zu", pictures,
             shape.in_height, shape.in_width, shape.in_channels, shape.out_height, shape.out_width,
             shape.out_channels, shape.padding, shape.groups, shape.in_pixel_stride, shape.in_picture_stride,
             shape.out_pixel_stride);
  const float *weights = random_floats(shape.out_channels * taps * taps * channels);
  test.input = random_pictures(test.in);
  test.packed = packed_weights(kernels, &shape, weights);
  check_order(kernels, &test);

  const float *sums = convolved(kernels, &test, (pf_epilogue){0}, false);
  const pf_convolution direct = {
      .in_channels = shape.in_channels, .in_height = shape.in_height, .in_width = shape.in_width,
      .out_channels = shape.out_channels, .out_height = shape.out_height, .out_width = shape.out_width,
      .kernel_height = taps, .kernel_width = taps, .stride_height = 1, .stride_width = 1,
      .padding_height = shape.padding, .padding_width = shape.padding, .dilation_height = 1, .dilation_width = 1,
      .groups = shape.groups,
  };
  double largest = 0;
  for (size_t row = 0; row < rows_of(test.out); row++) {
    const float *pixel = sums + place_of_row(test.out, row);
    for (size_t c = 0; c < shape.out_channels; c++) largest = fmax(largest, fabs((double)pixel[c]));
  }
  expect_sums(&direct, test.in, test.input, weights, test.out, sums, schemes[shape.scheme].bound * largest);

  const pf_epilogue epilogue = random_epilogue(rows_of(test.out), shape.out_channels, random_activation());
  const float *out = convolved(kernels, &test, epilogue, false);
  expect_same_values("epilogue", out, finished(kernels, epilogue, test.out, sums), extent(test.out));
  expect_same_bits("in pieces", convolved(kernels, &test, epilogue, true), out, extent(test.out));
  expect_same_bits("in steps", in_steps(kernels, &test, epilogue), out, extent(test.out));
  check_pool(kernels, test);
}

void check_winograd(const pf_network_kernels *kernels) {
  for (size_t scheme = 0; scheme < sizeof schemes / sizeof *schemes; scheme++) {
    const size_t taps = schemes[scheme].taps;
    begin_kernel(schemes[scheme].name);
    for (size_t i = 0; i < 24; i++) {
      // Every size up to two tiles and more by itself, sizes without a tile of 3, and any other.
      const size_t padding = pick(0, taps - 1), beyond = taps - 1;
      const size_t height = i % 4 == 0 ? 4 * pick(1, 4) : 1 + i % 14, width = i % 4 == 0 ? 4 * pick(1, 4) : pick(1, 17);
      const size_t groups = one_in(3) ? pick(2, 3) : 1;
      pf_winograd shape = {.scheme = (pf_winograd_scheme)scheme, .padding = padding, .groups = groups};
      shape.in_height = height + beyond > 2 * padding ? height + beyond - 2 * padding : 1;
      shape.in_width = width + beyond > 2 * padding ? width + beyond - 2 * padding : 1;
      shape.in_channels = groups * 16 * pick(1, 3);
      shape.out_channels = groups * 16 * pick(1, 5);
      check(kernels, shape, pick(1, 3));
    }
    // More channels than stay in the second cache with their products.
    check(kernels, (pf_winograd){.scheme = (pf_winograd_scheme)scheme, .padding = 1, .groups = 1, .in_height = 8,
                                 .in_width = 8, .in_channels = 144, .out_channels = 48}, 1);
  }
}
