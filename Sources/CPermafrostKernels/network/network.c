#include "network.h"

const pf_network_kernels *pf_network_kernels_for(pf_isa isa) {
  if (!pf_isa_supported(isa)) return NULL;
  switch (isa) {
#if defined(__x86_64__)
  case PF_ISA_AVX2: return &pf_network_kernels_avx2;
  case PF_ISA_AVX512: return &pf_network_kernels_avx512;
#endif
#if defined(__aarch64__)
  case PF_ISA_NEON: return &pf_network_kernels_neon;
#endif
  default: return &pf_network_kernels_portable;
  }
}
