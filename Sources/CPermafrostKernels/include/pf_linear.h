// What the solvers of smooth linear heads do to a tile of float32 rows: products with the coefficients of many
// problems at once, and the losses between them. All in float32, except sums over rows; a solver that needs more
// precision ends with the float64 products of pf_products.h.
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
} pf_linear_kernels;

/// The table of an instruction set; NULL where `pf_isa_supported` is false.
const pf_linear_kernels *pf_linear_kernels_for(pf_isa isa);

#endif
