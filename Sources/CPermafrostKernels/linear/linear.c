#include "linear.h"

const pf_linear_kernels *pf_linear_kernels_for(pf_isa isa) {
  if (!pf_isa_supported(isa)) return NULL;
  switch (isa) {
#if defined(__x86_64__)
  case PF_ISA_AVX512:
    return &pf_linear_kernels_avx512;
  case PF_ISA_AVX2:
    return &pf_linear_kernels_avx2;
#elif defined(__aarch64__)
  case PF_ISA_NEON:
    return &pf_linear_kernels_neon;
#endif
  default:
    return &pf_linear_kernels_portable;
  }
}
