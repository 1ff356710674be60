#include "network.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "vector_avx2.h"

#define NETWORK_KERNELS pf_network_kernels_avx2
#define NETWORK_NAME "avx2"
#include "network.template.h"

#pragma clang attribute pop
#endif
