// Stored feature rows to float32 and back, and the checksum of the cache.
#ifndef PF_ROWS_H
#define PF_ROWS_H
#include <stddef.h>
#include <stdint.h>
#include "pf_isa.h"

typedef struct pf_row_kernels {
  const char *name;
  // Widening is exact: every code of a narrow type is a float32.
  void (*widen_f16)(const uint16_t *in, float *out, size_t count);
  void (*widen_bf16)(const uint16_t *in, float *out, size_t count);
  void (*widen_i8)(const int8_t *in, float scale, float *out, size_t count);
  // Narrowing rounds to nearest, ties to even.
  void (*narrow_f16)(const float *in, uint16_t *out, size_t count);
  void (*narrow_bf16)(const float *in, uint16_t *out, size_t count);
  // The bits of the largest magnitude, sign apart: above those of infinity where there is a NaN, 0 for no numbers.
  uint32_t (*largest_magnitude)(const float *in, size_t count);
  // CRC-32C (Castagnoli, RFC 3720), continuing from `crc`; start with 0.
  uint32_t (*crc32c)(uint32_t crc, const void *bytes, size_t count);
} pf_row_kernels;

/// The table of an instruction set; NULL where `pf_isa_supported` is false.
const pf_row_kernels *pf_row_kernels_for(pf_isa isa);

/// CRC-32C of `count` bytes with the fastest table of this machine, continuing from `crc`; start with 0.
uint32_t pf_crc32c(uint32_t crc, const void *bytes, size_t count);

/// Asks for the beginning of a row that will be read soon: more would wait for its turn, and once the beginning is
/// read the processor fetches what follows by itself.
static inline void pf_prefetch(const void *bytes, size_t count) {
  const char *next = bytes;
  for (size_t i = 0; i < count && i < 256; i += 64) __builtin_prefetch(next + i);
}

/// The CRC-32C of A followed by B from those of both and the bytes of B, which it does not need to see.
uint32_t pf_crc32c_joined(uint32_t a, uint32_t b, size_t b_count);

#endif
