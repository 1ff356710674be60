// Convolution by Winograd's minimal filtering: products of whole tiles at a few points instead of sums over taps.
//
// The output is cut into tiles of two heights and two widths, large and small, whatever covers it with the fewest
// products; a small tile uses the first of a large one's points (see winograd_points.template.h). Tiles of one
// call are its rows, in an order in which the tiles that have a position are neighbours. Then, at each position,
// the transformed input [rows][channels] times the transformed filter [channels][columns] is a plain product.

/// The tile sizes of a scheme.
typedef struct winograd_scheme {
  size_t taps;
  size_t large, small;  // outputs of a tile; equal where there is only one size
  points large_set, small_set;
} winograd_scheme;

INLINE winograd_scheme scheme_of(const pf_winograd *shape) {
  switch (shape->scheme) {
  case PF_WINOGRAD_6_4: return (winograd_scheme){3, 6, 4, POINTS_8, POINTS_6_OF_8};
  case PF_WINOGRAD_4_3: return (winograd_scheme){3, 4, 3, POINTS_6, POINTS_5_OF_6};
  default: return (winograd_scheme){5, 4, 4, POINTS_8, POINTS_8};
  }
}

/// Points a side, and positions of a tile.
INLINE size_t points_of(const pf_winograd *shape) { return shape->scheme == PF_WINOGRAD_4_3 ? 6 : 8; }
INLINE size_t small_points_of(const pf_winograd *shape) {
  return shape->scheme == PF_WINOGRAD_4_3 ? 5 : shape->scheme == PF_WINOGRAD_6_4 ? 6 : 8;
}
static size_t winograd_positions(const pf_winograd *shape) { return points_of(shape) * points_of(shape); }

/// How one side of the output is cut: large tiles, then small ones.
typedef struct cover {
  size_t large, small;
  size_t large_size, small_size;
} cover;

INLINE cover cover_of(const pf_winograd *shape, size_t size) {
  const winograd_scheme scheme = scheme_of(shape);
  cover best = {.large_size = scheme.large, .small_size = scheme.small};
  size_t fewest = SIZE_MAX;
  for (size_t large = 0; large <= ceil_divide(size, scheme.large); large++) {
    const size_t left = size > large * scheme.large ? size - large * scheme.large : 0;
    const size_t small = ceil_divide(left, scheme.small);
    const size_t products = large * points_of(shape) + small * small_points_of(shape);
    if (products > fewest) continue;
    fewest = products;
    best.large = large;
    best.small = small;
  }
  return best;
}

INLINE size_t tiles_across(cover side) { return side.large + side.small; }
INLINE bool is_large(cover side, size_t tile) { return tile < side.large; }
INLINE size_t tile_size(cover side, size_t tile) { return is_large(side, tile) ? side.large_size : side.small_size; }
INLINE size_t tile_origin(cover side, size_t tile) {
  return is_large(side, tile) ? tile * side.large_size
                              : side.large * side.large_size + (tile - side.large) * side.small_size;
}

/// A picture's tiles.
typedef struct tile_grid {
  cover down, across;
  uint32_t width, each;  // tiles in a line of them, and in all; 32 bits, for short divisions
} tile_grid;

INLINE tile_grid grid_of(const pf_winograd *shape) {
  tile_grid grid = {.down = cover_of(shape, shape->out_height), .across = cover_of(shape, shape->out_width)};
  grid.width = (uint32_t)tiles_across(grid.across);
  grid.each = (uint32_t)tiles_across(grid.down) * grid.width;
  return grid;
}

/// The picture of a tile, and the tile's line and place in it.
typedef struct tile_place {
  size_t picture, y, x;
} tile_place;

INLINE tile_place place_of_tile(const tile_grid *grid, uint32_t tile) {
  const uint32_t picture = tile / grid->each, index = tile - picture * grid->each, y = index / grid->width;
  return (tile_place){picture, y, index - y * grid->width};
}

static size_t winograd_tiles(const pf_winograd *shape) { return grid_of(shape).each; }

// MARK: the order of rows

