// Instruction sets with kernels of their own. Chosen at run time; no build flag is needed.
#ifndef PF_ISA_H
#define PF_ISA_H
#include <stdbool.h>

typedef enum pf_isa {
  PF_ISA_PORTABLE = 0,  // plain C, always there; the reference the others are tested against
  PF_ISA_AVX2 = 1,      // AVX2, FMA and F16C
  PF_ISA_AVX512 = 2,    // AVX-512 F, BW, DQ and VL
  PF_ISA_NEON = 3,      // arm64's baseline
} pf_isa;

#define PF_ISA_COUNT 4

/// Whether this processor and this build have the instruction set.
bool pf_isa_supported(pf_isa isa);

/// The widest supported set.
pf_isa pf_isa_best(void);

/// "portable", "avx2", "avx512" or "neon".
const char *pf_isa_name(pf_isa isa);

#endif
