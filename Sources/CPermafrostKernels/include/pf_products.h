// Products of float32 feature rows with float64 coefficients: what the solvers of linear heads spend their time
// in. With few classes they run at the speed of memory, where a general matrix product does not, and every
// sum is float64.
#ifndef PF_PRODUCTS_H
#define PF_PRODUCTS_H
#include <stddef.h>
#include "pf_isa.h"

typedef struct pf_product_kernels {
  const char *name;
  /// z[t * classes + k] = sum over j of x[t * d + j] * w[k * d + j], for `rows` rows of `d` numbers.
  void (*scores)(const float *x, size_t rows, size_t d, const double *w, size_t classes, double *z);
  /// g[k * d + j] += sum over t of r[t * classes + k] * x[t * d + j]
  void (*accumulate)(const float *x, size_t rows, size_t d, const double *r, size_t classes, double *g);
} pf_product_kernels;

/// The table of an instruction set; NULL where `pf_isa_supported` is false.
const pf_product_kernels *pf_product_kernels_for(pf_isa isa);

#endif
