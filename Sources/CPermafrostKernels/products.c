#include "pf_products.h"

#define KERNEL_TABLE(isa)                                                                            \
  static const pf_product_kernels isa##_kernels = {                                                  \
      .name = #isa,                                                                                  \
      .scores = scores_##isa,                                                                        \
      .accumulate = accumulate_##isa,                                                                \
  }

// Two lanes are the baseline of x86-64 and of arm64 alike.
#define ISA(name) name##_portable
#define LANES 2
#define COLUMNS 2
#include "products_template.h"
#undef ISA
#undef LANES
#undef COLUMNS
KERNEL_TABLE(portable);

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ISA(name) name##_avx2
#define LANES 4
#define COLUMNS 2
#include "products_template.h"
#undef ISA
#undef LANES
#undef COLUMNS
#pragma clang attribute pop
KERNEL_TABLE(avx2);

#pragma clang attribute push(                                                                        \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#define ISA(name) name##_avx512
#define LANES 8
#define COLUMNS 4
#include "products_template.h"
#undef ISA
#undef LANES
#undef COLUMNS
#pragma clang attribute pop
KERNEL_TABLE(avx512);

#endif

const pf_product_kernels *pf_product_kernels_for(pf_isa isa) {
  if (!pf_isa_supported(isa)) return NULL;
  switch (isa) {
#if defined(__x86_64__)
  case PF_ISA_AVX512:
    return &avx512_kernels;
  case PF_ISA_AVX2:
    return &avx2_kernels;
#endif
  default:
    return &portable_kernels;
  }
}
