// What the solvers of smooth linear heads do to a tile of float32 rows: products with the coefficients of many
// problems at once, and the losses between them. All in float32, except sums over rows; a solver that needs more
// precision ends with the float64 products of pf_products.h. And what trains the dense layers of a network.
//
// Scores and residuals lie output by output, `stride` floats apart, so that a vector holds one output of
// several rows. `stride` is at least the row count rounded up to PF_LINEAR_ROWS; what lies between may be
// written.
#ifndef PF_LINEAR_H
#define PF_LINEAR_H
#include <stddef.h>
#include <stdint.h>
#include "pf_isa.h"

/// Row counts are rounded up to this where room is made for scores.
#define PF_LINEAR_ROWS 16

/// The rows of a tile for one problem: what each counts and what it is. Both arrays have room for the row count
/// rounded up to PF_LINEAR_ROWS; shares beyond it are 0, labels beyond it valid.
typedef struct pf_linear_targets {
  const float *shares;
  /// Below the number of classes; 0 or 1 with one output.
  const int32_t *labels;
  size_t rows;
} pf_linear_targets;

// Training a dense layer works on matrices in panels: all rows of the first PF_PANEL_WIDTH columns, then all rows
// of the next. The last panel has the columns that are left, rounded up to PF_PANEL_ROUNDING. Weights are such a
// matrix of inputs x outputs.

#define PF_PANEL_WIDTH 64
#define PF_PANEL_ROUNDING 16

typedef struct pf_panels {
  const float *values;
  size_t rows, columns;
} pf_panels;

typedef enum pf_optimizer {
  /// m = g, and w stays.
  PF_OPTIMIZER_NONE,
  /// m = beta1 m + g';  w = w - rate m
  PF_OPTIMIZER_MOMENTUM,
  /// m = beta1 m + g';  w = w - rate (g' + beta1 m)
  PF_OPTIMIZER_NESTEROV,
  /// m = beta1 m + (1 - beta1) g';  v = beta2 v + (1 - beta2) g'^2;
  /// w = keep w - rate m / (sqrt(v) root_scale + epsilon)
  PF_OPTIMIZER_ADAM,
} pf_optimizer;

/// One step; g' = g + l2 w.
typedef struct pf_step {
  pf_optimizer optimizer;
  float rate, l2, beta1, beta2, keep, root_scale, epsilon;
} pf_step;

/// Parameters and what the optimizer remembers of them.
typedef struct pf_optimized {
  /// v is read with PF_OPTIMIZER_ADAM only.
  float *w, *m, *v;
} pf_optimized;

typedef struct pf_linear_kernels {
  const char *name;
  /// z[k * stride + t] = sum over j of x[t * d + j] * w[k * d + j], for `rows` rows of `d` numbers. A score's bits
  /// do not depend on how many rows or outputs a call has.
  void (*scores)(const float *x, size_t rows, size_t d, const float *w, size_t outputs, float *z, size_t stride);
  /// g[k * d + j] += sum over t of r[k * stride + t] * x[t * d + j]
  void (*accumulate)(const float *x, size_t rows, size_t d, const float *r, size_t stride, size_t outputs,
                     float *g);
  /// With two outputs or more softmax, with one the sigmoid of z + bias: writes the probabilities to p (of class
  /// 1 for the sigmoid) and share * (probability - [it is the label]) over z. Returns the sum of
  /// share * log-loss; adds each output's residuals to sums.
  double (*losses)(pf_linear_targets targets, const float *bias, float *z, size_t stride, size_t outputs,
                   float *p, double *sums);
  /// Rows in place: ((x - center) - rest) * factor, column by column.
  void (*standardize)(float *x, size_t rows, size_t d, const float *center, const float *rest,
                      const float *factor);
  /// sums[j] += x[t * d + j] - origin[j], squares[j] the same squared, over all rows, in float64.
  void (*moments)(const float *x, size_t rows, size_t d, const float *origin, double *sums, double *squares);
  /// z = x w for one panel of w and z, `width` numbers a row. A number's bits depend on its row and column alone.
  void (*panel_products)(pf_panels x, const float *w, size_t width, float *z);
  /// One step of a layer's panel against the gradient x^T delta. Unless `next` is NULL, z becomes its product with
  /// the new weights, of the same bits as by `panel_products`.
  void (*panel_step)(pf_panels x, const float *delta, size_t width, pf_optimized layer, const pf_step *step,
                     pf_panels next, float *z);
  /// One step of parameters one after the other.
  void (*optimize)(const pf_step *step, const float *g, size_t count, pf_optimized to);
} pf_linear_kernels;

/// The table of an instruction set; NULL where `pf_isa_supported` is false.
const pf_linear_kernels *pf_linear_kernels_for(pf_isa isa);

#endif
