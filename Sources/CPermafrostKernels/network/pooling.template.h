// Pooling: a window is folded into one value, channel by channel.

#define POOLING_VECTORS 4

/// A rectangle of one picture, at its first channel of interest.
typedef struct pool_window {
  const float *first;
  size_t lines, pixels;
  size_t line_stride, pixel_stride;
} pool_window;

/// NaN wins, as it does in PyTorch.
INLINE void max_of_window(pool_window window, size_t vectors, bool part, lanes edge, float *out) {
  vec most[POOLING_VECTORS];
  UNROLLED
  for (size_t v = 0; v < vectors; v++) most[v] = vec_all(-INFINITY);
  for (size_t y = 0; y < window.lines; y++) {
    for (size_t x = 0; x < window.pixels; x++) {
      const float *pixel = window.first + y * window.line_stride + x * window.pixel_stride;
      UNROLLED
      for (size_t v = 0; v < vectors; v++) {
        most[v] = vec_max(most[v], part ? vec_load_part(pixel, edge) : vec_load(pixel + v * VEC_WIDTH));
      }
    }
  }
  UNROLLED
  for (size_t v = 0; v < vectors; v++) {
    if (part) vec_store_part(out, most[v], edge);
    else vec_store(out + v * VEC_WIDTH, most[v]);
  }
}

/// Lines are summed by themselves first, so that the error grows with the sides and not with the area.
INLINE void average_of_window(pool_window window, size_t vectors, bool part, lanes edge, float *out) {
  vec sums[POOLING_VECTORS];
  UNROLLED
  for (size_t v = 0; v < vectors; v++) sums[v] = vec_zero();
  for (size_t y = 0; y < window.lines; y++) {
    vec line[POOLING_VECTORS];
    UNROLLED
    for (size_t v = 0; v < vectors; v++) line[v] = vec_zero();
    for (size_t x = 0; x < window.pixels; x++) {
      const float *pixel = window.first + y * window.line_stride + x * window.pixel_stride;
      UNROLLED
      for (size_t v = 0; v < vectors; v++) {
        line[v] = vec_add(line[v], part ? vec_load_part(pixel, edge) : vec_load(pixel + v * VEC_WIDTH));
      }
    }
    UNROLLED
    for (size_t v = 0; v < vectors; v++) sums[v] = vec_add(sums[v], line[v]);
  }
  const vec count = vec_all((float)(window.lines * window.pixels));
  UNROLLED
  for (size_t v = 0; v < vectors; v++) {
    const vec mean = vec_divide(sums[v], count);
    if (part) vec_store_part(out, mean, edge);
    else vec_store(out + v * VEC_WIDTH, mean);
  }
}

/// Folds a window over all channels: a few vectors at a time, then one, then what is left.
#define FOLD_CHANNELS(fold, window, channels, out)                                                   \
  do {                                                                                               \
    const float *const origin = (window).first;                                                      \
    size_t c = 0;                                                                                    \
    for (; c + POOLING_VECTORS * VEC_WIDTH <= (channels); c += POOLING_VECTORS * VEC_WIDTH) {        \
      (window).first = origin + c;                                                                   \
      fold(window, POOLING_VECTORS, false, lanes_first(VEC_WIDTH), (out) + c);                       \
    }                                                                                                \
    for (; c + VEC_WIDTH <= (channels); c += VEC_WIDTH) {                                            \
      (window).first = origin + c;                                                                   \
      fold(window, 1, false, lanes_first(VEC_WIDTH), (out) + c);                                     \
    }                                                                                                \
    if (c < (channels)) {                                                                            \
      (window).first = origin + c;                                                                   \
      fold(window, 1, true, lanes_first((channels) - c), (out) + c);                                 \
    }                                                                                                \
  } while (0)

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
      FOLD_CHANNELS(max_of_window, window, shape->channels, to);
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
      };
      FOLD_CHANNELS(average_of_window, window, shape->channels, to);
    }
  }
}
