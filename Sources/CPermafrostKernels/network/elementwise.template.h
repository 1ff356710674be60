// Layers that look at one value at a time. The output may be the input.

INLINE void affine_vector(const float *in, const float *scale, const float *shift, vec low, vec high, float *out,
                          bool part, lanes edge) {
  vec x = load_columns(in, part, edge);
  const vec offset = shift ? load_columns(shift, part, edge) : vec_zero();
  if (scale) x = vec_fma(x, load_columns(scale, part, edge), offset);
  else if (shift) x = vec_add(x, offset);
  store_columns(out, clamp(x, low, high), part, edge);
}

static void affine(size_t count, size_t channels, const float *in, size_t in_stride, const float *scale,
                   const float *shift, pf_activation activation, float *out, size_t out_stride) {
  const vec low = activation_low(activation), high = activation_high(activation);
  const lanes all = lanes_first(VEC_WIDTH), edge = lanes_first(channels % VEC_WIDTH);
  for (size_t i = 0; i < count; i++, in += in_stride, out += out_stride) {
    size_t c = 0;
    for (; c + VEC_WIDTH <= channels; c += VEC_WIDTH) {
      affine_vector(in + c, scale ? scale + c : NULL, shift ? shift + c : NULL, low, high, out + c, false, all);
    }
    if (c < channels) {
      affine_vector(in + c, scale ? scale + c : NULL, shift ? shift + c : NULL, low, high, out + c, true, edge);
    }
    activate(activation, 1, channels, out, out_stride);
  }
}

static void add(size_t count, size_t channels, const float *a, size_t a_stride, const float *b, size_t b_stride,
                pf_activation activation, float *out, size_t out_stride) {
  if (a_stride == channels && b_stride == channels && out_stride == channels) {
    // Without gaps, all pixels together are one long pixel.
    channels *= count;
    count = channels > 0;
  }
  const vec low = activation_low(activation), high = activation_high(activation);
  const lanes edge = lanes_first(channels % VEC_WIDTH);
  for (size_t i = 0; i < count; i++, a += a_stride, b += b_stride, out += out_stride) {
    size_t c = 0;
    for (; c + VEC_WIDTH <= channels; c += VEC_WIDTH) {
      vec_store(out + c, clamp(vec_add(vec_load(a + c), vec_load(b + c)), low, high));
    }
    if (c < channels) {
      const vec sum = vec_add(vec_load_part(a + c, edge), vec_load_part(b + c, edge));
      vec_store_part(out + c, clamp(sum, low, high), edge);
    }
    activate(activation, 1, channels, out, out_stride);
  }
}
