// The tables that one build can hold: a file each, all from the same templates.
#ifndef PF_LINEAR_TABLES_H
#define PF_LINEAR_TABLES_H
#include "../include/pf_linear.h"
#include "../network/network.h"

extern const pf_linear_kernels pf_linear_kernels_portable;
extern const pf_linear_kernels pf_linear_kernels_avx2;
extern const pf_linear_kernels pf_linear_kernels_avx512;
extern const pf_linear_kernels pf_linear_kernels_neon;

#endif
