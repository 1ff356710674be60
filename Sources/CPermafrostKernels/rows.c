#include "rows_internal.h"

static void widen_f16(const uint16_t *in, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = pf_widen_half(in[i]);
}

static void widen_bf16(const uint16_t *in, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = pf_widen_bfloat(in[i]);
}

static void widen_i8(const int8_t *in, float scale, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = (float)in[i] * scale;
}

static void narrow_f16(const float *in, uint16_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = pf_narrow_half(in[i]);
}

static void narrow_bf16(const float *in, uint16_t *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = pf_narrow_bfloat(in[i]);
}

static uint32_t largest_magnitude(const float *in, size_t count) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; i++) largest = pf_larger_magnitude(largest, in[i]);
  return largest;
}

static const pf_row_kernels portable = {
    .name = "portable",
    .widen_f16 = widen_f16,
    .widen_bf16 = widen_bf16,
    .widen_i8 = widen_i8,
    .narrow_f16 = narrow_f16,
    .narrow_bf16 = narrow_bf16,
    .largest_magnitude = largest_magnitude,
    .crc32c = pf_crc32c_portable,
};

const pf_row_kernels *pf_row_kernels_for(pf_isa isa) {
  if (!pf_isa_supported(isa)) return NULL;
  switch (isa) {
  case PF_ISA_PORTABLE:
    return &portable;
#if defined(__x86_64__)
  case PF_ISA_AVX2:
    return &pf_row_kernels_avx2;
  case PF_ISA_AVX512:
    return &pf_row_kernels_avx512;
#endif
#if defined(__aarch64__)
  case PF_ISA_NEON:
    return &pf_row_kernels_neon;
#endif
  default:
    return NULL;
  }
}

uint32_t pf_crc32c(uint32_t crc, const void *bytes, size_t count) {
  return pf_row_kernels_for(pf_isa_best())->crc32c(crc, bytes, count);
}
