#include "pf_rows.h"

#include <string.h>

static float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint32_t bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float widen_half(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = (half >> 10) & 0x1f, fraction = half & 0x3ff;
  if (exponent == 31) {  // infinity, or a NaN made quiet as F16C makes it
    return float_of_bits(sign | 0x7f800000u | (fraction << 13) | (fraction ? 0x00400000u : 0));
  }
  if (exponent != 0) return float_of_bits(sign | ((exponent + 112) << 23) | (fraction << 13));
  float magnitude = (float)fraction * 0x1p-24f;  // zero and subnormals, exact
  return sign ? -magnitude : magnitude;
}

static uint16_t narrow_half(float value) {
  uint32_t bits = bits_of_float(value);
  uint16_t sign = (uint16_t)(bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000u) return sign | 0x7e00 | (uint16_t)((magnitude >> 13) & 0x1ff);  // NaN
  if (magnitude >= 0x477ff000u) return sign | 0x7c00;  // rounds to 65536 or beyond
  if (magnitude < 0x38800000u) {                       // below 2^-14: subnormal, in units of 2^-24
    // Adding 1/2 puts the unit 2^-24 at the last bit of a float32, whose addition rounds as wanted.
    uint32_t rounded = bits_of_float(float_of_bits(magnitude) + 0.5f);
    return sign | (uint16_t)(rounded - 0x3f000000u);
  }
  uint32_t odd = (magnitude >> 13) & 1;
  return sign | (uint16_t)((magnitude - 0x38000000u + 0xfff + odd) >> 13);
}

static void widen_f16(const uint16_t *in, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = widen_half(in[i]);
}

static void widen_bf16(const uint16_t *in, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = float_of_bits((uint32_t)in[i] << 16);
}

static void widen_i8(const int8_t *in, float scale, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (float)in[i] * scale;
}

static void narrow_f16(const float *in, uint16_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = narrow_half(in[i]);
}

static void narrow_bf16(const float *in, uint16_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits = bits_of_float(in[i]);
    if ((bits & 0x7fffffff) > 0x7f800000u) {
      out[i] = (uint16_t)(bits >> 16) | 0x40;
    } else {
      out[i] = (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
  }
}

static const pf_row_kernels portable = {
    .name = "portable",
    .widen_f16 = widen_f16,
    .widen_bf16 = widen_bf16,
    .widen_i8 = widen_i8,
    .narrow_f16 = narrow_f16,
    .narrow_bf16 = narrow_bf16,
};

const pf_row_kernels *pf_row_kernels_for(pf_isa isa) {
  return isa == PF_ISA_PORTABLE ? &portable : NULL;
}
