// From the products to the picture: the inverse transform of a tile, its epilogue, and, where a 2 x 2 max pool
// follows, the pool as well.

/// A tile's outputs.
typedef struct output_tile {
  float *out;              // its first output, for the first column of interest
  size_t line_stride, pixel_stride;
  size_t lines, pixels;    // those inside the picture
  const float *residual;
  size_t residual_line, residual_pixel;
  vec low, high;
} output_tile;

INLINE void restore_columns(points set, size_t outputs, const float *in, size_t side, size_t plane, size_t count,
                            vec *out) {
  for (size_t j = 0; j < count; j++) {
    vec column[WINOGRAD_SIDE], at[WINOGRAD_SIDE];
    UNROLLED
    for (size_t i = 0; i < points_count(set); i++) {
      column[i] = vec_load(in + (i * side + j) * plane);
    }
    transform_output(set, outputs, column, at);
    UNROLLED
    for (size_t i = 0; i < outputs; i++) {
      out[i * WINOGRAD_SIDE + j] = at[i];
    }
  }
}

INLINE void store_value(vec x, const float *addend, vec bias, const output_tile *tile, float *out) {
  x = vec_add(x, bias);
  if (addend) x = vec_add(x, vec_load(addend));
  vec_store(out, clamp(x, tile->low, tile->high));
}

/// The line's values, to which `addend`, if there is one, is added.
INLINE void store_line(const vec *line, size_t outputs, const float *addend, size_t addend_step, vec bias,
                       const output_tile *tile, float *out) {
  if (tile->pixels < outputs) {
    for (size_t j = 0; j < tile->pixels; j++) {
      store_value(line[j], addend ? addend + j * addend_step : NULL, bias, tile, out + j * tile->pixel_stride);
    }
  } else if (addend) {
    UNROLLED
    for (size_t j = 0; j < outputs; j++) {
      store_value(line[j], addend + j * addend_step, bias, tile, out + j * tile->pixel_stride);
    }
  } else {
    UNROLLED
    for (size_t j = 0; j < outputs; j++) store_value(line[j], NULL, bias, tile, out + j * tile->pixel_stride);
  }
}

INLINE void restore_lines(points set, size_t outputs, const vec *in, vec bias, const output_tile *tile) {
  for (size_t i = 0; i < tile->lines; i++) {
    vec line[WINOGRAD_SIDE];
    transform_output(set, outputs, in + i * WINOGRAD_SIDE, line);
    const float *addend = tile->residual ? tile->residual + i * tile->residual_line : NULL;
    store_line(line, outputs, addend, tile->residual_pixel, bias, tile, tile->out + i * tile->line_stride);
  }
}

/// The same followed by a 2 x 2 max pool: a maximum of clamped values is the clamped maximum.
INLINE void restore_pooled_lines(points set, size_t outputs, const vec *in, vec bias, const output_tile *tile) {
  for (size_t i = 0; i < tile->lines; i += 2) {
    vec upper[WINOGRAD_SIDE], lower[WINOGRAD_SIDE];
    transform_output(set, outputs, in + i * WINOGRAD_SIDE, upper);
    transform_output(set, outputs, in + (i + 1) * WINOGRAD_SIDE, lower);
    for (size_t j = 0; j + 1 < outputs && j < tile->pixels; j += 2) {
      const vec left = vec_max(vec_add(upper[j], bias), vec_add(lower[j], bias));
      const vec right = vec_max(vec_add(upper[j + 1], bias), vec_add(lower[j + 1], bias));
      float *to = tile->out + i / 2 * tile->line_stride + j / 2 * tile->pixel_stride;
      vec_store(to, clamp(vec_max(left, right), tile->low, tile->high));
    }
  }
}

#define EACH_OUTPUT_SET(make) \
  make(POINTS_8, 6) make(POINTS_8, 4) make(POINTS_6_OF_8, 4) make(POINTS_6, 4) make(POINTS_5_OF_6, 3)

#define MAKE_OUTPUT(set, outputs) \
  static void restore_columns_##set##_##outputs(const float *in, size_t side, size_t plane, size_t count, vec *out) { \
    restore_columns(set, outputs, in, side, plane, count, out); \
  } \
  static void restore_lines_##set##_##outputs(const vec *in, vec bias, const output_tile *tile) { \
    restore_lines(set, outputs, in, bias, tile); \
  } \
  static void restore_pooled_##set##_##outputs(const vec *in, vec bias, const output_tile *tile) { \
    restore_pooled_lines(set, outputs, in, bias, tile); \
  }
