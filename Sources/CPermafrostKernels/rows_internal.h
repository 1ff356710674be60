// What the files of the row kernels share. One number at a time in plain C: the definition of every
// conversion, the portable table's body, and the tail of the vectorised loops.
#ifndef PF_ROWS_INTERNAL_H
#define PF_ROWS_INTERNAL_H
#include <string.h>
#include "pf_rows.h"

static inline float pf_float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint32_t pf_bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline float pf_widen_half(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
  if (exponent == 31) {  // infinity, or a NaN made quiet as F16C makes it
    return pf_float_of_bits(sign | 0x7f800000u | (fraction << 13) | (fraction ? 0x00400000u : 0));
  }
  if (exponent != 0) return pf_float_of_bits(sign | ((exponent + 112) << 23) | (fraction << 13));
  float magnitude = (float)fraction * 0x1p-24f;  // zero and subnormals, exact
  return sign ? -magnitude : magnitude;
}

static inline uint16_t pf_narrow_half(float value) {
  uint32_t bits = pf_bits_of_float(value);
  uint16_t sign = (uint16_t)(bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000u) return sign | 0x7e00 | (uint16_t)((magnitude >> 13) & 0x1ff);  // NaN
  if (magnitude >= 0x477ff000u) return sign | 0x7c00;  // rounds to 65536 or beyond
  if (magnitude < 0x38800000u) {                       // below 2^-14: subnormal, in units of 2^-24
    // Adding 1/2 puts the unit 2^-24 at the last bit of a float32, whose addition rounds as wanted.
    uint32_t rounded = pf_bits_of_float(pf_float_of_bits(magnitude) + 0.5f);
    return sign | (uint16_t)(rounded - 0x3f000000u);
  }
  uint32_t odd = (magnitude >> 13) & 1;
  return sign | (uint16_t)((magnitude - 0x38000000u + 0xfff + odd) >> 13);
}

static inline float pf_widen_bfloat(uint16_t bfloat) { return pf_float_of_bits((uint32_t)bfloat << 16); }

static inline uint16_t pf_narrow_bfloat(float value) {
  uint32_t bits = pf_bits_of_float(value);
  if ((bits & 0x7fffffff) > 0x7f800000u) return (uint16_t)(bits >> 16) | 0x40;  // a NaN, made quiet
  return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

static inline uint32_t pf_larger_magnitude(uint32_t largest, float value) {
  uint32_t magnitude = pf_bits_of_float(value) & 0x7fffffff;
  return magnitude > largest ? magnitude : largest;
}

uint32_t pf_crc32c_portable(uint32_t crc, const void *bytes, size_t count);

/// How a checksum changes when a fixed number of zero bytes follows: one table a byte of the checksum.
typedef struct pf_crc32c_shift {
  uint32_t table[4][256];
} pf_crc32c_shift;

/// Bytes of one of the three streams that the hardware loops keep in flight.
#define PF_CRC32C_STREAM 4096

/// The shift by PF_CRC32C_STREAM zero bytes.
const pf_crc32c_shift *pf_crc32c_stream_shift(void);

static inline uint32_t pf_crc32c_shifted(const pf_crc32c_shift *shift, uint32_t crc) {
  return shift->table[0][crc & 0xff] ^ shift->table[1][(crc >> 8) & 0xff] ^
         shift->table[2][(crc >> 16) & 0xff] ^ shift->table[3][crc >> 24];
}

#if defined(__x86_64__)
extern const pf_row_kernels pf_row_kernels_avx2, pf_row_kernels_avx512;
#endif
#if defined(__aarch64__)
extern const pf_row_kernels pf_row_kernels_neon;
#endif
#endif
