// Sums of rows times residuals, along the rows.

/// Rows and columns that are copied together where they are read more than once.
#define PACK_ROWS 64
#define PACK_COLUMNS (SUM_VECTORS * VEC_WIDTH)

/// Some outputs' sums over some rows for `vectors` vectors of columns; `part` is the last vector's where it is not
/// whole. Residuals of a row's outputs lie `stride` apart. Adds to what is in g.
INLINE void sum_block(const size_t outputs, const size_t vectors, const bool is_part, lanes part, const float *x,
                      size_t x_stride, size_t rows, const float *r, size_t stride, float *g, size_t d) {
  vec sum[SUM_OUTPUTS][SUM_VECTORS];
  UNROLLED for (size_t k = 0; k < outputs; k++) {
    UNROLLED for (size_t v = 0; v < vectors; v++) sum[k][v] = vec_zero();
  }
  for (size_t t = 0; t < rows; t++) {
    vec value[SUM_VECTORS];
    UNROLLED for (size_t v = 0; v < vectors; v++) {
      const float *from = x + t * x_stride + v * VEC_WIDTH;
      value[v] = is_part ? vec_load_part(from, part) : vec_load(from);
    }
    UNROLLED for (size_t k = 0; k < outputs; k++) {
      const vec factor = vec_all(r[k * stride + t]);
      UNROLLED for (size_t v = 0; v < vectors; v++) sum[k][v] = vec_fma(factor, value[v], sum[k][v]);
    }
  }
  UNROLLED for (size_t k = 0; k < outputs; k++) {
    UNROLLED for (size_t v = 0; v < vectors; v++) {
      float *to = g + k * d + v * VEC_WIDTH;
      if (is_part) {
        vec_store_part(to, vec_add(vec_load_part(to, part), sum[k][v]), part);
      } else {
        vec_store(to, vec_add(vec_load(to), sum[k][v]));
      }
    }
  }
}

/// All outputs.
INLINE void sum_outputs(const size_t vectors, const bool is_part, lanes part, const float *x, size_t x_stride,
                        size_t rows, const float *r, size_t stride, size_t outputs, float *g, size_t d) {
  for (; outputs >= SUM_OUTPUTS; outputs -= SUM_OUTPUTS, r += SUM_OUTPUTS * stride, g += SUM_OUTPUTS * d) {
    sum_block(SUM_OUTPUTS, vectors, is_part, part, x, x_stride, rows, r, stride, g, d);
  }
  for (; outputs >= 2; outputs -= 2, r += 2 * stride, g += 2 * d) {
    sum_block(2, vectors, is_part, part, x, x_stride, rows, r, stride, g, d);
  }
  if (outputs > 0) sum_block(1, vectors, is_part, part, x, x_stride, rows, r, stride, g, d);
}

static void accumulate(const float *x, size_t rows, size_t d, const float *r, size_t stride, size_t outputs,
                       float *g) {
  float packed[PACK_ROWS * PACK_COLUMNS];
  const lanes all = lanes_first(1);
  for (size_t t = 0; t < rows; t += PACK_ROWS) {
    const size_t count = rows - t < PACK_ROWS ? rows - t : PACK_ROWS;
    const float *first = x + t * d;
    size_t j = 0;
    for (; j + PACK_COLUMNS <= d; j += PACK_COLUMNS) {
      const float *from = first + j;
      size_t from_stride = d;
      if (outputs > SUM_OUTPUTS) {
        for (size_t i = 0; i < count; i++) {
          UNROLLED for (size_t v = 0; v < SUM_VECTORS; v++) {
            vec_store(packed + i * PACK_COLUMNS + v * VEC_WIDTH, vec_load(from + i * d + v * VEC_WIDTH));
          }
        }
        from = packed;
        from_stride = PACK_COLUMNS;
      }
      sum_outputs(SUM_VECTORS, false, all, from, from_stride, count, r + t, stride, outputs, g + j, d);
    }
    for (; j + VEC_WIDTH <= d; j += VEC_WIDTH) {
      sum_outputs(1, false, all, first + j, d, count, r + t, stride, outputs, g + j, d);
    }
    const lanes part = lanes_first(d - j);
    if (j < d) sum_outputs(1, true, part, first + j, d, count, r + t, stride, outputs, g + j, d);
  }
}
