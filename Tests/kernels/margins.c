// What the solvers of linear support vector machines call.
#include <math.h>
#include <string.h>

#include "check.h"
#include "suites.h"

/// Sums of products of numbers below 1.
static double bound_of(size_t terms, double unit) { return unit * (double)(terms + 1); }

static uint32_t *random_rows(size_t count, size_t rows) {
  uint32_t *chosen = memory(count * sizeof(uint32_t));
  for (size_t t = 0; t < count; t++) chosen[t] = (uint32_t)pick(0, rows - 1);
  return chosen;
}

static double product(const float *x, const float *y, size_t d) {
  double sum = 0;
  for (size_t j = 0; j < d; j++) sum += (double)x[j] * (double)y[j];
  return sum;
}

static void check_norms(const pf_margin_kernels *kernels, size_t rows, size_t d) {
  begin_case("%zu rows of %zu numbers", rows, d);
  const float *x = random_floats(rows * d);
  double *norms = memory(rows * sizeof(double));
  kernels->squared_norms(x, rows, d, norms);
  for (size_t t = 0; t < rows; t++) {
    expect_near("norm", t, norms[t], product(x + t * d, x + t * d, d), bound_of(d, 0x1p-52));
  }
}

static void check_sums(const pf_margin_kernels *kernels, size_t rows, size_t d) {
  const size_t count = pick(0, rows), first = pick(0, 5);
  begin_case("%zu of %zu rows of %zu numbers", count, rows, d);
  const float *x = random_floats(rows * d), *v = random_floats(d), *factor = random_floats(rows + 1);
  uint32_t *chosen = random_rows(count + 1, rows);
  for (size_t t = 0; t < count; t++) chosen[t] += (uint32_t)first;
  float *narrow = copy_of(v, d);
  double *wide = memory(d * sizeof(double)), *factors = memory((count + 1) * sizeof(double));
  for (size_t j = 0; j < d; j++) wide[j] = (double)v[j];
  for (size_t t = 0; t < count; t++) factors[t] = (double)factor[t];
  const double total = kernels->curvature(x, first, chosen, count, d, factor, v, 0.25f, narrow);
  kernels->combine(x, first, chosen, count, d, factors, wide);
  double expected_total = 0;
  for (size_t j = 0; j < d; j++) {
    double expected_narrow = (double)v[j], expected_wide = (double)v[j];
    for (size_t t = 0; t < count; t++) {
      const float *row = x + (chosen[t] - first) * d;
      const double score = (double)factor[t] * (product(row, v, d) + 0.25);
      expected_narrow += score * (double)row[j];
      expected_wide += (double)factor[t] * (double)row[j];
      if (j == 0) expected_total += score;
    }
    expect_near("curvature", j, (double)narrow[j], expected_narrow, bound_of(d * count, 0x1p-22));
    expect_near("combination", j, wide[j], expected_wide, bound_of(count, 0x1p-50));
  }
  expect_near("total", 0, total, expected_total, bound_of(d * count, 0x1p-22));
}

// MARK: descent

enum { MOST_PROBLEMS = 9, MOST_ROWS = 40 };

typedef struct problems {
  pf_dual dual;
  double costs[MOST_ROWS], norms[MOST_ROWS], alpha[MOST_ROWS * MOST_PROBLEMS];
  uint8_t still[MOST_ROWS * MOST_PROBLEMS];
  double by_problem[5][MOST_PROBLEMS];
  uint32_t labels[MOST_ROWS], positives[MOST_PROBLEMS];
} problems;

/// The pointers of a description that was copied.
static void connect(problems *p) {
  p->dual.costs = p->costs, p->dual.norms = p->norms, p->dual.labels = p->labels, p->dual.positives = p->positives;
  p->dual.alpha = p->alpha, p->dual.still = p->still, p->dual.intercepts = p->by_problem[0];
  p->dual.above = p->by_problem[1], p->dual.below = p->by_problem[2];
  p->dual.largest = p->by_problem[3], p->dual.smallest = p->by_problem[4];
}

static void prepare(problems *p, const float *x, size_t rows, size_t d, size_t count, bool squared) {
  memset(p, 0, sizeof *p);
  p->dual = (pf_dual){.d = d, .problems = count, .constant = 0.5, .squared = squared};
  for (size_t t = 0; t < rows; t++) {
    p->costs[t] = 0.05 + 0.1 * fabs((double)random_unit());
    p->norms[t] = product(x + t * d, x + t * d, d) + 0.25;
    p->labels[t] = (uint32_t)pick(0, count - 1);
  }
  for (size_t k = 0; k < count; k++) {
    p->positives[k] = (uint32_t)k;
    p->by_problem[1][k] = 0.5, p->by_problem[2][k] = -0.5;
    p->by_problem[3][k] = -INFINITY, p->by_problem[4][k] = INFINITY;
  }
  connect(p);
}

