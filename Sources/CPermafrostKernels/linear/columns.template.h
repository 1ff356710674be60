// What is done column by column, whatever the rows are for.

static void standardize(float *x, size_t rows, size_t d, const float *center, const float *rest,
                        const float *factor) {
  for (size_t t = 0; t < rows; t++) {
    float *row = x + t * d;
    size_t j = 0;
    for (; j + VEC_WIDTH <= d; j += VEC_WIDTH) {
      const vec deviation = vec_subtract(vec_subtract(vec_load(row + j), vec_load(center + j)), vec_load(rest + j));
      vec_store(row + j, vec_multiply(deviation, vec_load(factor + j)));
    }
    for (; j < d; j++) row[j] = ((row[j] - center[j]) - rest[j]) * factor[j];
  }
}

/// A few columns of many rows, so that the sums stay in registers.
INLINE void moment_block(const size_t columns, const float *x, size_t rows, size_t d, const float *origin,
                         double *sums, double *squares) {
  double sum[8], square[8];
  for (size_t j = 0; j < columns; j++) sum[j] = square[j] = 0;
  for (size_t t = 0; t < rows; t++) {
    for (size_t j = 0; j < columns; j++) {
      const double deviation = (double)x[t * d + j] - (double)origin[j];
      sum[j] += deviation;
      square[j] += deviation * deviation;
    }
  }
  for (size_t j = 0; j < columns; j++) {
    sums[j] += sum[j];
    squares[j] += square[j];
  }
}

static void moments(const float *x, size_t rows, size_t d, const float *origin, double *sums, double *squares) {
  size_t j = 0;
  for (; j + 8 <= d; j += 8) moment_block(8, x + j, rows, d, origin + j, sums + j, squares + j);
  for (; j < d; j++) moment_block(1, x + j, rows, d, origin + j, sums + j, squares + j);
}
