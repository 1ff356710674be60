#include "pf_isa.h"

bool pf_isa_supported(pf_isa isa) {
  switch (isa) {
  case PF_ISA_PORTABLE:
    return true;
#if defined(__x86_64__)
  case PF_ISA_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  case PF_ISA_AVX512:
    return pf_isa_supported(PF_ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
#endif
#if defined(__aarch64__)
  case PF_ISA_NEON:
    return true;
#endif
  default:
    return false;
  }
}

pf_isa pf_isa_best(void) {
  static const pf_isa widest_first[] = {PF_ISA_AVX512, PF_ISA_AVX2, PF_ISA_NEON};
  for (unsigned i = 0; i < sizeof widest_first / sizeof *widest_first; i++) {
    if (pf_isa_supported(widest_first[i])) return widest_first[i];
  }
  return PF_ISA_PORTABLE;
}

const char *pf_isa_name(pf_isa isa) {
  switch (isa) {
  case PF_ISA_AVX2: return "avx2";
  case PF_ISA_AVX512: return "avx512";
  case PF_ISA_NEON: return "neon";
  default: return "portable";
  }
}