// Classes of tiles by (height, width), in this order: a position beyond the small tile's points in one direction
// belongs to two neighbouring classes, in both directions to the one in the middle.
enum { LARGE_BY_SMALL, LARGE_BY_LARGE, SMALL_BY_LARGE, SMALL_BY_SMALL, CLASSES };

INLINE size_t class_of(const tile_grid *grid, size_t tile) {
  const tile_place place = place_of_tile(grid, (uint32_t)tile);
  const bool tall = is_large(grid->down, place.y), wide = is_large(grid->across, place.x);
  return tall ? (wide ? LARGE_BY_LARGE : LARGE_BY_SMALL) : (wide ? SMALL_BY_LARGE : SMALL_BY_SMALL);
}

static pf_winograd_rows winograd_order(const pf_winograd *shape, size_t tile_begin, size_t tile_end, uint32_t *tiles) {
  const tile_grid grid = grid_of(shape);
  pf_winograd_rows order = {.tiles = tiles};
  size_t counts[CLASSES] = {0};
  for (size_t tile = tile_begin; tile < tile_end; tile++) counts[class_of(&grid, tile)]++;
  for (size_t class = 0; class < CLASSES; class++) order.begin[class + 1] = order.begin[class] + counts[class];
  size_t next[CLASSES];
  memcpy(next, order.begin, sizeof next);
  for (size_t tile = tile_begin; tile < tile_end; tile++) {
    tiles[next[class_of(&grid, tile)]++] = (uint32_t)tile;
  }
  return order;
}

/// The rows that have a position.
INLINE range rows_at(const pf_winograd *shape, const pf_winograd_rows *order, size_t position) {
  const size_t small = small_points_of(shape);
  const bool only_tall = position / points_of(shape) >= small, only_wide = position % points_of(shape) >= small;
  return (range){order->begin[only_wide ? LARGE_BY_LARGE : 0],
                 order->begin[only_tall ? SMALL_BY_LARGE : only_wide ? SMALL_BY_SMALL : CLASSES]};
}

// MARK: memory of a call
//
// Transformed inputs: [position][group of rows][16 channels][PRODUCT_ROWS][channel], so that a tile of the product
// reads one stream. The rows of a position are cut into groups of almost equal heights: a very low one would waste
// its time waiting. Products: [position][row][column].

/// Channels of a block: a line of the cache.
#define BLOCK_CHANNELS CACHE_LINE

/// Rows cut into groups: `tall` of height + 1 rows, then the others of `height`.
typedef struct row_groups {
  size_t count, tall, height;
} row_groups;

INLINE row_groups groups_of(size_t rows) {
  const uint32_t all = (uint32_t)rows, count = all == 0 ? 1 : (all + PRODUCT_ROWS - 1) / PRODUCT_ROWS;
  const uint32_t height = all / count;
  return (row_groups){.count = count, .tall = all - count * height, .height = height};
}

INLINE size_t group_rows(row_groups groups, size_t group) { return groups.height + (group < groups.tall); }

/// Where a row's first block of channels stands in a position's plane.
INLINE size_t row_offset(row_groups groups, size_t row, size_t channels) {
  const size_t in_tall = groups.tall * (groups.height + 1);
  const bool tall = row < in_tall;
  const uint32_t from = (uint32_t)(tall ? row : row - in_tall), height = (uint32_t)(groups.height + tall);
  const uint32_t group = from / height, place = from - group * height;
  return (group + (tall ? 0 : groups.tall)) * channels * PRODUCT_ROWS + place * BLOCK_CHANNELS;
}

/// Floats from one plane to the next: never a multiple of 4 KiB, or all would evict one another; and no fewer for
/// more rows, since scratch memory is measured by the largest piece of work.
INLINE size_t spread_plane(size_t floats) { return round_up(floats, 4 * CACHE_LINE) + CACHE_LINE; }

INLINE size_t input_plane(size_t rows, size_t channels) {
  return spread_plane(groups_of(rows).count * channels * PRODUCT_ROWS);
}

INLINE size_t product_stride(size_t columns) { return columns + CACHE_LINE; }
INLINE size_t product_plane(size_t rows, size_t columns) { return spread_plane(rows * product_stride(columns)); }
