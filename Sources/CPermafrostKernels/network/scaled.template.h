// A 1 x 1 convolution of a map whose channels have a factor each, picture by picture: the end of
// squeeze-and-excitation. The scaled map is never in memory: a block of rows is scaled into scratch, as much of the
// depth as fits the second cache, and every panel multiplies it from there.

typedef struct scaled_cut {
  size_t depth, pitch;  // channels of a depth block, and floats from one of its rows to the next
  size_t rows;          // of a block
} scaled_cut;

static inline scaled_cut cut_scaled(const pf_convolution *shape) {
  scaled_cut cut = {.depth = ceil_divide(shape->in_channels, ceil_divide(shape->in_channels, BLOCK_DEPTH))};
  cut.pitch = group_pitch(cut.depth);
  const size_t fitting = SECOND_CACHE / 4 / (cut.pitch * sizeof(float));
  cut.rows = larger(TILE_ROWS, smaller(BLOCK_ROWS, fitting / TILE_ROWS * TILE_ROWS));
  return cut;
}

static size_t scaled_scratch(const pf_convolution *shape) {
  const scaled_cut cut = cut_scaled(shape);
  return cut.rows * cut.pitch * sizeof(float);
}

/// Channels from `channel` on of a block's rows, those of each picture by its own factors.
static void scale_rows(const pf_convolution *shape, const scaled_cut *cut, const float *in, const float *factors,
                       size_t factors_stride, range rows, size_t channel, size_t channels, float *scaled) {
  const size_t pixels = shape->out_height * shape->out_width;
  for (size_t row = rows.begin; row < rows.end;) {
    const size_t picture = row / pixels, pixel = row % pixels, count = smaller(pixels - pixel, rows.end - row);
    affine(count, channels, in + picture * shape->in_picture_stride + pixel * shape->in_pixel_stride + channel,
           shape->in_pixel_stride, factors + picture * factors_stride + channel, NULL, PF_ACTIVATION_NONE,
           scaled + (row - rows.begin) * cut->pitch, cut->pitch);
    row += count;
  }
}

/// Adds the products of some channels to the sums of a block, whose other rows and columns are left alone.
static void multiply_scaled(const pf_convolution *shape, const scaled_cut *cut, const float *packed,
                            const pf_epilogue *epilogue, range rows, size_t channel, size_t channels,
                            const float *scaled, float *out) {
  for (size_t index = 0; index < panel_count(shape); index++) {
    const panel p = panel_at(shape, index);
    strided_job job = {
        .in = scaled,
        .in_stride = cut->pitch,
        .tile = {
            .length = channels,
            .weights = packed + p.weights + channel * p.vectors * VEC_WIDTH,
            .out = out + rows.begin * shape->out_row_stride + p.column,
            .out_stride = shape->out_row_stride,
            .columns = p.columns,
            .begins = channel == 0,
            .ends = channel + channels == shape->in_channels,
            .bias = epilogue->bias ? epilogue->bias + p.column : NULL,
            .residual_stride = epilogue->residual_stride,
            .low = activation_low(epilogue->activation),
            .high = activation_high(epilogue->activation),
            .fetches = true,
        },
    };
    if (epilogue->residual && job.tile.ends) {
      job.tile.residual = epilogue->residual + rows.begin * epilogue->residual_stride + p.column;
    }
    const size_t count = rows.end - rows.begin;
    compute_rows(job, count, p.vectors);
    if (job.tile.ends) activate(epilogue->activation, count, p.columns, job.tile.out, job.tile.out_stride);
  }
}

static void convolve_scaled(const pf_convolution *shape, const float *in, const float *factors,
                            size_t factors_stride, const float *packed, pf_epilogue epilogue, float *out,
                            size_t row_begin, size_t row_end, void *scratch) {
  const scaled_cut cut = cut_scaled(shape);
  const size_t blocks = ceil_divide(row_end - row_begin, cut.rows);
  for (size_t block = 0; block < blocks; block++) {
    const range rows = {row_begin + even_cut(row_end - row_begin, blocks, block),
                        row_begin + even_cut(row_end - row_begin, blocks, block + 1)};
    for (size_t channel = 0; channel < shape->in_channels; channel += cut.depth) {
      const size_t channels = smaller(cut.depth, shape->in_channels - channel);
      scale_rows(shape, &cut, in, factors, factors_stride, rows, channel, channels, scratch);
      multiply_scaled(shape, &cut, packed, &epilogue, rows, channel, channels, scratch, out);
    }
  }
}
