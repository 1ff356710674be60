// From the picture to the transformed input: a vector of channels of one tile at a time, first down its columns,
// then along its lines.

/// Most points a side.
#define WINOGRAD_SIDE 8

/// A tile's inputs. Places outside the picture are zero.
typedef struct input_tile {
  const float *first;      // its first input, which may lie in the padding
  size_t line_stride, pixel_stride;
  range lines, pixels;     // those inside the picture
} input_tile;

INLINE input_tile input_tile_at(const pf_winograd *shape, const float *in, size_t tile, size_t *points_down,
                                size_t *points_across) {
  const cover down = cover_of(shape, shape->out_height), across = cover_of(shape, shape->out_width);
  const size_t width = tiles_across(across), each = tiles_across(down) * width;
  const size_t tile_y = tile % each / width, tile_x = tile % width;
  const ptrdiff_t y = (ptrdiff_t)tile_origin(down, tile_y) - (ptrdiff_t)shape->padding;
  const ptrdiff_t x = (ptrdiff_t)tile_origin(across, tile_x) - (ptrdiff_t)shape->padding;
  *points_down = is_large(down, tile_y) ? points_of(shape) : small_points_of(shape);
  *points_across = is_large(across, tile_x) ? points_of(shape) : small_points_of(shape);
  const size_t line_stride = shape->in_width * shape->in_pixel_stride;
  return (input_tile){
      .first = in + (ptrdiff_t)(tile / each * shape->in_picture_stride) + y * (ptrdiff_t)line_stride +
               x * (ptrdiff_t)shape->in_pixel_stride,
      .line_stride = line_stride,
      .pixel_stride = shape->in_pixel_stride,
      .lines = taps_inside(y, *points_down, 1, shape->in_height),
      .pixels = taps_inside(x, *points_across, 1, shape->in_width),
  };
}

/// One column of a tile, whose inputs are `stride` apart.
INLINE void transform_column(points set, const float *in, size_t stride, range there, vec *out, size_t out_stride) {
  vec column[WINOGRAD_SIDE], at[WINOGRAD_SIDE];
  UNROLLED
  for (size_t i = 0; i < points_count(set); i++) {
    column[i] = i >= there.begin && i < there.end ? vec_load(in + i * stride) : vec_zero();
  }
  transform_input(set, column, at);
  UNROLLED
  for (size_t i = 0; i < points_count(set); i++) {
    out[i * out_stride] = at[i];
  }
}

INLINE void transform_columns(points set, const input_tile *tile, size_t count, vec *out) {
  const range all = {0, WINOGRAD_SIDE};
  const bool whole = tile->lines.begin == 0 && tile->lines.end == points_count(set);
  for (size_t j = 0; j < count; j++) {
    const float *column = tile->first + j * tile->pixel_stride;
    if (j < tile->pixels.begin || j >= tile->pixels.end) {
      UNROLLED
      for (size_t i = 0; i < points_count(set); i++) {
        out[i * WINOGRAD_SIDE + j] = vec_zero();
      }
    } else if (whole) {
      transform_column(set, column, tile->line_stride, all, out + j, WINOGRAD_SIDE);
    } else {
      transform_column(set, column, tile->line_stride, tile->lines, out + j, WINOGRAD_SIDE);
    }
  }
}

/// Where a tile's positions go: line i, place j to `first`[i][j] of the four kinds of positions, by whether a small
/// tile has line i and place j.
typedef struct input_places {
  float *first[2][2];
  size_t side, small, plane;
} input_places;

/// The lines of a tile.
INLINE void transform_lines(points set, const vec *in, size_t count, const input_places *to, size_t offset) {
  for (size_t i = 0; i < count; i++) {
    vec at[WINOGRAD_SIDE];
    transform_input(set, in + i * WINOGRAD_SIDE, at);
    float *const *first = to->first[i >= to->small];
    const size_t line = i * to->side * to->plane + offset;
    UNROLLED
    for (size_t j = 0; j < points_count(set); j++) {
      vec_store(first[j >= to->small] + line + j * to->plane, at[j]);
    }
  }
}

#define EACH_INPUT_SET(make) make(POINTS_8) make(POINTS_6_OF_8) make(POINTS_6) make(POINTS_5_OF_6)

#define MAKE_INPUT(set) \
  static void columns_##set(const input_tile *tile, size_t count, vec *out) { transform_columns(set, tile, count, out); } \
  static void lines_##set(const vec *in, size_t count, const input_places *to, size_t offset) { \
    transform_lines(set, in, count, to, offset); \
  }
EACH_INPUT_SET(MAKE_INPUT)
#undef MAKE_INPUT

typedef void (*columns_function)(const input_tile *, size_t, vec *);
typedef void (*lines_function)(const vec *, size_t, const input_places *, size_t);

typedef struct input_transform {
  columns_function columns;
  lines_function lines;
} input_transform;

static inline input_transform input_transform_of(const pf_winograd *shape, bool large) {
  if (shape->scheme == PF_WINOGRAD_4_3) {
    return large ? (input_transform){columns_POINTS_6, lines_POINTS_6}
                 : (input_transform){columns_POINTS_5_OF_6, lines_POINTS_5_OF_6};
  }
  return large || shape->scheme == PF_WINOGRAD_4_5X5 ? (input_transform){columns_POINTS_8, lines_POINTS_8}
                                                     : (input_transform){columns_POINTS_6_OF_8, lines_POINTS_6_OF_8};
}

/// Where a row's inputs begin in the plane of a kind of positions: beyond the small tile's points or not.
INLINE size_t place_of_row(const pf_winograd *shape, const pf_winograd_rows *order, size_t row, bool beyond_down,
                           bool beyond_across) {
  const size_t small = small_points_of(shape);
  const size_t position = (beyond_down ? small * points_of(shape) : 0) + (beyond_across ? small : 0);
  const range rows = rows_at(shape, order, position);
  return row_offset(groups_of(rows.end - rows.begin), row - rows.begin, shape->in_channels / shape->groups);
}

/// Rows row_begin..<row_end of the transformed input of a group's channels.
static void winograd_input(const pf_winograd *shape, const pf_winograd_rows *order, const float *in, size_t group,
                           size_t row_begin, size_t row_end, float *transformed) {
  const size_t channels = shape->in_channels / shape->groups, side = points_of(shape);
  input_places to = {.side = side, .small = small_points_of(shape), .plane = input_plane(order->begin[CLASSES], channels)};
  vec tile[WINOGRAD_SIDE * WINOGRAD_SIDE];
  for (size_t row = row_begin; row < row_end; row++) {
    size_t down, across;
    input_tile from = input_tile_at(shape, in + group * channels, order->tiles[row], &down, &across);
    const columns_function columns = input_transform_of(shape, down == side).columns;
    const lines_function lines = input_transform_of(shape, across == side).lines;
    for (size_t kind = 0; kind < 4; kind++) {
      const bool beyond_down = kind / 2, beyond_across = kind % 2;
      if ((beyond_down && down <= to.small) || (beyond_across && across <= to.small)) continue;
      to.first[kind / 2][kind % 2] = transformed + place_of_row(shape, order, row, beyond_down, beyond_across);
    }
    for (size_t c = 0; c < channels; c += VEC_WIDTH, from.first += VEC_WIDTH) {
      columns(&from, across, tile);
      lines(tile, down, &to, c / BLOCK_CHANNELS * BLOCK_CHANNELS * PRODUCT_ROWS + c % BLOCK_CHANNELS);
    }
  }
}
