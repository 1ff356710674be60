// Normalising a row by its own mean and variance.

#define LAYER_NORM_SUMS 4

/// The last, incomplete vector of a row, with `filler` in the lanes beyond it.
INLINE vec filled_edge(const float *row, size_t count, float filler) {
  float lane[VEC_WIDTH];
  vec_store(lane, vec_all(filler));
  memcpy(lane, row, count * sizeof(float));
  return vec_load(lane);
}

/// The sum over a row of (x - center), or of its square.
INLINE float deviation(const float *row, size_t count, float center, bool squared) {
  vec sums[LAYER_NORM_SUMS];
  UNROLLED
  for (size_t s = 0; s < LAYER_NORM_SUMS; s++) sums[s] = vec_zero();
  const vec middle = vec_all(center);
  size_t i = 0;
  for (; i + LAYER_NORM_SUMS * VEC_WIDTH <= count; i += LAYER_NORM_SUMS * VEC_WIDTH) {
    UNROLLED
    for (size_t s = 0; s < LAYER_NORM_SUMS; s++) {
      const vec x = vec_subtract(vec_load(row + i + s * VEC_WIDTH), middle);
      sums[s] = squared ? vec_fma(x, x, sums[s]) : vec_add(x, sums[s]);
    }
  }
  for (; i < count; i += VEC_WIDTH) {
    const bool whole = i + VEC_WIDTH <= count;
    const vec x = vec_subtract(whole ? vec_load(row + i) : filled_edge(row + i, count - i, center), middle);
    sums[0] = squared ? vec_fma(x, x, sums[0]) : vec_add(x, sums[0]);
  }
  return sum_of_lanes(vec_add(vec_add(sums[0], sums[1]), vec_add(sums[2], sums[3])));
}

static void layer_norm(size_t count, size_t channels, const float *in, size_t in_stride, const float *weight,
                       const float *bias, float epsilon, float *out, size_t out_stride) {
  const lanes edge = lanes_first(channels % VEC_WIDTH);
  for (size_t row = 0; row < count; row++, in += in_stride, out += out_stride) {
    // The variance is taken about the mean: the mean of the squares less the square of the mean would cancel.
    const float mean = deviation(in, channels, 0, false) / (float)channels;
    const float variance = deviation(in, channels, mean, true) / (float)channels;
    const vec middle = vec_all(mean), factor = vec_all(1 / sqrtf(variance + epsilon));
    for (size_t c = 0; c < channels; c += VEC_WIDTH) {
      const bool part = c + VEC_WIDTH > channels;
      const vec x = vec_multiply(vec_subtract(load_columns(in + c, part, edge), middle), factor);
      const vec result = vec_fma(x, load_columns(weight + c, part, edge), load_columns(bias + c, part, edge));
      store_columns(out + c, result, part, edge);
    }
  }
}
