// Lines of a depthwise convolution, for one vector of channels: a vector of channels runs down the picture by
// itself, since a channel sees only itself.
//
// A line is cut into tiles of several outputs, whose sums stay in registers. An input is loaded once for all
// outputs of the tile that it belongs to. Every output is one chain of multiply-adds over the taps from the
// top left; zeros stand for the padding to the left and the right, and lines of the window in the padding
// above and below are left out.

/// Of the window of an output line, the lines in the picture: the first one's place in the ring of lines, the
/// first one's tap, and their count.
typedef struct window_lines {
  size_t slot, tap, count;
} window_lines;

/// A vector of channels, and the lines through which it goes.
typedef struct depthwise_lines {
  const window_lines *windows;  // of the output lines
  size_t count;
  const float *in;              // line 0 of the ring, at the vector's first channel
  size_t ring, step;            // lines of the ring; and how many from one tap to the next
  size_t line_stride;           // floats from one line to the next
  size_t in_stride;             // floats from one pixel to the next
  size_t in_width, padding;
  const float *weights;         // of the same channels
  size_t weights_stride;        // floats from one tap to the next
  float *out;
  size_t out_stride, out_width;
  size_t outputs;               // of a tile, in the usual windows
  const float *bias;
  const float *residual;        // of the first output line
  size_t residual_stride;
  const float *coming;          // later inputs, of which each tile fetches a share
  size_t coming_share;
  lanes edge;                   // of a last, incomplete vector
  vec low, high;
} depthwise_lines;

/// What is known when compiling.
typedef struct depthwise_form {
  size_t taps, stride, dilation;  // of a line of the window
  size_t outputs;                 // of a tile
  bool usual;                     // taps, stride and dilation are constants, no more than five taps, no dilation
  bool part;                      // the vector is incomplete
  bool interior;                  // all of the tile's inputs are in the picture
} depthwise_form;

/// The input at pixel `at` of a line, which is at `pixel` if it is inside the picture.
INLINE vec depthwise_input(const depthwise_lines *line, const float *pixel, ptrdiff_t at, depthwise_form form) {
  static const float zeros[VEC_WIDTH];
  // A choice of pointers, since a branch for each input would keep the sums from staying in registers.
  if (!form.interior) pixel = inside(at, line->in_width) ? pixel : zeros;
  return load_columns(pixel, form.part, line->edge);
}

/// A line of the usual windows: each input, then every output and tap that it is for.
INLINE void depthwise_usual_taps(const depthwise_lines *line, const float *in, const float *weights,
                                 ptrdiff_t start, vec sums[DEPTHWISE_OUTPUTS], depthwise_form form) {
  // Constants even where the compiler has yet to find out that this is never called.
  const size_t taps = form.usual ? form.taps : 1, stride = form.usual ? form.stride : 1;
  const size_t in_stride = line->in_stride;
  const float *pixel = in + start * (ptrdiff_t)in_stride;
  vec w[5];
  UNROLLED
  for (size_t tap = 0; tap < taps; tap++) {
    w[tap] = load_columns(weights + tap * line->weights_stride, form.part, line->edge);
  }
  UNROLLED
  for (size_t i = 0; i < (form.outputs - 1) * stride + taps; i++) {
    const vec x = depthwise_input(line, pixel, start + (ptrdiff_t)i, form);
    UNROLLED
    for (size_t tap = 0; tap < taps; tap++) {
      if (i < tap || (i - tap) % stride != 0 || (i - tap) / stride >= form.outputs) continue;
      sums[(i - tap) / stride] = vec_fma(x, w[tap], sums[(i - tap) / stride]);
    }
    pixel += in_stride;
    KEEP(pixel);
  }
}

INLINE void depthwise_any_taps(const depthwise_lines *line, const float *in, const float *weights,
                               ptrdiff_t start, vec sums[DEPTHWISE_OUTPUTS], depthwise_form form) {
  for (size_t tap = 0; tap < form.taps; tap++) {
    const vec w = load_columns(weights + tap * line->weights_stride, form.part, line->edge);
    UNROLLED
    for (size_t i = 0; i < form.outputs; i++) {
      const ptrdiff_t at = start + (ptrdiff_t)(i * form.stride + tap * form.dilation);
      const float *pixel = in + at * (ptrdiff_t)line->in_stride;
      sums[i] = vec_fma(depthwise_input(line, pixel, at, form), w, sums[i]);
    }
  }
}

INLINE void store_depthwise(const depthwise_lines *line, vec sums[DEPTHWISE_OUTPUTS], size_t row,
                            depthwise_form form) {
  if (line->bias) {
    const vec bias = load_columns(line->bias, form.part, line->edge);
    UNROLLED
    for (size_t i = 0; i < form.outputs; i++) sums[i] = vec_add(sums[i], bias);
  }
  if (line->residual) {
    const float *residual = line->residual + row * line->residual_stride;
    UNROLLED
    for (size_t i = 0; i < form.outputs; i++) {
      sums[i] = vec_add(sums[i], load_columns(residual, form.part, line->edge));
      residual += line->residual_stride;
      KEEP(residual);
    }
  }
  float *out = line->out + row * line->out_stride;
  UNROLLED
  for (size_t i = 0; i < form.outputs; i++) {
    store_columns(out, clamp(sums[i], line->low, line->high), form.part, line->edge);
    out += line->out_stride;
    KEEP(out);
  }
}

