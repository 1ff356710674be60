#include "linear.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)

#include "../network/vector_avx512.h"

#define LINEAR_KERNELS pf_linear_kernels_avx512
#define LINEAR_NAME "avx512"
#define SCORE_ROWS 4
#define SCORE_OUTPUTS 5
#define SUM_OUTPUTS 5
#define SUM_VECTORS 4
#define MOVE_ROWS 3
#include "linear.template.h"

#pragma clang attribute pop
#endif
