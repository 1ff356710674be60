// From the picture to the transformed input: a vector of channels of one tile at a time, first down its columns,
// then along its lines.

/// Most points a side.
#define WINOGRAD_SIDE 8

/// A tile's inputs. Places outside the picture are zero.
typedef struct input_tile {
  const float *first;      // its first input, which may lie in the padding
  size_t line_stride, pixel_stride;
  range lines, pixels;     // those inside the picture
  size_t down, across;     // its points
  size_t next;             // bytes from here to the tile that will be transformed next
} input_tile;

INLINE input_tile input_tile_at(const pf_winograd *shape, const tile_grid *grid, const float *in, uint32_t tile) {
  const tile_place place = place_of_tile(grid, tile);
  const ptrdiff_t y = (ptrdiff_t)tile_origin(grid->down, place.y) - (ptrdiff_t)shape->padding;
  const ptrdiff_t x = (ptrdiff_t)tile_origin(grid->across, place.x) - (ptrdiff_t)shape->padding;
  const size_t down = is_large(grid->down, place.y) ? points_of(shape) : small_points_of(shape);
  const size_t across = is_large(grid->across, place.x) ? points_of(shape) : small_points_of(shape);
  const size_t line_stride = shape->in_width * shape->in_pixel_stride;
  return (input_tile){
      .first = in + (ptrdiff_t)(place.picture * shape->in_picture_stride) + y * (ptrdiff_t)line_stride +
               x * (ptrdiff_t)shape->in_pixel_stride,
      .line_stride = line_stride,
      .pixel_stride = shape->in_pixel_stride,
      .lines = taps_inside(y, down, 1, shape->in_height),
      .pixels = taps_inside(x, across, 1, shape->in_width),
      .down = down,
      .across = across,
  };
}

/// One column of a tile, whose inputs are `stride` apart.
INLINE void transform_column(points set, const float *in, size_t stride, range there, size_t next, vec *out,
                             size_t out_stride) {
  vec column[WINOGRAD_SIDE], at[WINOGRAD_SIDE];
  UNROLLED
  for (size_t i = 0; i < points_count(set); i++) {
    __builtin_prefetch((const void *)((uintptr_t)(in + i * stride) + next));
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
      transform_column(set, column, tile->line_stride, all, tile->next, out + j, WINOGRAD_SIDE);
    } else {
      transform_column(set, column, tile->line_stride, tile->lines, tile->next, out + j, WINOGRAD_SIDE);
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

/// The rows that have a kind of positions, by whether those are beyond the small tile's points.
typedef struct kind_rows {
  size_t begin;
  row_groups groups;
} kind_rows;

INLINE kind_rows kind_rows_of(const pf_winograd *shape, const pf_winograd_rows *order, bool beyond_down,
                              bool beyond_across) {
  const size_t small = small_points_of(shape);
  const range rows = rows_at(shape, order, (beyond_down ? small * points_of(shape) : 0) + (beyond_across ? small : 0));
  return (kind_rows){rows.begin, groups_of(rows.end - rows.begin)};
}

/// Rows row_begin..<row_end of the transformed input of a group's channels.
static void winograd_input(const pf_winograd *shape, const pf_winograd_rows *order, const float *in, size_t group,
                           size_t row_begin, size_t row_end, float *transformed) {
  const size_t channels = shape->in_channels / shape->groups, side = points_of(shape);
  input_places to = {.side = side, .small = small_points_of(shape), .plane = input_plane(order->begin[CLASSES], channels)};
  const tile_grid grid = grid_of(shape);
  kind_rows kinds[2][2];
  for (size_t kind = 0; kind < 4; kind++) kinds[kind / 2][kind % 2] = kind_rows_of(shape, order, kind / 2, kind % 2);
  vec tile[WINOGRAD_SIDE * WINOGRAD_SIDE];
  for (size_t row = row_begin; row < row_end; row++) {
    input_tile from = input_tile_at(shape, &grid, in + group * channels, order->tiles[row]);
    const columns_function columns = input_transform_of(shape, from.down == side).columns;
    const lines_function lines = input_transform_of(shape, from.across == side).lines;
    for (size_t kind = 0; kind < 4; kind++) {
      if ((kind / 2 && from.down <= to.small) || (kind % 2 && from.across <= to.small)) continue;
      const kind_rows rows = kinds[kind / 2][kind % 2];
      to.first[kind / 2][kind % 2] = transformed + row_offset(rows.groups, row - rows.begin, channels);
    }
    if (row + 1 < row_end) {
      const input_tile next = input_tile_at(shape, &grid, in + group * channels, order->tiles[row + 1]);
      from.next = (uintptr_t)next.first - (uintptr_t)from.first;
    }
    for (size_t c = 0; c < channels; c += VEC_WIDTH, from.first += VEC_WIDTH) {
      columns(&from, from.across, tile);
      lines(tile, from.down, &to, c / BLOCK_CHANNELS * BLOCK_CHANNELS * PRODUCT_ROWS + c % BLOCK_CHANNELS);
    }
  }
}
