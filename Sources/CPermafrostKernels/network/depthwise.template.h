// Depthwise convolution: a channel sees itself only, so a vector of channels runs down the picture together.
//
// A line is worked through in blocks of one or two vectors of channels, and each block in tiles of a few
// outputs, whose sums stay in registers. Tiles that touch the left or right padding read zeros there; lines
// in the padding above and below are left out.

#define DEPTHWISE_OUTPUTS 4
#define DEPTHWISE_VECTORS 2

typedef struct depthwise_line {
  const pf_window *shape;
  const float *in;           // the block's first channel, in the first input line of the window
  const float *weights;      // the same channel, at the first tap inside the picture
  size_t taps;               // lines of the window inside the picture
  float *out;                // the same channel, in the output line
  const float *bias;
  const float *residual;
  size_t residual_stride;
  lanes edge;                // of a last, incomplete vector
  vec low, high;
} depthwise_line;

/// What is known when compiling: sizes of the window, and whether all of the tile's inputs are there.
typedef struct depthwise_form {
  size_t taps, stride, dilation;
  bool interior;
  size_t vectors;
  bool part;                 // the only vector is incomplete
} depthwise_form;

INLINE void store_depthwise(const depthwise_line *line, vec sums[DEPTHWISE_OUTPUTS][DEPTHWISE_VECTORS], size_t x,
                            depthwise_form form) {
  const pf_window *shape = line->shape;
  UNROLLED
  for (size_t v = 0; v < form.vectors; v++) {
    const size_t channel = v * VEC_WIDTH;
    const vec bias = line->bias ? load_columns(line->bias + channel, form.part, line->edge) : vec_zero();
    UNROLLED
    for (size_t i = 0; i < DEPTHWISE_OUTPUTS; i++) {
      if (x + i >= shape->out_width) continue;
      vec sum = sums[i][v];
      if (line->bias) sum = vec_add(sum, bias);
      if (line->residual) {
        const float *residual = line->residual + (x + i) * line->residual_stride + channel;
        sum = vec_add(sum, load_columns(residual, form.part, line->edge));
      }
      sum = clamp(sum, line->low, line->high);
      float *out = line->out + (x + i) * shape->out_pixel_stride + channel;
      store_columns(out, sum, form.part, line->edge);
    }
  }
}

INLINE void depthwise_tile(const depthwise_line *line, size_t x, depthwise_form form) {
  static const float zeros[DEPTHWISE_VECTORS * VEC_WIDTH];
  const pf_window *shape = line->shape;
  const ptrdiff_t start = (ptrdiff_t)(x * form.stride) - (ptrdiff_t)shape->padding_width;
  const float *in = line->in, *weights = line->weights;
  vec sums[DEPTHWISE_OUTPUTS][DEPTHWISE_VECTORS];
  UNROLLED
  for (size_t i = 0; i < DEPTHWISE_OUTPUTS; i++) {
    UNROLLED
    for (size_t v = 0; v < form.vectors; v++) sums[i][v] = vec_zero();
  }
  for (size_t tap_y = 0; tap_y < line->taps; tap_y++) {
    for (size_t tap = 0; tap < form.taps; tap++) {
      vec w[DEPTHWISE_VECTORS];
      UNROLLED
      for (size_t v = 0; v < form.vectors; v++) {
        w[v] = load_columns(weights + tap * shape->channels + v * VEC_WIDTH, form.part, line->edge);
      }
      UNROLLED
      for (size_t i = 0; i < DEPTHWISE_OUTPUTS; i++) {
        const ptrdiff_t at = start + (ptrdiff_t)(i * form.stride + tap * form.dilation);
        const float *pixel = form.interior || inside(at, shape->in_width)
                                 ? in + at * (ptrdiff_t)shape->in_pixel_stride : zeros;
        UNROLLED
        for (size_t v = 0; v < form.vectors; v++) {
          sums[i][v] = vec_fma(load_columns(pixel + v * VEC_WIDTH, form.part, line->edge), w[v], sums[i][v]);
        }
      }
    }
    in += shape->dilation_height * shape->in_width * shape->in_pixel_stride;
    weights += form.taps * shape->channels;
  }
  store_depthwise(line, sums, x, form);
}

