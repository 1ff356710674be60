// The filter's transform, the products at each position, and the whole convolution.

/// Columns of a panel of the filter.
#define PRODUCT_COLUMNS (PRODUCT_VECTORS * VEC_WIDTH)

INLINE size_t columns_a_group(const pf_winograd *shape) { return shape->out_channels / shape->groups; }
static size_t winograd_column_chunks(const pf_winograd *shape) {
  return ceil_divide(columns_a_group(shape), PRODUCT_COLUMNS);
}

/// Vectors of a panel: the last may be narrower than the others.
INLINE size_t panel_vectors(const pf_winograd *shape, size_t index) {
  return smaller(PRODUCT_COLUMNS, columns_a_group(shape) - index * PRODUCT_COLUMNS) / VEC_WIDTH;
}

/// Floats of the filter at one position.
INLINE size_t filter_plane(const pf_winograd *shape) {
  return shape->in_channels / shape->groups * columns_a_group(shape);
}

static size_t winograd_packed_count(const pf_winograd *shape) {
  return shape->groups * winograd_positions(shape) * filter_plane(shape);
}

/// Channels that are transformed together: their share of a panel stays in the second cache.
#define PACKED_CHANNELS 16

/// One output channel's filters over a few input channels: filters[taps * taps][channels] of the caller's type to
/// [position][PACKED_CHANNELS].
static void transform_filters(size_t taps, size_t side, double rows[WINOGRAD_SIDE][8], const float *filters,
                              size_t channels, size_t count, float out[][PACKED_CHANNELS]) {
  double half[WINOGRAD_SIDE][8][PACKED_CHANNELS];
  for (size_t i = 0; i < side; i++) {
    for (size_t x = 0; x < taps; x++) {
      double sum[PACKED_CHANNELS] = {0};
      for (size_t y = 0; y < taps; y++) {
        const float *line = filters + (y * taps + x) * channels;
        for (size_t c = 0; c < count; c++) sum[c] += rows[i][y] * (double)line[c];
      }
      memcpy(half[i][x], sum, sizeof sum);
    }
  }
  for (size_t i = 0; i < side; i++) {
    for (size_t j = 0; j < side; j++) {
      double sum[PACKED_CHANNELS] = {0};
      for (size_t x = 0; x < taps; x++) {
        for (size_t c = 0; c < PACKED_CHANNELS; c++) sum[c] += rows[j][x] * half[i][x][c];
      }
      for (size_t c = 0; c < PACKED_CHANNELS; c++) out[i * side + j][c] = (float)sum[c];
    }
  }
}

/// [group][position][panel][channel][column of the panel]
static void pack_winograd(const pf_winograd *shape, const float *weights, size_t chunk_begin, size_t chunk_end,
                          float *packed) {
  const winograd_scheme scheme = scheme_of(shape);
  const size_t side = points_of(shape), channels = shape->in_channels / shape->groups;
  const size_t depth = scheme.taps * scheme.taps * channels;
  const size_t plane = filter_plane(shape), chunks = winograd_column_chunks(shape);
  double rows[WINOGRAD_SIDE][8];
  for (size_t place = 0; place < side; place++) filter_row(scheme.large_set, scheme.taps, place, rows[place]);
  for (size_t index = chunk_begin; index < chunk_end; index++) {
    const size_t group = index / chunks, panel = index % chunks, width = panel_vectors(shape, panel) * VEC_WIDTH;
    float *to = packed + group * side * side * plane + panel * PRODUCT_COLUMNS * channels;
    for (size_t c = 0; c < channels; c += PACKED_CHANNELS) {
      for (size_t column = 0; column < width; column++) {
        float values[WINOGRAD_SIDE * WINOGRAD_SIDE][PACKED_CHANNELS];
        const size_t output = group * columns_a_group(shape) + panel * PRODUCT_COLUMNS + column;
        transform_filters(scheme.taps, side, rows, weights + output * depth + c, channels, PACKED_CHANNELS, values);
        for (size_t position = 0; position < side * side; position++) {
          for (size_t k = 0; k < PACKED_CHANNELS; k++) {
            to[position * plane + (c + k) * width + column] = values[position][k];
          }
        }
      }
    }
  }
}