EACH_OUTPUT_SET(MAKE_OUTPUT)
#undef MAKE_OUTPUT

typedef struct output_transform {
  void (*columns)(const float *, size_t, size_t, size_t, vec *);
  void (*lines)(const vec *, vec, const output_tile *);
  void (*pooled)(const vec *, vec, const output_tile *);
} output_transform;

#define OUTPUT_TRANSFORM(set, outputs) \
  ((output_transform){restore_columns_##set##_##outputs, restore_lines_##set##_##outputs, \
                      restore_pooled_##set##_##outputs})

static inline output_transform output_transform_of(const pf_winograd *shape, bool large) {
  switch (shape->scheme) {
  case PF_WINOGRAD_6_4: return large ? OUTPUT_TRANSFORM(POINTS_8, 6) : OUTPUT_TRANSFORM(POINTS_6_OF_8, 4);
  case PF_WINOGRAD_4_3: return large ? OUTPUT_TRANSFORM(POINTS_6, 4) : OUTPUT_TRANSFORM(POINTS_5_OF_6, 3);
  default: return OUTPUT_TRANSFORM(POINTS_8, 4);
  }
}

/// Rows row_begin..<row_end, `columns` channels from `channel` on (counted over all groups), from their products
/// [position][row][products_columns].
static void write_outputs(const pf_winograd *shape, const pf_winograd_rows *order, const float *products,
                            size_t products_columns, pf_epilogue epilogue, size_t channel, size_t columns,
                            size_t row_begin, size_t row_end, float *out) {
  const tile_grid grid = grid_of(shape);
  const size_t side = points_of(shape);
  const size_t stride = product_stride(products_columns);
  const size_t plane = product_plane(order->begin[CLASSES], products_columns);
  const size_t scale = shape->pool ? 2 : 1;
  const size_t out_width = shape->out_width / scale, out_height = shape->out_height / scale;
  vec tile[WINOGRAD_SIDE * WINOGRAD_SIDE];
  for (size_t row = row_begin; row < row_end; row++) {
    const tile_place at = place_of_tile(&grid, order->tiles[row]);
    const size_t y = tile_origin(grid.down, at.y), x = tile_origin(grid.across, at.x);
    const size_t across_points = is_large(grid.across, at.x) ? side : small_points_of(shape);
    const output_transform vertical = output_transform_of(shape, is_large(grid.down, at.y));
    const output_transform horizontal = output_transform_of(shape, is_large(grid.across, at.x));
    const size_t place = (at.picture * out_height + y / scale) * out_width + x / scale;
    output_tile to = {
        .out = out + place * shape->out_pixel_stride + channel,
        .line_stride = out_width * shape->out_pixel_stride,
        .pixel_stride = shape->out_pixel_stride,
        .lines = smaller(tile_size(grid.down, at.y), out_height * scale - y),
        .pixels = smaller(tile_size(grid.across, at.x), out_width * scale - x),
        .residual = epilogue.residual ? epilogue.residual + place * epilogue.residual_stride + channel : NULL,
        .residual_line = out_width * epilogue.residual_stride,
        .residual_pixel = epilogue.residual_stride,
        .low = activation_low(epilogue.activation),
        .high = activation_high(epilogue.activation),
    };
    const float *from = products + row * stride;
    for (size_t c = 0; c < columns; c += VEC_WIDTH, from += VEC_WIDTH) {
      const vec bias = epilogue.bias ? vec_load(epilogue.bias + channel + c) : vec_zero();
      vertical.columns(from, side, plane, across_points, tile);
      if (shape->pool) horizontal.pooled(tile, bias, &to);
      else horizontal.lines(tile, bias, &to);
      for (size_t line = 0; line < to.lines / scale && is_curve(epilogue.activation); line++) {
        activate(epilogue.activation, to.pixels / scale, VEC_WIDTH, to.out + line * to.line_stride, to.pixel_stride);
      }
      to.out += VEC_WIDTH;
      if (to.residual) to.residual += VEC_WIDTH;
    }
  }
}
