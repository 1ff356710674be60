// Dense convolution and linear layers, in the manner of a blocked matrix product: rows are output pixels,
// columns output channels, and the depth is the sum over taps and input channels.
//
// A block of rows is worked through in depth blocks, and each of those panel by panel: the panel's weights
// stay in the first cache for all tiles of the block, the block's inputs in the second for all panels, and
// the weights come from memory once for as many rows as fit.

/// Rows of a block.
#ifndef BLOCK_ROWS
#define BLOCK_ROWS 192
#endif
/// Rows of a block that reads by strip: more, since its segments are short and its lines are shared.
#ifndef STRIP_ROWS
#define STRIP_ROWS 1024
#endif
/// Floats of depth in a block.
#ifndef BLOCK_DEPTH
#define BLOCK_DEPTH 384
#endif

typedef struct row_block {
  size_t begin, end;
  size_t tiles;
  const float **pointers;  // [tile][segment][TILE_ROWS]
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

/// The first row of a tile, counted from the block's.
INLINE size_t tile_begin(const row_block *block, size_t tile) {
  return even_cut(block->end - block->begin, block->tiles, tile);
}

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
    const size_t rows = tile_begin(block, tile + 1) - tile_begin(block, tile);
    point_at_tile(shape, read, &from, &at, rows, block->pointers + tile * segments_of(read) * TILE_ROWS);
  }
}

// MARK: the product

/// All tiles of a row block against one panel, over one depth block.
static void multiply_panel(const pf_convolution *shape, const reading *read, const row_block *block,
                           depth_block depth, panel p, const float *packed, const pf_epilogue *epilogue,
                           float *out) {
  const size_t done = depth.segment * read->length + depth.offset;
  const size_t channel = p.group * (shape->out_channels / shape->groups) + p.column;
  tile_job job = {
      .segments = depth.segments,
      .offset = depth.offset + p.group * read->group_step,
      .length = depth.length,
      .weights = packed + p.weights + done * p.vectors * VEC_WIDTH,
      .out_stride = shape->out_row_stride,
      .columns = p.columns,
      .begins = done == 0,
      .ends = done + depth.segments * depth.length == depth_of(shape),
      .bias = epilogue->bias ? epilogue->bias + channel : NULL,
      .residual_stride = epilogue->residual_stride,
      .low = activation_low(epilogue->activation),
      .high = activation_high(epilogue->activation),
  };
  for (size_t tile = 0; tile < block->tiles; tile++) {
    const size_t begin = tile_begin(block, tile), rows = tile_begin(block, tile + 1) - begin;
    const size_t row = block->begin + begin;
    job.inputs = block->pointers + (tile * segments_of(read) + depth.segment) * TILE_ROWS;
    job.out = out + row * shape->out_row_stride + channel;
    if (epilogue->residual) job.residual = epilogue->residual + row * epilogue->residual_stride + channel;
    tiles[rows - 1][p.vectors - 1](&job);
  }
}

static void convolve(const pf_convolution *shape, const float *in, const float *packed, pf_epilogue epilogue,
                     float *out, size_t row_begin, size_t row_end, size_t chunk_begin, size_t chunk_end,
                     void *scratch) {
  const reading read = reading_of(shape);
  const size_t total = depth_of(shape), float_count = source_floats(shape, &read);
  float *floats = scratch;
  if (read.kind != BY_STRIP) memset(floats, 0, float_count * sizeof(float));
  row_block block = {.end = row_begin, .pointers = (const float **)(void *)(floats + float_count)};
  while (block.end < row_end) {
    block.begin = block.end;
    block.end = row_block_end(shape, &read, block.begin, row_end);
    block.tiles = ceil_divide(block.end - block.begin, TILE_ROWS);
    point_at_rows(shape, &read, in, floats, &block);
    // A single tile keeps its sums in registers to the end.
    const size_t limit = block.tiles == 1 ? total : BLOCK_DEPTH;
    depth_block depth = {0};
    for (size_t done = 0; done < total; done += depth.segments * depth.length) {
      depth = next_depth_block(&read, depth, limit);
      for (size_t index = chunk_begin; index < chunk_end; index++) {
        multiply_panel(shape, &read, &block, depth, panel_at(shape, index), packed, &epilogue, out);
      }
    }
  }
}
