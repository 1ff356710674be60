// What the solver of logistic regression calls: products of tiles in float32, losses, column by column work.
#include <math.h>
#include <string.h>

#include "check.h"
#include "suites.h"

static size_t stride_of(size_t rows) { return (rows + PF_LINEAR_ROWS - 1) / PF_LINEAR_ROWS * PF_LINEAR_ROWS; }

/// Sums of products of numbers below 1, in float32.
static double bound_of(size_t terms) { return 0x1p-23 * (double)(terms + 1); }

static void check_scores(const pf_linear_kernels *kernels, size_t rows, size_t d, size_t outputs) {
  begin_case("%zu rows of %zu numbers, %zu outputs", rows, d, outputs);
  const size_t stride = stride_of(rows);
  const float *x = random_floats(rows * d), *w = random_floats(outputs * d);
  float *z = blank_floats(outputs * stride);
  kernels->scores(x, rows, d, w, outputs, z, stride);
  for (size_t t = 0; t < rows; t++) {
    for (size_t k = 0; k < outputs; k++) {
      double expected = 0;
      float alone[PF_LINEAR_ROWS];
      for (size_t j = 0; j < d; j++) expected += (double)x[t * d + j] * (double)w[k * d + j];
      expect_near("score", k * stride + t, (double)z[k * stride + t], expected, bound_of(d));
      kernels->scores(x + t * d, 1, d, w + k * d, 1, alone, PF_LINEAR_ROWS);
      expect_same_bits("score alone", alone, &z[k * stride + t], 1);
    }
  }
}

static void check_accumulate(const pf_linear_kernels *kernels, size_t rows, size_t d, size_t outputs) {
  begin_case("%zu rows of %zu numbers, %zu outputs", rows, d, outputs);
  const size_t stride = stride_of(rows);
  const float *x = random_floats(rows * d), *r = random_floats(outputs * stride), *before = random_floats(outputs * d);
  float *g = copy_of(before, outputs * d);
  kernels->accumulate(x, rows, d, r, stride, outputs, g);
  for (size_t k = 0; k < outputs; k++) {
    for (size_t j = 0; j < d; j++) {
      double expected = (double)before[k * d + j];
      for (size_t t = 0; t < rows; t++) expected += (double)r[k * stride + t] * (double)x[t * d + j];
      expect_near("sum", k * d + j, (double)g[k * d + j], expected, bound_of(rows));
    }
  }
}

/// Targets of `rows` rows, zeros up to the stride.
static pf_linear_targets targets_of(size_t rows, size_t outputs) {
  const size_t stride = stride_of(rows);
  float *shares = blank_floats(stride);
  int32_t *labels = memory(stride * sizeof(int32_t));
  for (size_t t = 0; t < stride; t++) {
    shares[t] = t < rows ? 0.5f + 0.5f * random_unit() : 0;
    labels[t] = t < rows ? (int32_t)pick(0, outputs == 1 ? 1 : outputs - 1) : 0;
  }
  return (pf_linear_targets){.shares = shares, .labels = labels, .rows = rows};
}

/// Scores from undecided to nearly certain.
static float *random_scores(size_t count) {
  float *z = random_floats(count);
  for (size_t i = 0; i < count; i++) z[i] *= 20;
  return z;
}