INLINE void depthwise_tile(const depthwise_lines *line, size_t y, size_t x, depthwise_form form) {
  const ptrdiff_t start = (ptrdiff_t)(x * form.stride) - (ptrdiff_t)line->padding;
  vec sums[DEPTHWISE_OUTPUTS];
  UNROLLED
  for (size_t i = 0; i < form.outputs; i++) sums[i] = vec_zero();
  const window_lines window = line->windows[y];
  size_t slot = window.slot;
  const float *weights = line->weights + window.tap * form.taps * line->weights_stride;
  for (size_t tap = 0; tap < window.count; tap++) {
    const float *in = line->in + slot * line->line_stride;
    if (form.usual) depthwise_usual_taps(line, in, weights, start, sums, form);
    else depthwise_any_taps(line, in, weights, start, sums, form);
    weights += form.taps * line->weights_stride;
    slot += line->step;
    if (slot >= line->ring) slot -= line->ring;
  }
  store_depthwise(line, sums, y * line->out_width + x, form);
}

/// All tiles of all lines. The last of a line may overlap the one before it, whose values it computes again.
INLINE void depthwise_tiles(const depthwise_lines *line, depthwise_form form) {
  const size_t reach = (form.outputs - 1) * form.stride + (form.taps - 1) * form.dilation;
  const float *coming = line->coming;
  for (size_t y = 0; y < line->count; y++) {
    for (size_t done = 0; done < line->out_width; done += form.outputs) {
      const size_t x = smaller(done, line->out_width - form.outputs), start = x * form.stride;
      fetch(coming, line->coming_share);
      coming += line->coming_share;
      form.interior = start >= line->padding && start - line->padding + reach < line->in_width;
      if (form.interior) {
        form.interior = true;
        depthwise_tile(line, y, x, form);
      } else {
        form.interior = false;
        depthwise_tile(line, y, x, form);
      }
    }
  }
}

/// The outputs of a tile for a line of `width`: the widest tile wastes the least loads, but may overlap more.
/// A tile of fewer than eight outputs waits for its own sums.
INLINE size_t depthwise_outputs(size_t width) {
  const size_t heights[] = {DEPTHWISE_OUTPUTS, 7, 4};
  size_t best = 1, least = 8 * width;
  for (size_t i = 0; i < 3; i++) {
    const size_t time = ceil_divide(width, heights[i]) * larger(heights[i], 8);
    if (heights[i] <= width && time < least) {
      best = heights[i];
      least = time;
    }
  }
  return best;
}

/// Not inlined: the compiler keeps more in registers when it sees one window at a time.
#define MAKE_DEPTHWISE(taps_, stride_) \
  __attribute__((noinline)) static void depthwise_##taps_##_##stride_(const depthwise_lines *job) { \
    const depthwise_lines line = *job;  /* A copy, so that the compiler knows that no store changes it. */ \
    depthwise_form form = {.taps = taps_, .stride = stride_, .dilation = 1, .usual = true}; \
    if (line.outputs == DEPTHWISE_OUTPUTS) form.outputs = DEPTHWISE_OUTPUTS, depthwise_tiles(&line, form); \
    else if (line.outputs == 7) form.outputs = 7, depthwise_tiles(&line, form); \
    else if (line.outputs == 4) form.outputs = 4, depthwise_tiles(&line, form); \
    else form.outputs = 1, depthwise_tiles(&line, form); \
  }
MAKE_DEPTHWISE(3, 1)
MAKE_DEPTHWISE(3, 2)
MAKE_DEPTHWISE(5, 1)
MAKE_DEPTHWISE(5, 2)
#undef MAKE_DEPTHWISE

/// Any window and any part of a vector, four outputs at a time or one.
static void depthwise_any(const pf_window *shape, const depthwise_lines *job, bool part) {
  const depthwise_lines line = *job;
  depthwise_form form = {
      .taps = shape->kernel_width, .stride = shape->stride_width, .dilation = shape->dilation_width};
  const bool four = line.out_width >= 4;
  if (part && four) form.part = true, form.outputs = 4, depthwise_tiles(&line, form);
  else if (part) form.part = true, form.outputs = 1, depthwise_tiles(&line, form);
  else if (four) form.part = false, form.outputs = 4, depthwise_tiles(&line, form);
  else form.part = false, form.outputs = 1, depthwise_tiles(&line, form);
}

/// The usual windows have code of their own, whose inputs and weights stay in registers.
static void compute_depthwise_lines(const pf_window *shape, const depthwise_lines *line, bool part) {
  const size_t taps = shape->kernel_width, stride = shape->stride_width;
  const bool usual = !part && shape->dilation_width == 1;
  if (usual && taps == 3 && stride == 1) depthwise_3_1(line);
  else if (usual && taps == 3 && stride == 2) depthwise_3_2(line);
  else if (usual && taps == 5 && stride == 1) depthwise_5_1(line);
  else if (usual && taps == 5 && stride == 2) depthwise_5_2(line);
  else depthwise_any(shape, line, part);
}
