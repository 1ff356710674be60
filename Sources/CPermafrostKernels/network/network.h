// The tables that one build can hold: a file each, all from the same templates.
#ifndef PF_NETWORK_TABLES_H
#define PF_NETWORK_TABLES_H
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../include/pf_network.h"

/// Inlined even in a debug build: an operation on vectors has to take on its caller's instruction set.
#define INLINE static inline __attribute__((always_inline))

/// Floats in a line of the cache.
#define CACHE_LINE 16

/// For a loop over the vectors of a tile, which must stay in registers.
#define UNROLLED _Pragma("clang loop unroll(full)")

/// Lets the compiler know nothing about a pointer, so that it steps along and does not multiply anew.
#define KEEP(pointer) __asm__("" : "+r"(pointer))

extern const pf_network_kernels pf_network_kernels_portable;
extern const pf_network_kernels pf_network_kernels_avx2;
extern const pf_network_kernels pf_network_kernels_avx512;
extern const pf_network_kernels pf_network_kernels_neon;

#endif