static void check_losses(const pf_linear_kernels *kernels, size_t rows, size_t outputs) {
  begin_case("%zu rows, %zu outputs", rows, outputs);
  const size_t stride = stride_of(rows);
  const pf_linear_targets targets = targets_of(rows, outputs);
  const float *scores = random_scores(outputs * stride), *bias = random_floats(outputs);
  float *z = copy_of(scores, outputs * stride), *p = blank_floats(outputs * stride);
  double *sums = memory(outputs * sizeof(double)), expected_loss = 0;
  memset(sums, 0, outputs * sizeof(double));
  const double loss = kernels->losses(targets, bias, z, stride, outputs, p, sums);
  for (size_t t = 0; t < rows; t++) {
    const size_t label = (size_t)targets.labels[t], classes = outputs == 1 ? 2 : outputs;
    const double share = (double)targets.shares[t];
    double score[64], others = 0;
    for (size_t k = 0; k < classes; k++) {
      // The sigmoid is the softmax over 0 and z.
      const size_t output = outputs == 1 ? 0 : k;
      score[k] = outputs == 1 && k == 0 ? 0 : (double)(scores[output * stride + t] + bias[output]);
    }
    for (size_t k = 0; k < classes; k++) others += k == label ? 0 : exp(score[k] - score[label]);
    expected_loss += share * log1p(others);
    for (size_t k = outputs == 1 ? 1 : 0; k < classes; k++) {
      const size_t at = (outputs == 1 ? 0 : k) * stride + t;
      const double probability = exp(score[k] - score[label]) / (1 + others);
      const double residual = k == label ? -others / (1 + others) : probability;
      expect_near("probability", at, (double)p[at], probability, 6e-6 * probability);
      expect_near("residual", at, (double)z[at], share * residual, 6e-6 * share * fabs(residual));
    }
  }
  expect_near("loss", 0, loss, expected_loss, 6e-6 * expected_loss);
  for (size_t k = 0; k < outputs; k++) {
    double sum = 0;
    for (size_t t = 0; t < rows; t++) sum += (double)z[k * stride + t];
    expect_near("sum of residuals", k, sums[k], sum, bound_of(rows));
  }
}

static void check_columns(const pf_linear_kernels *kernels, size_t rows, size_t d) {
  begin_case("%zu rows of %zu numbers", rows, d);
  const float *x = random_floats(rows * d), *center = random_floats(d), *factor = random_floats(d);
  float *rest = random_floats(d), *y = copy_of(x, rows * d);
  for (size_t j = 0; j < d; j++) rest[j] *= 0x1p-24f;
  double *sums = memory(d * sizeof(double)), *squares = memory(d * sizeof(double));
  for (size_t j = 0; j < d; j++) sums[j] = squares[j] = 1;
  kernels->standardize(y, rows, d, center, rest, factor);
  kernels->moments(x, rows, d, center, sums, squares);
  for (size_t j = 0; j < d; j++) {
    double sum = 1, square = 1;
    for (size_t t = 0; t < rows; t++) {
      const double deviation = (double)x[t * d + j] - (double)center[j];
      const double expected = (deviation - (double)rest[j]) * (double)factor[j];
      expect_near("standardized", t * d + j, (double)y[t * d + j], expected, 3 * 0x1p-23 * fabs(expected));
      sum += deviation;
      square += deviation * deviation;
    }
    expect_near("sum", j, sums[j], sum, 0x1p-48 * (double)(rows + 1));
    expect_near("square", j, squares[j], square, 0x1p-48 * (double)(rows + 1));
  }
}

void check_linear(const pf_linear_kernels *kernels) {
  static const size_t rows[] = {1, 3, 4, 16, 70}, widths[] = {1, 2, 15, 16, 70, 1100}, outputs[] = {1, 2, 3, 5, 7, 11};
  void (*const checks[])(const pf_linear_kernels *, size_t, size_t, size_t) = {check_scores, check_accumulate};
  for (size_t check = 0; check < 2; check++) {
    begin_kernel(check == 0 ? "tile scores" : "tile sums");
    for (size_t i = 0; i < 5 * 6 * 6; i++) checks[check](kernels, rows[i / 36], widths[i / 6 % 6], outputs[i % 6]);
  }
  begin_kernel("log-losses");
  for (size_t i = 0; i < 5 * 6; i++) check_losses(kernels, rows[i / 6], outputs[i % 6]);
  begin_kernel("columns");
  for (size_t i = 0; i < 5 * 6; i++) check_columns(kernels, rows[i / 6], widths[i % 6]);
}
