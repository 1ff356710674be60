// Depthwise convolution over lines of one picture: a vector of channels goes through all of them before the
// next one does, so that what neighbouring lines share stays in the first cache.

/// Some of the channels: their inputs, weights and epilogue, each at the first of them.
typedef struct depthwise_channels {
  size_t count;
  const float *in;            // line 0 of the picture; line y is at y % ring
  size_t ring, line_stride, pixel_stride;
  const float *weights;
  pf_epilogue epilogue;       // its residual is that of output line 0
  const float *coming;        // inputs of later lines, to be fetched meanwhile
  size_t coming_count;
} depthwise_channels;

/// Output lines whose windows are found out about at a time: it takes divisions.
#define WINDOW_LINES 32

INLINE window_lines window_lines_of(const pf_window *shape, size_t ring, size_t y) {
  const ptrdiff_t start = (ptrdiff_t)(y * shape->stride_height) - (ptrdiff_t)shape->padding_height;
  const range taps = taps_inside(start, shape->kernel_height, shape->dilation_height, shape->in_height);
  const size_t first = (size_t)(start + (ptrdiff_t)(taps.begin * shape->dilation_height));
  return (window_lines){first % ring, taps.begin, taps.end - taps.begin};
}

/// Output lines begin..<end; line `begin` is written to `out`, the others follow without gaps.
static void compute_depthwise(const pf_window *shape, const depthwise_channels *channels, size_t begin, size_t end,
                              float *out, size_t out_stride) {
  const pf_epilogue *epilogue = &channels->epilogue;
  window_lines windows[WINDOW_LINES];
  static const float nothing[1];
  depthwise_lines line = {
      .coming = nothing,
      .windows = windows,
      .ring = channels->ring,
      .step = shape->dilation_height % channels->ring,
      .line_stride = channels->line_stride,
      .in_stride = channels->pixel_stride,
      .in_width = shape->in_width,
      .padding = shape->padding_width,
      .weights_stride = shape->channels,
      .out_stride = out_stride,
      .out_width = shape->out_width,
      .outputs = depthwise_outputs(shape->out_width),
      .residual_stride = epilogue->residual_stride,
      .low = activation_low(epilogue->activation),
      .high = activation_high(epilogue->activation),
  };
  const size_t line_tiles = ceil_divide(line.out_width, line.outputs);
  if (channels->coming_count > 0) {
    const size_t tiles = ceil_divide(channels->count, VEC_WIDTH) * (end - begin) * line_tiles;
    line.coming = channels->coming;
    line.coming_share = round_up(ceil_divide(channels->coming_count, tiles), CACHE_LINE);
  }
  for (size_t y = begin; y < end; y += WINDOW_LINES) {
    const size_t lines = smaller(WINDOW_LINES, end - y);
    line.count = lines;
    for (size_t i = 0; i < lines; i++) windows[i] = window_lines_of(shape, channels->ring, y + i);
    for (size_t channel = 0; channel < channels->count; channel += VEC_WIDTH) {
      const size_t left = channels->count - channel;
      line.in = channels->in + channel;
      line.edge = lanes_first(smaller(left, VEC_WIDTH));
      line.weights = channels->weights + channel;
      line.out = out + (y - begin) * shape->out_width * out_stride + channel;
      if (epilogue->bias) line.bias = epilogue->bias + channel;
      if (epilogue->residual) {
        line.residual = epilogue->residual + y * shape->out_width * epilogue->residual_stride + channel;
      }
      compute_depthwise_lines(shape, &line, left < VEC_WIDTH);
      activate(epilogue->activation, lines * shape->out_width, smaller(left, VEC_WIDTH), line.out, out_stride);
      line.coming += lines * line_tiles * line.coming_share;
    }
  }
}

/// A small picture stays in the second cache for all of its lines. Of a large one, lines come from memory one
/// after the other, whole, while the line before is computed.
INLINE size_t depthwise_band(const pf_window *shape) {
  const size_t picture = shape->in_height * shape->in_width * shape->channels * sizeof(float);
  return picture <= SECOND_CACHE / 4 ? shape->out_height : 1;
}

static void depthwise(const pf_window *shape, const float *in, const float *weights, pf_epilogue epilogue,
                      float *out, size_t line_begin, size_t line_end) {
  const size_t out_line = shape->out_width * shape->out_pixel_stride;
  const float *residual = epilogue.residual;
  for (size_t index = line_begin; index < line_end;) {
    const size_t picture = index / shape->out_height, y = index % shape->out_height;
    const size_t lines = smaller(smaller(depthwise_band(shape), shape->out_height - y), line_end - index);
    if (residual) {
      epilogue.residual = residual + picture * shape->out_height * shape->out_width * epilogue.residual_stride;
    }
    const size_t in_line = shape->in_width * shape->in_pixel_stride;
    const float *first = in + picture * shape->in_picture_stride;
    const size_t below = y * shape->stride_height + (shape->kernel_height - 1) * shape->dilation_height + 1;
    const size_t next = below > shape->padding_height ? below - shape->padding_height : 0;
    const bool streams = lines == 1 && next + shape->stride_height <= shape->in_height;
    const depthwise_channels channels = {
        .count = shape->channels,
        .in = first,
        .ring = shape->in_height,
        .line_stride = in_line,
        .coming = first + next * in_line,
        .coming_count = streams ? shape->stride_height * in_line : 0,
        .pixel_stride = shape->in_pixel_stride,
        .weights = weights,
        .epilogue = epilogue,
    };
    compute_depthwise(shape, &channels, y, y + lines, out + picture * shape->out_picture_stride + y * out_line,
                      shape->out_pixel_stride);
    index += lines;
  }
}