/// Floats of the filter that are fetched ahead: it streams through, from beyond the second cache as a rule.
#define FETCH_AHEAD 1024

/// A tile of a product in registers; each value is one chain of multiply-adds in the order of the channels.
INLINE void product_tile(const float *in, const float *weights, size_t channels, float *out, size_t out_stride,
                         size_t rows, size_t vectors) {
  vec sums[PRODUCT_ROWS][PRODUCT_VECTORS];
  UNROLLED
  for (size_t r = 0; r < rows; r++) {
    UNROLLED
    for (size_t v = 0; v < vectors; v++) sums[r][v] = vec_zero();
  }
  for (size_t c = 0; c < channels; c += BLOCK_CHANNELS) {
    _Pragma("clang loop unroll_count(4)")
    for (size_t k = 0; k < BLOCK_CHANNELS; k++) {
      vec w[PRODUCT_VECTORS];
      UNROLLED
      for (size_t v = 0; v < vectors; v++) w[v] = vec_load(weights + v * VEC_WIDTH);
      UNROLLED
      for (size_t v = 0; v < vectors; v++) __builtin_prefetch(weights + v * VEC_WIDTH + FETCH_AHEAD);
      UNROLLED
      for (size_t r = 0; r < rows; r++) {
        const vec x = vec_all(in[r * BLOCK_CHANNELS + k]);
        UNROLLED
        for (size_t v = 0; v < vectors; v++) sums[r][v] = vec_fma(x, w[v], sums[r][v]);
      }
      weights += vectors * VEC_WIDTH;
    }
    in += PRODUCT_ROWS * BLOCK_CHANNELS;
  }
  UNROLLED
  for (size_t r = 0; r < rows; r++) {
    UNROLLED
    for (size_t v = 0; v < vectors; v++) vec_store(out + r * out_stride + v * VEC_WIDTH, sums[r][v]);
  }
}

#define MAKE_PRODUCT(rows, vectors) \
  static void product_##rows##_##vectors(const float *in, const float *weights, size_t channels, float *out, \
                                         size_t out_stride) { \
    product_tile(in, weights, channels, out, out_stride, rows, vectors); \
  }
EACH_PRODUCT(MAKE_PRODUCT)
#undef MAKE_PRODUCT

typedef void (*product_function)(const float *, const float *, size_t, float *, size_t);

#define NAME_PRODUCT(rows, vectors) [rows - 1][vectors - 1] = product_##rows##_##vectors,
static const product_function products_by[PRODUCT_ROWS][PRODUCT_VECTORS] = {EACH_PRODUCT(NAME_PRODUCT)};
#undef NAME_PRODUCT

/// The products at positions position_begin..<position_end for column chunks chunk_begin..<chunk_end of a group,
/// into [position][row][columns from the first chunk's first].
static void multiply_positions(const pf_winograd *shape, const pf_winograd_rows *order, const float *transformed,
                              const float *packed, size_t group, size_t position_begin, size_t position_end,
                              size_t chunk_begin, size_t chunk_end, size_t products_columns, float *products) {
  const size_t rows_all = order->begin[CLASSES], channels = shape->in_channels / shape->groups;
  const size_t plane = input_plane(rows_all, channels), out_plane = product_plane(rows_all, products_columns);
  const size_t out_stride = product_stride(products_columns);
  packed += group * winograd_positions(shape) * filter_plane(shape);
  for (size_t position = position_begin; position < position_end; position++) {
    const range rows = rows_at(shape, order, position);
    const row_groups groups = groups_of(rows.end - rows.begin);
    if (groups.height == 0) continue;
    for (size_t chunk = chunk_begin; chunk < chunk_end; chunk++) {
      const size_t vectors = panel_vectors(shape, chunk);
      const float *weights = packed + position * filter_plane(shape) + chunk * PRODUCT_COLUMNS * channels;
      const float *in = transformed + position * plane;
      float *out = products + position * out_plane + rows.begin * out_stride + (chunk - chunk_begin) * PRODUCT_COLUMNS;
      for (size_t index = 0; index < groups.count; index++, in += channels * PRODUCT_ROWS) {
        const size_t count = group_rows(groups, index);
        products_by[count - 1][vectors - 1](in, weights, channels, out, out_stride);
        out += count * out_stride;
      }
    }
  }
}

