#include "network.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)

#include "vector_avx512.h"

#define NETWORK_KERNELS pf_network_kernels_avx512
#define NETWORK_NAME "avx512"
#include "network.template.h"

#pragma clang attribute pop
#endif
