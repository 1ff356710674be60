// One step of the optimizers that train small networks, over float32 parameters.
#ifndef PF_OPTIMIZERS_H
#define PF_OPTIMIZERS_H
#include <stddef.h>
#include "pf_isa.h"

typedef struct pf_optimizer_kernels {
  const char *name;
  /// g' = g + l2 w;  m = beta1 m + (1 - beta1) g';  v = beta2 v + (1 - beta2) g'^2;
  /// w = keep w - rate m / (sqrt(v) root_scale + epsilon)
  void (*adam)(float *w, const float *g, float *m, float *v, size_t count, float l2, float beta1, float beta2,
               float keep, float rate, float root_scale, float epsilon);
  /// m = momentum m + g + l2 w;  w = w - rate m
  void (*momentum)(float *w, const float *g, float *m, size_t count, float l2, float momentum, float rate);
} pf_optimizer_kernels;

/// The table of an instruction set; NULL where `pf_isa_supported` is false.
const pf_optimizer_kernels *pf_optimizer_kernels_for(pf_isa isa);

#endif
