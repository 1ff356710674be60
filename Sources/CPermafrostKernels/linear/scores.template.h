// Products of rows with coefficient vectors, sums along the columns.

/// Columns that are summed before a score is written: their coefficients for one block stay in the first cache.
#define SCORE_COLUMNS 1024

/// A block of scores over some columns, added to what is there, or written where it is the `first` part.
INLINE void score_block(const size_t rows, const size_t outputs, const float *x, const float *w, size_t d,
                        size_t columns, bool first, float *z, size_t stride) {
  vec sum[SCORE_ROWS][SCORE_OUTPUTS];
  UNROLLED for (size_t t = 0; t < rows; t++) {
    UNROLLED for (size_t k = 0; k < outputs; k++) sum[t][k] = vec_zero();
  }
  size_t j = 0;
  for (; j + VEC_WIDTH <= columns; j += VEC_WIDTH) {
    vec weight[SCORE_OUTPUTS];
    UNROLLED for (size_t k = 0; k < outputs; k++) weight[k] = vec_load(w + k * d + j);
    UNROLLED for (size_t t = 0; t < rows; t++) {
      const vec value = vec_load(x + t * d + j);
      UNROLLED for (size_t k = 0; k < outputs; k++) sum[t][k] = vec_fma(value, weight[k], sum[t][k]);
    }
  }
  if (j < columns) {
    const lanes part = lanes_first(columns - j);
    vec weight[SCORE_OUTPUTS];
    UNROLLED for (size_t k = 0; k < outputs; k++) weight[k] = vec_load_part(w + k * d + j, part);
    UNROLLED for (size_t t = 0; t < rows; t++) {
      const vec value = vec_load_part(x + t * d + j, part);
      UNROLLED for (size_t k = 0; k < outputs; k++) sum[t][k] = vec_fma(value, weight[k], sum[t][k]);
    }
  }
  UNROLLED for (size_t k = 0; k < outputs; k++) {
    UNROLLED for (size_t t = 0; t < rows; t++) {
      const float total = sum_of_lanes(sum[t][k]);
      z[k * stride + t] = first ? total : z[k * stride + t] + total;
    }
  }
}

/// All rows for one block of outputs.
INLINE void score_rows(const size_t outputs, const float *x, size_t rows, const float *w, size_t d, size_t columns,
                       bool first, float *z, size_t stride) {
  size_t t = 0;
  for (; t + SCORE_ROWS <= rows; t += SCORE_ROWS) {
    score_block(SCORE_ROWS, outputs, x + t * d, w, d, columns, first, z + t, stride);
  }
  for (; t < rows; t++) score_block(1, outputs, x + t * d, w, d, columns, first, z + t, stride);
}

static void scores(const float *x, size_t rows, size_t d, const float *w, size_t outputs, float *z, size_t stride) {
  for (size_t j = 0; j < d; j += SCORE_COLUMNS) {
    const size_t columns = d - j < SCORE_COLUMNS ? d - j : SCORE_COLUMNS;
    size_t k = 0;
    for (; k + SCORE_OUTPUTS <= outputs; k += SCORE_OUTPUTS) {
      score_rows(SCORE_OUTPUTS, x + j, rows, w + k * d + j, d, columns, j == 0, z + k * stride, stride);
    }
    for (; k < outputs; k++) {
      score_rows(1, x + j, rows, w + k * d + j, d, columns, j == 0, z + k * stride, stride);
    }
  }
}
