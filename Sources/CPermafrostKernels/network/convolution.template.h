// Dense convolution and linear layers, in the manner of a blocked matrix product: rows are output pixels,
// columns output channels, and the depth is the sum over taps and input channels.
//
// A block of rows is worked through in depth blocks, and each of those panel by panel: the panel's weights
// stay in the first cache for all tiles of the block, the block's inputs in the second for all panels, and
// the weights come from memory once for as many rows as fit.

/// Asks for floats into the second cache.
INLINE void fetch(const float *floats, size_t count) {
  for (size_t i = 0; i < count; i += CACHE_LINE) __builtin_prefetch(floats + i, 0, 2);
}

/// All tiles of a row block against one panel, over one depth block. Meanwhile the same depth of the next
/// panel is fetched, a share with every tile.
static void multiply_panel(const pf_convolution *shape, const reading *read, const row_block *block,
                           depth_block depth, panel p, panel next, const float *packed,
                           const pf_epilogue *epilogue, float *out) {
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
  job.inputs = block->pointers + depth.segment * TILE_ROWS;
  job.out = out + block->begin * shape->out_row_stride + channel;
  if (epilogue->residual) job.residual = epilogue->residual + block->begin * epilogue->residual_stride + channel;
  const float *coming = packed + next.weights + done * next.vectors * VEC_WIDTH;
  const size_t share = depth.segments * depth.length * next.vectors * VEC_WIDTH / block->tiles;
  for (size_t tile = 0; tile < block->tiles; tile++) {
    const size_t rows = tile_rows(block, tile);
    fetch(coming + tile * share, share);
    tiles[rows - 1][p.vectors - 1](&job);
    if (job.ends) activate(epilogue->activation, rows, p.columns, job.out, shape->out_row_stride);
    job.inputs += segments_of(read) * TILE_ROWS;
    job.out += rows * shape->out_row_stride;
    if (job.residual) job.residual += rows * epilogue->residual_stride;
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
    cut_tiles(&block);
    point_at_rows(shape, &read, in, floats, &block);
    // A single tile keeps its sums in registers to the end.
    const size_t limit = block.tiles == 1 ? total : BLOCK_DEPTH;
    depth_block depth = {0};
    for (size_t done = 0; done < total; done += depth.segments * depth.length) {
      depth = next_depth_block(&read, depth, limit);
      for (size_t index = chunk_begin; index < chunk_end; index++) {
        const panel next = index + 1 < chunk_end ? panel_at(shape, index + 1) : (panel){0};
        multiply_panel(shape, &read, &block, depth, panel_at(shape, index), next, packed, &epilogue, out);
      }
    }
  }
}
