// What the solvers of linear support vector machines spend their time in: visiting float32 rows one by one, each
// for many one-vs-rest problems at once, so that a row is fetched from memory once for all of them.
#ifndef PF_MARGINS_H
#define PF_MARGINS_H
#include <stddef.h>
#include <stdint.h>
#include "pf_isa.h"

/// Several problems in the dual (Hsieh et al., 2008): min over 0 <= a_i <= U_i of 1/2 |w|^2 + 1/2 sum D_i a_i^2 -
/// sum a_i with w = sum a_i y_i x_i. Arrays by row are those of all rows, arrays by problem those of all problems.
typedef struct pf_dual {
  size_t d;
  size_t problems;
  /// The constant feature that every row has besides its d numbers; 0 for none.
  double constant;
  /// Whether U_i is infinite and D_i = 1 / (2 costs_i); else U_i = costs_i and D_i = 0.
  uint32_t squared;
  const double *costs;
  /// |x_i|^2, the constant included.
  const double *norms;
  const uint32_t *labels;
  /// By problem: the label whose rows have y = 1.
  const uint32_t *positives;
  /// rows x problems
  double *alpha;
  /// rows x problems: 1 where a variable is left out because it would stay at its bound.
  uint8_t *still;
  /// By problem: the constant's coefficient.
  double *intercepts;
  /// By problem: variables at a bound whose gradient lies beyond become still.
  const double *above;
  const double *below;
  /// By problem: extremes of the projected gradients, widened by every visit.
  double *largest;
  double *smallest;
} pf_dual;

/// How far a variable of a squared hinge moves, as a part of the way to its minimum: a step beyond it makes up for what
/// other variables will take back (successive over-relaxation: Mangasarian and Musicant, 1999). 1 takes a tenth to a
/// third more passes. Variables of the plain hinge, which mostly end at a bound, go to their minimum.
#define PF_RELAXATION 1.3

typedef struct pf_margin_kernels {
  const char *name;
  /// Minimises over one variable after the other: for the rows `order[0..<count]` of a tile that begins with row
  /// `first` at `x`, and for each of them the problems in `chosen[0..<choices]`. Moves w, problems x d, along.
  void (*descend)(const pf_dual *dual, const float *x, size_t first, const uint32_t *order, size_t count,
                  const uint32_t *chosen, size_t choices, float *w);
  /// The same with float64 weights and sums.
  void (*descend_precisely)(const pf_dual *dual, const float *x, size_t first, const uint32_t *order,
                            size_t count, const uint32_t *chosen, size_t choices, double *w);
  /// out[j] += sum over t of factor[t] * q_t * x[(rows[t] - first) * d + j] with q_t = row . v + offset; returns
  /// the sum of factor[t] * q_t. Adds row by row, so that a call for all rows gives the bits of several for some.
  double (*curvature)(const float *x, size_t first, const uint32_t *rows, size_t count, size_t d,
                      const float *factor, const float *v, float offset, float *out);
  /// out[j] += sum over t of factor[t] * x[(rows[t] - first) * d + j], likewise.
  void (*combine)(const float *x, size_t first, const uint32_t *rows, size_t count, size_t d,
                  const double *factor, double *out);
  /// norms[t] = |row t|^2 for `rows` rows
  void (*squared_norms)(const float *x, size_t rows, size_t d, double *norms);
} pf_margin_kernels;

/// The table of an instruction set; NULL where `pf_isa_supported` is false.
const pf_margin_kernels *pf_margin_kernels_for(pf_isa isa);

#endif