// MARK: the whole, for one set of tiles

/// Columns whose products are kept at once. Few inputs stay in the second cache and may be read again for every two
/// panels, whose products then stay there as well; many come from farther away and are read once for all columns.
INLINE size_t winograd_block_columns(const pf_winograd *shape) {
  const size_t all = columns_a_group(shape);
  return shape->in_channels / shape->groups <= 128 ? smaller(2 * PRODUCT_COLUMNS, all) : all;
}

static size_t winograd_scratch(const pf_winograd *shape, size_t count) {
  const size_t input = winograd_positions(shape) * input_plane(count, shape->in_channels / shape->groups);
  const size_t output = winograd_positions(shape) * product_plane(count, winograd_block_columns(shape));
  return (input + output + round_up(count, CACHE_LINE)) * sizeof(float);
}

static void winograd_convolve(const pf_winograd *shape, const float *in, const float *packed, pf_epilogue epilogue,
                              float *out, size_t group_begin, size_t group_end, size_t tile_begin, size_t tile_end,
                              void *scratch) {
  const size_t count = tile_end - tile_begin, chunks = winograd_column_chunks(shape);
  const size_t columns = winograd_block_columns(shape), together = ceil_divide(columns, PRODUCT_COLUMNS);
  float *transformed = (float *)scratch + round_up(count, CACHE_LINE);
  float *products = transformed + winograd_positions(shape) * input_plane(count, shape->in_channels / shape->groups);
  const pf_winograd_rows order = winograd_order(shape, tile_begin, tile_end, scratch);
  for (size_t group = group_begin; group < group_end; group++) {
    winograd_input(shape, &order, in, group, 0, count, transformed);
    for (size_t chunk = 0; chunk < chunks; chunk += together) {
      const size_t end = smaller(chunk + together, chunks), first = chunk * PRODUCT_COLUMNS;
      multiply_positions(shape, &order, transformed, packed, group, 0, winograd_positions(shape), chunk, end, columns,
                        products);
      write_outputs(shape, &order, products, columns, epilogue, group * columns_a_group(shape) + first,
                      smaller(columns, columns_a_group(shape) - first), 0, count, out);
    }
  }
}

// MARK: the same in steps

static size_t winograd_input_count(const pf_winograd *shape, size_t tiles) {
  return winograd_positions(shape) * input_plane(tiles, shape->in_channels / shape->groups);
}

static size_t winograd_product_count(const pf_winograd *shape, size_t tiles) {
  return winograd_positions(shape) * product_plane(tiles, columns_a_group(shape));
}

static void winograd_multiply(const pf_winograd *shape, const pf_winograd_rows *rows, const float *transformed,
                              const float *packed, size_t group, size_t position_begin, size_t position_end,
                              float *products) {
  multiply_positions(shape, rows, transformed, packed, group, position_begin, position_end, 0,
                     winograd_column_chunks(shape), columns_a_group(shape), products);
}

static void winograd_output(const pf_winograd *shape, const pf_winograd_rows *rows, const float *products,
                            pf_epilogue epilogue, size_t group, size_t row_begin, size_t row_end, float *out) {
  write_outputs(shape, rows, products, columns_a_group(shape), epilogue, group * columns_a_group(shape),
                columns_a_group(shape), row_begin, row_end, out);
}
