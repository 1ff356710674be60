#include "linear.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "../network/vector_avx2.h"

#define LINEAR_KERNELS pf_linear_kernels_avx2
#define LINEAR_NAME "avx2"
#define SCORE_ROWS 3
#define SCORE_OUTPUTS 3
#define SUM_OUTPUTS 5
#define SUM_VECTORS 2
#define MOVE_ROWS 0
#include "linear.template.h"

#pragma clang attribute pop
#endif
