// What trains dense layers: steps of optimizers, and products of matrices in panels.
#include <math.h>
#include <string.h>

#include "check.h"
#include "suites.h"

// MARK: optimizers

static pf_step step_of(pf_optimizer optimizer) {
  return (pf_step){
      .optimizer = optimizer,
      .rate = 0.0625f,
      .l2 = 0.125f,
      .beta1 = 0.875f,
      .beta2 = 0.75f,
      .keep = 0.9375f,
      .root_scale = 1.5f,
      .epsilon = 0x1p-10f,
  };
}

static pf_optimized random_parameters(size_t count) {
  pf_optimized all = {.w = random_floats(count), .m = random_floats(count), .v = random_floats(count)};
  for (size_t i = 0; i < count; i++) all.v[i] = fabsf(all.v[i]);
  return all;
}

static pf_optimized parameters_like(pf_optimized all, size_t count) {
  return (pf_optimized){
      .w = copy_of(all.w, count), .m = copy_of(all.m, count), .v = copy_of(all.v, count)};
}

static void check_optimizer(const pf_linear_kernels *kernels, pf_optimizer optimizer, size_t count) {
  begin_case("optimizer %d, %zu parameters", (int)optimizer, count);
  const pf_step step = step_of(optimizer);
  const float *g = random_floats(count);
  const pf_optimized old = random_parameters(count), new = parameters_like(old, count);
  kernels->optimize(&step, g, count, new);
  for (size_t i = 0; i < count; i++) {
    const double w = (double)old.w[i], m = (double)old.m[i], gradient = (double)g[i] + 0.125 * w;
    double first = 0.875 * m + gradient, second = (double)old.v[i], move = first, allowed = 4e-7;
    switch (optimizer) {
    case PF_OPTIMIZER_NONE:
      first = (double)g[i];
      move = 0;
      break;
    case PF_OPTIMIZER_MOMENTUM: break;
    case PF_OPTIMIZER_NESTEROV: move = gradient + 0.875 * first; break;
    case PF_OPTIMIZER_ADAM: {
      first = 0.875 * m + 0.125 * gradient;
      second = 0.75 * second + 0.25 * gradient * gradient;
      const double root = sqrt(second) * 1.5 + 0x1p-10;
      move = first / root + w;  // of keep, which is 1 - rate
      allowed = 2e-7 + 3e-7 / root + 1e-6 * fabs(0.0625 * first / root);
    }
    }
    expect_near("first moment", i, (double)new.m[i], first, 4e-7);
    expect_near("second moment", i, (double)new.v[i], second, 4e-7);
    expect_near("parameter", i, (double)new.w[i], w - 0.0625 * move, allowed);
  }
}

// MARK: panels

static size_t width_of(size_t columns) {
  return (columns + PF_PANEL_ROUNDING - 1) / PF_PANEL_ROUNDING * PF_PANEL_ROUNDING;
}

static size_t position(pf_panels x, size_t row, size_t column) {
  const size_t first = column / PF_PANEL_WIDTH * PF_PANEL_WIDTH, rest = x.columns - first;
  return first * x.rows + row * (rest < PF_PANEL_WIDTH ? width_of(rest) : PF_PANEL_WIDTH) + column - first;
}

static pf_panels random_panels(size_t rows, size_t columns) {
  return (pf_panels){.values = random_floats(rows * width_of(columns)), .rows = rows, .columns = columns};
}

/// Sums of products of numbers below 1, in float32.
static double bound_of(size_t terms) { return 0x1p-23 * (double)(terms + 1); }

static void check_sums(const pf_linear_kernels *kernels, size_t rows, size_t inputs, size_t width) {
  begin_case("%zu rows of %zu numbers, %zu outputs", rows, inputs, width);
  const pf_panels x = random_panels(rows, inputs);
  const float *w = random_floats(inputs * width);
  float *z = blank_floats(rows * width);
  kernels->panel_products(x, w, width, z);
  for (size_t t = 0; t < rows; t++) {
    for (size_t k = 0; k < width; k++) {
      double expected = 0;
      for (size_t j = 0; j < inputs; j++) {
        expected += (double)x.values[position(x, t, j)] * (double)w[j * width + k];
      }
      expect_near("sum", t * width + k, (double)z[t * width + k], expected, bound_of(inputs));
    }
  }
}

/// The gradient, as the optimizer that only keeps it leaves it.
static const float *gradient_of(const pf_linear_kernels *kernels, pf_panels x, const float *delta, size_t width) {
  const pf_step step = step_of(PF_OPTIMIZER_NONE);
  const size_t count = x.columns * width;
  const pf_optimized layer = {.w = random_floats(count), .m = blank_floats(count)};
  const float *before = copy_of(layer.w, count);
  kernels->panel_step(x, delta, width, layer, &step, (pf_panels){0}, NULL);
  expect_same_bits("weights that stay", layer.w, before, count);
  return layer.m;
}

static void check_step(const pf_linear_kernels *kernels, size_t rows, size_t inputs, size_t width) {
  begin_case("%zu rows of %zu numbers, %zu outputs", rows, inputs, width);
  const pf_panels x = random_panels(rows, inputs), next = random_panels(rows + 3, inputs);
  const float *delta = random_floats(rows * width), *gradient = gradient_of(kernels, x, delta, width);
  const size_t count = inputs * width;
  for (size_t j = 0; j < inputs; j++) {
    for (size_t k = 0; k < width; k++) {
      double expected = 0;
      for (size_t t = 0; t < rows; t++) {
        expected += (double)x.values[position(x, t, j)] * (double)delta[t * width + k];
      }
      expect_near("gradient", j * width + k, (double)gradient[j * width + k], expected, bound_of(rows));
    }
  }
  for (pf_optimizer optimizer = PF_OPTIMIZER_MOMENTUM; optimizer <= PF_OPTIMIZER_ADAM; optimizer++) {
    const pf_step step = step_of(optimizer);
    const pf_optimized old = random_parameters(count), together = parameters_like(old, count);
    const pf_optimized alone = parameters_like(old, count), apart = parameters_like(old, count);
    float *z = blank_floats(next.rows * width), *expected = blank_floats(next.rows * width);
    kernels->panel_step(x, delta, width, together, &step, next, z);
    kernels->panel_step(x, delta, width, alone, &step, (pf_panels){0}, NULL);
    kernels->optimize(&step, gradient, count, apart);
    kernels->panel_products(next, apart.w, width, expected);
    expect_same_bits("weights", together.w, apart.w, count);
    expect_same_bits("first moments", together.m, apart.m, count);
    expect_same_bits("second moments", together.v, apart.v, count);
    expect_same_bits("weights without a next batch", alone.w, apart.w, count);
    expect_same_bits("next sums", z, expected, next.rows * width);
  }
}

void check_training(const pf_linear_kernels *kernels) {
  begin_kernel("optimizers");
  for (size_t i = 0; i < 4 * 71; i++) check_optimizer(kernels, (pf_optimizer)(i % 4), i / 4);
  static const size_t rows[] = {1, 2, 5, 13, 64}, inputs[] = {1, 3, 10, 64, 70, 150}, widths[] = {16, 32, 48, 64};
  void (*const checks[])(const pf_linear_kernels *, size_t, size_t, size_t) = {check_sums, check_step};
  for (size_t check = 0; check < 2; check++) {
    begin_kernel(check == 0 ? "panel products" : "panel steps");
    for (size_t i = 0; i < 5 * 6 * 4; i++) checks[check](kernels, rows[i / 24], inputs[i / 4 % 6], widths[i % 4]);
  }
}