/// All tiles of a line. Those inside the picture get a loop of their own, which need not look where it reads.
INLINE void depthwise_tiles(const depthwise_line *line, depthwise_form form) {
  const pf_window *shape = line->shape;
  const size_t reach = (DEPTHWISE_OUTPUTS - 1) * form.stride + (form.taps - 1) * form.dilation;
  for (size_t x = 0; x < shape->out_width; x += DEPTHWISE_OUTPUTS) {
    const size_t start = x * form.stride;
    const bool interior = start >= shape->padding_width && start - shape->padding_width + reach < shape->in_width;
    if (interior) {
      form.interior = true;
      depthwise_tile(line, x, form);
    } else {
      form.interior = false;
      depthwise_tile(line, x, form);
    }
  }
}

/// The usual windows get loops of their own, whose inputs the compiler keeps from one tap to the next.
static void depthwise_block(const depthwise_line *line, size_t vectors, bool part) {
  const pf_window *shape = line->shape;
  const size_t taps = shape->kernel_width, stride = shape->stride_width, dilation = shape->dilation_width;
  if (vectors == 2 && taps == 3 && stride == 1 && dilation == 1) {
    depthwise_tiles(line, (depthwise_form){.taps = 3, .stride = 1, .dilation = 1, .vectors = 2});
  } else if (vectors == 2 && taps == 3 && stride == 2 && dilation == 1) {
    depthwise_tiles(line, (depthwise_form){.taps = 3, .stride = 2, .dilation = 1, .vectors = 2});
  } else if (vectors == 2 && taps == 5 && stride == 1 && dilation == 1) {
    depthwise_tiles(line, (depthwise_form){.taps = 5, .stride = 1, .dilation = 1, .vectors = 2});
  } else if (vectors == 2) {
    depthwise_tiles(line, (depthwise_form){.taps = taps, .stride = stride, .dilation = dilation, .vectors = 2});
  } else if (part) {
    depthwise_tiles(line, (depthwise_form){
        .taps = taps, .stride = stride, .dilation = dilation, .vectors = 1, .part = true});
  } else {
    depthwise_tiles(line, (depthwise_form){.taps = taps, .stride = stride, .dilation = dilation, .vectors = 1});
  }
}

static void depthwise(const pf_window *shape, const float *in, const float *weights, pf_epilogue epilogue,
                      float *out, size_t line_begin, size_t line_end) {
  const size_t in_line = shape->in_width * shape->in_pixel_stride;
  for (size_t index = line_begin; index < line_end; index++) {
    const size_t picture = index / shape->out_height, y = index % shape->out_height;
    const ptrdiff_t start = (ptrdiff_t)(y * shape->stride_height) - (ptrdiff_t)shape->padding_height;
    const range taps = taps_inside(start, shape->kernel_height, shape->dilation_height, shape->in_height);
    const ptrdiff_t in_y = taps.begin == taps.end ? 0 : start + (ptrdiff_t)(taps.begin * shape->dilation_height);
    const float *first = in + picture * shape->in_picture_stride + (size_t)in_y * in_line;
    float *out_line = out + picture * shape->out_picture_stride + y * shape->out_width * shape->out_pixel_stride;
    size_t vectors = DEPTHWISE_VECTORS;
    for (size_t channel = 0; channel < shape->channels; channel += vectors * VEC_WIDTH) {
      const size_t left = shape->channels - channel;
      if (left < DEPTHWISE_VECTORS * VEC_WIDTH) vectors = 1;
      const depthwise_line line = {
          .shape = shape,
          .in = first + channel,
          .weights = weights + taps.begin * shape->kernel_width * shape->channels + channel,
          .taps = taps.end - taps.begin,
          .out = out_line + channel,
          .bias = epilogue.bias ? epilogue.bias + channel : NULL,
          .residual = epilogue.residual
              ? epilogue.residual + index * shape->out_width * epilogue.residual_stride + channel : NULL,
          .residual_stride = epilogue.residual_stride,
          .edge = lanes_first(smaller(left, VEC_WIDTH)),
          .low = activation_low(epilogue.activation),
          .high = activation_high(epilogue.activation),
      };
      depthwise_block(&line, vectors, left < VEC_WIDTH);
      activate(epilogue.activation, shape->out_width, smaller(left, vectors * VEC_WIDTH), line.out,
               shape->out_pixel_stride);
    }
  }
}
