// Pooling: a window is folded into one value, channel by channel.

#define POOLING_VECTORS 4

typedef enum pooling { MAXIMUM, SUM, AVERAGE } pooling;

/// A rectangle of one picture, at its first channel of interest.
typedef struct pool_window {
  const float *first;
  size_t lines, pixels;
  size_t line_stride, pixel_stride;
  size_t count;          // what a sum is divided by for the average
} pool_window;

/// In a maximum NaN wins, as it does in PyTorch.
INLINE vec pool(pooling kind, vec a, vec b) { return kind == MAXIMUM ? vec_max(a, b) : vec_add(a, b); }

/// Lines are folded by themselves first, so that the error of a sum grows with the sides and not with the area.
INLINE void pool_vectors(pooling kind, pool_window window, size_t vectors, bool part, lanes edge, float *out) {
  const vec nothing = vec_all(kind == MAXIMUM ? -INFINITY : 0);
  vec all[POOLING_VECTORS], line[POOLING_VECTORS];
  UNROLLED
  for (size_t v = 0; v < vectors; v++) all[v] = nothing;
  for (size_t y = 0; y < window.lines; y++) {
    UNROLLED
    for (size_t v = 0; v < vectors; v++) line[v] = nothing;
    for (size_t x = 0; x < window.pixels; x++) {
      const float *pixel = window.first + y * window.line_stride + x * window.pixel_stride;
      UNROLLED
      for (size_t v = 0; v < vectors; v++) {
        line[v] = pool(kind, line[v], load_columns(pixel + v * VEC_WIDTH, part, edge));
      }
    }
    UNROLLED
    for (size_t v = 0; v < vectors; v++) all[v] = pool(kind, all[v], line[v]);
  }
  const vec count = vec_all((float)window.count);
  UNROLLED
  for (size_t v = 0; v < vectors; v++) {
    const vec result = kind == AVERAGE ? vec_divide(all[v], count) : all[v];
    store_columns(out + v * VEC_WIDTH, result, part, edge);
  }
}

/// All channels of a window: a few vectors at a time, then one, then what is left.
INLINE void pool_channels(pooling kind, pool_window window, size_t channels, float *out) {
  const size_t wide = POOLING_VECTORS * VEC_WIDTH;
  const lanes whole = lanes_first(VEC_WIDTH);
  for (; channels >= wide; channels -= wide, window.first += wide, out += wide) {
    pool_vectors(kind, window, POOLING_VECTORS, false, whole, out);
  }
  for (; channels >= VEC_WIDTH; channels -= VEC_WIDTH, window.first += VEC_WIDTH, out += VEC_WIDTH) {
    pool_vectors(kind, window, 1, false, whole, out);
  }
  if (channels > 0) pool_vectors(kind, window, 1, true, lanes_first(channels), out);
}

static void max_pool(const pf_window *shape, const float *in, float *out, size_t line_begin, size_t line_end) {
  const size_t in_line = shape->in_width * shape->in_pixel_stride;
  for (size_t index = line_begin; index < line_end; index++) {
    const size_t picture = index / shape->out_height, y = index % shape->out_height;
    const ptrdiff_t top = (ptrdiff_t)(y * shape->stride_height) - (ptrdiff_t)shape->padding_height;
    const range lines = taps_inside(top, shape->kernel_height, shape->dilation_height, shape->in_height);
    float *to = out + picture * shape->out_picture_stride + y * shape->out_width * shape->out_pixel_stride;
    for (size_t x = 0; x < shape->out_width; x++, to += shape->out_pixel_stride) {
      const ptrdiff_t left = (ptrdiff_t)(x * shape->stride_width) - (ptrdiff_t)shape->padding_width;
      const range pixels = taps_inside(left, shape->kernel_width, shape->dilation_width, shape->in_width);
      pool_window window = {
          .lines = lines.end - lines.begin,
          .pixels = pixels.end - pixels.begin,
          .line_stride = shape->dilation_height * in_line,
          .pixel_stride = shape->dilation_width * shape->in_pixel_stride,
      };
      if (window.lines == 0) window.pixels = 0;
      const float *first = in + picture * shape->in_picture_stride;
      if (window.pixels > 0) {
        first += (size_t)(top + (ptrdiff_t)(lines.begin * shape->dilation_height)) * in_line;
        first += (size_t)(left + (ptrdiff_t)(pixels.begin * shape->dilation_width)) * shape->in_pixel_stride;
      }
      window.first = first;
      pool_channels(MAXIMUM, window, shape->channels, to);
    }
  }
}

INLINE range bin_of(size_t index, size_t bins, size_t size) {
  return (range){index * size / bins, ceil_divide((index + 1) * size, bins)};
}

static void adaptive_average_pool(const pf_window *shape, const float *in, float *out, size_t line_begin,
                                  size_t line_end) {
  const size_t in_line = shape->in_width * shape->in_pixel_stride;
  for (size_t index = line_begin; index < line_end; index++) {
    const size_t picture = index / shape->out_height, y = index % shape->out_height;
    const range lines = bin_of(y, shape->out_height, shape->in_height);
    const float *top = in + picture * shape->in_picture_stride + lines.begin * in_line;
    float *to = out + picture * shape->out_picture_stride + y * shape->out_width * shape->out_pixel_stride;
    for (size_t x = 0; x < shape->out_width; x++, to += shape->out_pixel_stride) {
      const range pixels = bin_of(x, shape->out_width, shape->in_width);
      pool_window window = {
          .first = top + pixels.begin * shape->in_pixel_stride,
          .lines = lines.end - lines.begin,
          .pixels = pixels.end - pixels.begin,
          .line_stride = in_line,
          .pixel_stride = shape->in_pixel_stride,
          .count = (lines.end - lines.begin) * (pixels.end - pixels.begin),
      };
      pool_channels(AVERAGE, window, shape->channels, to);
    }
  }
}

/// The average of a picture from the sums of its lines, in the order of `adaptive_average_pool`.
static void average_lines(size_t pictures, size_t lines, size_t pixels, size_t channels, const float *line_sums,
                          float *out, size_t out_picture_stride) {
  for (size_t picture = 0; picture < pictures; picture++) {
    const pool_window all = {
        .first = line_sums + picture * lines * channels,
        .lines = lines,
        .pixels = 1,
        .line_stride = channels,
        .count = lines * pixels,
    };
    pool_channels(AVERAGE, all, channels, out + picture * out_picture_stride);
  }
}