/// One variable after the other, in float64.
static void descend(problems *p, const float *x, size_t t, size_t k, double *w) {
  const pf_dual *dual = &p->dual;
  const size_t v = t * dual->problems + k, d = dual->d;
  if (dual->still[v]) return;
  const double diagonal = dual->squared ? 0.5 / dual->costs[t] : 0, bound = dual->squared ? INFINITY : dual->costs[t];
  const double y = dual->labels[t] == dual->positives[k] ? 1 : -1;
  double score = dual->constant * dual->intercepts[k];
  for (size_t j = 0; j < d; j++) score += (double)x[t * d + j] * w[j];
  const double gradient = y * score - 1 + diagonal * dual->alpha[v];
  const bool low = dual->alpha[v] == 0, high = dual->alpha[v] >= bound;
  if ((low && gradient > dual->above[k]) || (!low && high && gradient < dual->below[k])) {
    dual->still[v] = 1;
    return;
  }
  const double projected = (low && gradient > 0) || (!low && high && gradient < 0) ? 0 : gradient;
  dual->largest[k] = fmax(dual->largest[k], projected);
  dual->smallest[k] = fmin(dual->smallest[k], projected);
  if (projected == 0) return;
  const double step = (dual->squared ? PF_RELAXATION : 1) * gradient / (dual->norms[t] + diagonal);
  const double wanted = fmin(bound, fmax(0, dual->alpha[v] - step));
  const double change = (wanted - dual->alpha[v]) * y;
  dual->alpha[v] = wanted;
  dual->intercepts[k] += change * dual->constant;
  for (size_t j = 0; j < d; j++) w[j] += change * (double)x[t * d + j];
}

static void check_descent(const pf_margin_kernels *kernels, size_t rows, size_t d, size_t count, bool squared) {
  const size_t visits = pick(0, 2 * rows), passes = 2;
  begin_case("%zu visits of %zu rows of %zu numbers, %zu problems, hinge^%d", visits, rows, d, count, 1 + squared);
  const float *x = random_floats(rows * d);
  uint32_t *order = random_rows(visits + 1, rows), chosen[MOST_PROBLEMS];
  for (size_t k = 0; k < count; k++) chosen[k] = (uint32_t)k;
  problems start, expected, got, precise, alone;
  prepare(&start, x, rows, d, count, squared);
  expected = got = precise = alone = start;
  connect(&expected), connect(&got), connect(&precise), connect(&alone);
  double *right = memory(count * d * sizeof(double)), *wide = memory(count * d * sizeof(double));
  float *narrow = blank_floats(count * d), *single = blank_floats(count * d);
  memset(right, 0, count * d * sizeof(double)), memset(wide, 0, count * d * sizeof(double));
  memset(narrow, 0, count * d * sizeof(float)), memset(single, 0, count * d * sizeof(float));
  for (size_t pass = 0; pass < passes; pass++) {
    for (size_t i = 0; i < visits; i++) {
      for (size_t k = 0; k < count; k++) descend(&expected, x, order[i], k, right + k * d);
    }
    kernels->descend(&got.dual, x, 0, order, visits, chosen, count, narrow);
    kernels->descend_precisely(&precise.dual, x, 0, order, visits, chosen, count, wide);
    for (size_t k = 0; k < count; k++) {
      kernels->descend(&alone.dual, x, 0, order, visits, chosen + k, 1, single);
    }
  }
  for (size_t v = 0; v < rows * count; v++) {
    expect_near("variable", v, got.alpha[v], expected.alpha[v], bound_of(d, 0x1p-17));
    expect_near("precise variable", v, precise.alpha[v], expected.alpha[v], bound_of(d, 0x1p-44));
    expect_same_number("still", precise.still[v], expected.still[v]);
  }
  for (size_t v = 0; v < count * d; v++) {
    expect_near("weight", v, (double)narrow[v], right[v], bound_of(d, 0x1p-17));
    expect_near("precise weight", v, wide[v], right[v], bound_of(d, 0x1p-44));
  }
  for (size_t k = 0; k < count; k++) {
    if (visits == 0) break;
    expect_near("largest", k, precise.by_problem[3][k], expected.by_problem[3][k], bound_of(d, 0x1p-44));
    expect_near("smallest", k, precise.by_problem[4][k], expected.by_problem[4][k], bound_of(d, 0x1p-44));
  }
  expect_same_bits("weights of a problem by itself", single, narrow, count * d);
}

void check_margins(const pf_margin_kernels *kernels) {
  static const size_t dimensions[] = {1, 3, 8, 16, 17, 33, 64, 100, 133};
  begin_kernel("squared norms");
  for (size_t i = 0; i < 9; i++) check_norms(kernels, pick(1, 9), dimensions[i]);
  begin_kernel("weighted sums of rows");
  for (size_t i = 0; i < 27; i++) check_sums(kernels, pick(1, 11), dimensions[i % 9]);
  begin_kernel("dual coordinate descent");
  for (size_t i = 0; i < 180; i++) {
    check_descent(kernels, pick(1, MOST_ROWS), dimensions[i % 9], pick(1, MOST_PROBLEMS), i % 2);
  }
}
