// The blocks into which a product is cut so that what they touch stays in the caches, and the scratch memory
// that one block of rows needs. No cut changes a bit of the result.

/// Rows of a block that reads by strip: more, since its segments are short and its lines are shared.
#define STRIP_ROWS 1024

/// Consecutive output rows, cut into tiles of almost equal heights: a very low one would waste its time waiting.
typedef struct row_block {
  size_t begin, end;
  size_t tiles, tall, height;  // `tall` tiles of height + 1 rows, then the others of `height`
  const float **pointers;      // [tile][segment][TILE_ROWS]
} row_block;

/// The depth of one pass: whole segments, or a part of a single one.
typedef struct depth_block {
  size_t segment, segments;
  size_t offset, length;
} depth_block;

static inline depth_block next_depth_block(const reading *read, depth_block last, size_t limit) {
  depth_block next = {.segment = last.segment, .segments = 1, .offset = last.offset + last.length};
  if (next.offset == read->length) {
    next.segment += last.segments;
    next.offset = 0;
  }
  if (read->length > limit) {
    const size_t parts = ceil_divide(read->length, limit);
    next.length = smaller(ceil_divide(read->length, parts), read->length - next.offset);
  } else {
    next.length = read->length;
    next.segments = smaller(limit / read->length, segments_of(read) - next.segment);
  }
  return next;
}

// MARK: scratch: the zeros or the strip, then the pointers

INLINE size_t strip_block_lines(const pf_convolution *shape) { return larger(1, STRIP_ROWS / shape->out_width); }

/// Length of the zeros or of the strip.
static inline size_t source_floats(const pf_convolution *shape, const reading *read) {
  if (read->kind != BY_STRIP) return round_up(read->zeros, 16);
  const size_t lines = smaller(strip_block_lines(shape), shape->out_height);
  return round_up(strip_lines(shape, lines) * strip_stride(shape, read), 16);
}

static size_t convolution_scratch(const pf_convolution *shape, size_t rows) {
  const reading read = reading_of(shape);
  const size_t most = read.kind == BY_STRIP ? strip_block_lines(shape) * shape->out_width : BLOCK_ROWS;
  const size_t tiles = ceil_divide(smaller(rows, most), TILE_ROWS);
  return source_floats(shape, &read) * sizeof(float) + tiles * segments_of(&read) * TILE_ROWS * sizeof(float *);
}

// MARK: row blocks

/// A strip serves whole lines of one picture; other blocks are cut evenly.
static inline size_t row_block_end(const pf_convolution *shape, const reading *read, size_t begin, size_t end) {
  if (read->kind == BY_STRIP) {
    const place at = place_of(shape, begin);
    const size_t lines = smaller(strip_block_lines(shape), shape->out_height - at.y);
    return smaller(end, begin - at.x + lines * shape->out_width);
  }
  const size_t blocks = ceil_divide(end - begin, BLOCK_ROWS);
  return smaller(end, begin + smaller(BLOCK_ROWS, round_up(ceil_divide(end - begin, blocks), TILE_ROWS)));
}

INLINE void cut_tiles(row_block *block) {
  const size_t rows = block->end - block->begin;
  block->tiles = ceil_divide(rows, TILE_ROWS);
  block->height = rows / block->tiles;
  block->tall = rows % block->tiles;
}

INLINE size_t tile_rows(const row_block *block, size_t tile) { return block->height + (tile < block->tall); }

/// Fills the table of pointers, and the strip where there is one.
static void point_at_rows(const pf_convolution *shape, const reading *read, const float *in, float *floats,
                          const row_block *block) {
  place at = place_of(shape, block->begin);
  source from = {
      .first = in,
      .height = shape->in_height,
      .width = shape->in_width,
      .pixel_stride = shape->in_pixel_stride,
      .line_stride = shape->in_width * shape->in_pixel_stride,
      .picture_stride = shape->in_picture_stride,
      .top = (ptrdiff_t)shape->padding_height,
      .left = (ptrdiff_t)shape->padding_width,
      .zeros = floats,
  };
  if (read->kind == BY_STRIP) {
    const size_t lines = (block->end - 1) / shape->out_width - block->begin / shape->out_width + 1;
    from = fill_strip(shape, read, in, at, lines, floats);
    at.picture = 0;
  }
  for (size_t tile = 0; tile < block->tiles; tile++) {
    const float **pointers = block->pointers + tile * segments_of(read) * TILE_ROWS;
    point_at_tile(shape, read, &from, &at, tile_rows(block, tile), pointers);
  }
}
