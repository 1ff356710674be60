// Row kernels for arm64: NEON is its baseline, the CRC-32C instructions are asked for at run time.
#if defined(__aarch64__)
#include <arm_acle.h>
#include <arm_neon.h>
#include "rows_internal.h"
#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

static void widen_f16_neon(const uint16_t *in, float *out, size_t count) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    vst1q_f32(out + i, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(in + i))));
  }
  for (; i < count; i++) out[i] = pf_widen_half(in[i]);
}

static void widen_bf16_neon(const uint16_t *in, float *out, size_t count) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    vst1q_f32(out + i, vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(in + i), 16)));
  }
  for (; i < count; i++) out[i] = pf_widen_bfloat(in[i]);
}

static void widen_i8_neon(const int8_t *in, float scale, float *out, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    int16x8_t wide = vmovl_s8(vld1_s8(in + i));
    vst1q_f32(out + i, vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(wide))), scale));
    vst1q_f32(out + i + 4, vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_high_s16(wide))), scale));
  }
  for (; i < count; i++) out[i] = (float)in[i] * scale;
}

static void narrow_f16_neon(const float *in, uint16_t *out, size_t count) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    vst1_u16(out + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(in + i))));
  }
  for (; i < count; i++) out[i] = pf_narrow_half(in[i]);
}

static void narrow_bf16_neon(const float *in, uint16_t *out, size_t count) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    uint32x4_t bits = vreinterpretq_u32_f32(vld1q_f32(in + i));
    uint32x4_t high = vshrq_n_u32(bits, 16);
    uint32x4_t rounding = vaddq_u32(vdupq_n_u32(0x7fff), vandq_u32(high, vdupq_n_u32(1)));
    uint32x4_t rounded = vshrq_n_u32(vaddq_u32(bits, rounding), 16);
    uint32x4_t is_nan = vcgtq_u32(vandq_u32(bits, vdupq_n_u32(0x7fffffff)), vdupq_n_u32(0x7f800000));
    vst1_u16(out + i, vmovn_u32(vbslq_u32(is_nan, vorrq_u32(high, vdupq_n_u32(0x40)), rounded)));
  }
  for (; i < count; i++) out[i] = pf_narrow_bfloat(in[i]);
}

__attribute__((target("+crc"))) static uint32_t crc32c_instructions(uint32_t crc, const void *bytes,
                                                                   size_t count) {
  const uint8_t *next = bytes;
  uint32_t a = ~crc;
  if (count >= 3 * PF_CRC32C_STREAM) {
    const pf_crc32c_shift *shift = pf_crc32c_stream_shift();
    do {
      uint32_t b = 0, c = 0;
      for (size_t i = 0; i < PF_CRC32C_STREAM; i += 8) {
        uint64_t words[3];
        memcpy(&words[0], next + i, 8);
        memcpy(&words[1], next + i + PF_CRC32C_STREAM, 8);
        memcpy(&words[2], next + i + 2 * PF_CRC32C_STREAM, 8);
        a = __crc32cd(a, words[0]);
        b = __crc32cd(b, words[1]);
        c = __crc32cd(c, words[2]);
      }
      a = pf_crc32c_shifted(shift, a) ^ b;
      a = pf_crc32c_shifted(shift, a) ^ c;
      next += 3 * PF_CRC32C_STREAM;
      count -= 3 * PF_CRC32C_STREAM;
    } while (count >= 3 * PF_CRC32C_STREAM);
  }
  for (; count >= 8; count -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    a = __crc32cd(a, word);
  }
  for (; count > 0; count--, next++) a = __crc32cb(a, *next);
  return ~a;
}

static uint32_t crc32c_arm(uint32_t crc, const void *bytes, size_t count) {
#if defined(__linux__)
  if (!(getauxval(AT_HWCAP) & HWCAP_CRC32)) return pf_crc32c_portable(crc, bytes, count);
#endif
  return crc32c_instructions(crc, bytes, count);
}

static uint32_t largest_magnitude_neon(const float *in, size_t count) {
  const uint32x4_t magnitude = vdupq_n_u32(0x7fffffff);
  uint32x4_t a = vdupq_n_u32(0), b = a;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    a = vmaxq_u32(a, vandq_u32(vreinterpretq_u32_f32(vld1q_f32(in + i)), magnitude));
    b = vmaxq_u32(b, vandq_u32(vreinterpretq_u32_f32(vld1q_f32(in + i + 4)), magnitude));
  }
  uint32_t largest = vmaxvq_u32(vmaxq_u32(a, b));
  for (; i < count; i++) largest = pf_larger_magnitude(largest, in[i]);
  return largest;
}

const pf_row_kernels pf_row_kernels_neon = {
    .name = "neon",
    .widen_f16 = widen_f16_neon,
    .widen_bf16 = widen_bf16_neon,
    .widen_i8 = widen_i8_neon,
    .narrow_f16 = narrow_f16_neon,
    .narrow_bf16 = narrow_bf16_neon,
    .largest_magnitude = largest_magnitude_neon,
    .crc32c = crc32c_arm,
};
#else
typedef int pf_rows_neon_is_empty;  // ISO C wants a declaration
#endif
