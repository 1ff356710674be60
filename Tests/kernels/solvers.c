// What the precise solvers of the heads call: products in float64.
#include <string.h>

#include "check.h"
#include "suites.h"

static double *random_doubles(size_t count) {
  double *doubles = memory(count * sizeof(double));
  for (size_t i = 0; i < count; i++) doubles[i] = (double)random_unit() + 0x1p-30 * (double)random_unit();
  return doubles;
}

/// Sums of products of numbers below 1, in float64.
static double bound_of(size_t terms) { return 0x1p-52 * (double)(terms + 1); }

static void check_scores(const pf_product_kernels *kernels, size_t rows, size_t d, size_t classes) {
  begin_case("%zu rows of %zu numbers, %zu classes", rows, d, classes);
  const float *x = random_floats(rows * d);
  const double *w = random_doubles(classes * d);
  double *z = memory(rows * classes * sizeof(double));
  kernels->scores(x, rows, d, w, classes, z);
  for (size_t t = 0; t < rows; t++) {
    for (size_t k = 0; k < classes; k++) {
      double expected = 0, alone;
      for (size_t j = 0; j < d; j++) expected += (double)x[t * d + j] * w[k * d + j];
      expect_near("score", t * classes + k, z[t * classes + k], expected, bound_of(d));
      kernels->scores(x + t * d, 1, d, w + k * d, 1, &alone);
      if (memcmp(&alone, &z[t * classes + k], sizeof alone) != 0) {
        fail("score %zu alone is %a, not %a", t * classes + k, alone, z[t * classes + k]);
      }
    }
  }
}

static void check_accumulate(const pf_product_kernels *kernels, size_t rows, size_t d, size_t classes) {
  begin_case("%zu rows of %zu numbers, %zu classes", rows, d, classes);
  const float *x = random_floats(rows * d);
  const double *r = random_doubles(rows * classes), *before = random_doubles(classes * d);
  double *g = memory(classes * d * sizeof(double));
  memcpy(g, before, classes * d * sizeof(double));
  kernels->accumulate(x, rows, d, r, classes, g);
  for (size_t k = 0; k < classes; k++) {
    for (size_t j = 0; j < d; j++) {
      double expected = before[k * d + j];
      for (size_t t = 0; t < rows; t++) expected += r[t * classes + k] * (double)x[t * d + j];
      expect_near("sum", k * d + j, g[k * d + j], expected, bound_of(rows));
    }
  }
}

void check_products(const pf_product_kernels *kernels) {
  static const size_t rows[] = {0, 1, 3, 4, 9}, widths[] = {1, 2, 3, 7, 8, 16, 67}, classes[] = {1, 2, 4, 5, 11};
  void (*const checks[])(const pf_product_kernels *, size_t, size_t, size_t) = {check_scores, check_accumulate};
  for (size_t check = 0; check < 2; check++) {
    begin_kernel(check == 0 ? "scores" : "accumulate");
    for (size_t i = 0; i < 5 * 7 * 5; i++) checks[check](kernels, rows[i / 35], widths[i / 5 % 7], classes[i % 5]);
  }
}
