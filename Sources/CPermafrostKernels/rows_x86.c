// Row kernels for x86-64, chosen at run time: AVX2 with F16C, and AVX-512.
#if defined(__x86_64__)
#include <immintrin.h>
#include "rows_internal.h"

// The CRC-32C instruction takes three cycles but starts every cycle, so three streams run side by side.
__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const void *bytes,
                                                               size_t count) {
  const uint8_t *next = bytes;
  uint64_t a = ~crc;
  if (count >= 3 * PF_CRC32C_STREAM) {
    const pf_crc32c_shift *shift = pf_crc32c_stream_shift();
    do {
      uint64_t b = 0, c = 0;
      for (size_t i = 0; i < PF_CRC32C_STREAM; i += 8) {
        uint64_t words[3];
        memcpy(&words[0], next + i, 8);
        memcpy(&words[1], next + i + PF_CRC32C_STREAM, 8);
        memcpy(&words[2], next + i + 2 * PF_CRC32C_STREAM, 8);
        a = _mm_crc32_u64(a, words[0]);
        b = _mm_crc32_u64(b, words[1]);
        c = _mm_crc32_u64(c, words[2]);
      }
      a = pf_crc32c_shifted(shift, (uint32_t)a) ^ b;
      a = pf_crc32c_shifted(shift, (uint32_t)a) ^ c;
      next += 3 * PF_CRC32C_STREAM;
      count -= 3 * PF_CRC32C_STREAM;
    } while (count >= 3 * PF_CRC32C_STREAM);
  }
  for (; count >= 8; count -= 8, next += 8) {
    uint64_t word;
    memcpy(&word, next, 8);
    a = _mm_crc32_u64(a, word);
  }
  uint32_t rest = (uint32_t)a;
  for (; count > 0; count--, next++) rest = _mm_crc32_u8(rest, *next);
  return ~rest;
}

// MARK: AVX2 and F16C

#define AVX2 __attribute__((target("avx2,fma,f16c")))

AVX2 static void widen_f16_avx2(const uint16_t *in, float *out, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    _mm256_storeu_ps(out + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(in + i))));
  }
  for (; i < count; i++) out[i] = pf_widen_half(in[i]);
}

AVX2 static void widen_bf16_avx2(const uint16_t *in, float *out, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(in + i)));
    _mm256_storeu_si256((__m256i *)(out + i), _mm256_slli_epi32(wide, 16));
  }
  for (; i < count; i++) out[i] = pf_widen_bfloat(in[i]);
}

AVX2 static void widen_i8_avx2(const int8_t *in, float scale, float *out, size_t count) {
  __m256 factor = _mm256_set1_ps(scale);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256i wide = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(in + i)));
    _mm256_storeu_ps(out + i, _mm256_mul_ps(_mm256_cvtepi32_ps(wide), factor));
  }
  for (; i < count; i++) out[i] = (float)in[i] * scale;
}

AVX2 static void narrow_f16_avx2(const float *in, uint16_t *out, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m128i narrow = _mm256_cvtps_ph(_mm256_loadu_ps(in + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128((__m128i *)(out + i), narrow);
  }
  for (; i < count; i++) out[i] = pf_narrow_half(in[i]);
}

AVX2 static void narrow_bf16_avx2(const float *in, uint16_t *out, size_t count) {
  const __m256i one = _mm256_set1_epi32(1), half = _mm256_set1_epi32(0x7fff);
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff), infinity = _mm256_set1_epi32(0x7f800000);
  const __m256i quiet = _mm256_set1_epi32(0x40);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256i bits = _mm256_loadu_si256((const __m256i *)(in + i));
    __m256i high = _mm256_srli_epi32(bits, 16);
    __m256i rounding = _mm256_add_epi32(half, _mm256_and_si256(high, one));
    __m256i rounded = _mm256_srli_epi32(_mm256_add_epi32(bits, rounding), 16);
    __m256i is_nan = _mm256_cmpgt_epi32(_mm256_and_si256(bits, magnitude), infinity);
    __m256i result = _mm256_blendv_epi8(rounded, _mm256_or_si256(high, quiet), is_nan);
    // Packing works within 128-bit halves; the permutation puts the two quarters that count together.
    __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(result, result), 0x08);
    _mm_storeu_si128((__m128i *)(out + i), _mm256_castsi256_si128(packed));
  }
  for (; i < count; i++) out[i] = pf_narrow_bfloat(in[i]);
}

AVX2 static uint32_t largest_magnitude_avx2(const float *in, size_t count) {
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
  __m256i a = _mm256_setzero_si256(), b = a;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    a = _mm256_max_epu32(a, _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(in + i)), magnitude));
    b = _mm256_max_epu32(b, _mm256_and_si256(_mm256_loadu_si256((const __m256i *)(in + i + 8)), magnitude));
  }
  uint32_t lanes[8], largest = 0;
  _mm256_storeu_si256((__m256i *)lanes, _mm256_max_epu32(a, b));
  for (size_t lane = 0; lane < 8; lane++) largest = lanes[lane] > largest ? lanes[lane] : largest;
  for (; i < count; i++) largest = pf_larger_magnitude(largest, in[i]);
  return largest;
}

const pf_row_kernels pf_row_kernels_avx2 = {
    .name = "avx2",
    .widen_f16 = widen_f16_avx2,
    .widen_bf16 = widen_bf16_avx2,
    .widen_i8 = widen_i8_avx2,
    .narrow_f16 = narrow_f16_avx2,
    .narrow_bf16 = narrow_bf16_avx2,
    .largest_magnitude = largest_magnitude_avx2,
    .crc32c = crc32c_sse42,
};

// MARK: AVX-512

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

/// A mask for the numbers that are left, at most 16.
AVX512 static inline __mmask16 lanes(size_t left) {
  return left >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
}

AVX512 static void widen_f16_avx512(const uint16_t *in, float *out, size_t count) {
  for (size_t i = 0; i < count; i += 16) {
    __mmask16 mask = lanes(count - i);
    _mm512_mask_storeu_ps(out + i, mask, _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, in + i)));
  }
}

AVX512 static void widen_bf16_avx512(const uint16_t *in, float *out, size_t count) {
  for (size_t i = 0; i < count; i += 16) {
    __mmask16 mask = lanes(count - i);
    __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, in + i));
    _mm512_mask_storeu_epi32(out + i, mask, _mm512_slli_epi32(wide, 16));
  }
}

AVX512 static void widen_i8_avx512(const int8_t *in, float scale, float *out, size_t count) {
  __m512 factor = _mm512_set1_ps(scale);
  for (size_t i = 0; i < count; i += 16) {
    __mmask16 mask = lanes(count - i);
    __m512i wide = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, in + i));
    _mm512_mask_storeu_ps(out + i, mask, _mm512_mul_ps(_mm512_cvtepi32_ps(wide), factor));
  }
}

AVX512 static void narrow_f16_avx512(const float *in, uint16_t *out, size_t count) {
  for (size_t i = 0; i < count; i += 16) {
    __mmask16 mask = lanes(count - i);
    __m256i narrow = _mm512_cvtps_ph(_mm512_maskz_loadu_ps(mask, in + i), _MM_FROUND_TO_NEAREST_INT);
    _mm256_mask_storeu_epi16(out + i, mask, narrow);
  }
}

AVX512 static void narrow_bf16_avx512(const float *in, uint16_t *out, size_t count) {
  const __m512i one = _mm512_set1_epi32(1), half = _mm512_set1_epi32(0x7fff);
  for (size_t i = 0; i < count; i += 16) {
    __mmask16 mask = lanes(count - i);
    __m512i bits = _mm512_maskz_loadu_epi32(mask, in + i);
    __m512i high = _mm512_srli_epi32(bits, 16);
    __m512i rounding = _mm512_add_epi32(half, _mm512_and_si512(high, one));
    __m512i rounded = _mm512_srli_epi32(_mm512_add_epi32(bits, rounding), 16);
    __mmask16 is_nan = _mm512_cmpgt_epu32_mask(
        _mm512_and_si512(bits, _mm512_set1_epi32(0x7fffffff)), _mm512_set1_epi32(0x7f800000));
    __m512i result = _mm512_mask_or_epi32(rounded, is_nan, high, _mm512_set1_epi32(0x40));
    _mm256_mask_storeu_epi16(out + i, mask, _mm512_cvtepi32_epi16(result));
  }
}

AVX512 static uint32_t largest_magnitude_avx512(const float *in, size_t count) {
  const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
  __m512i a = _mm512_setzero_si512(), b = a;
  for (size_t i = 0; i < count; i += 32) {
    __mmask16 first = lanes(count - i), second = count - i > 16 ? lanes(count - i - 16) : 0;
    a = _mm512_max_epu32(a, _mm512_and_si512(_mm512_maskz_loadu_epi32(first, in + i), magnitude));
    b = _mm512_max_epu32(b, _mm512_and_si512(_mm512_maskz_loadu_epi32(second, in + i + 16), magnitude));
  }
  return _mm512_reduce_max_epu32(_mm512_max_epu32(a, b));
}

const pf_row_kernels pf_row_kernels_avx512 = {
    .name = "avx512",
    .widen_f16 = widen_f16_avx512,
    .widen_bf16 = widen_bf16_avx512,
    .widen_i8 = widen_i8_avx512,
    .narrow_f16 = narrow_f16_avx512,
    .narrow_bf16 = narrow_bf16_avx512,
    .largest_magnitude = largest_magnitude_avx512,
    .crc32c = crc32c_sse42,
};
#else
typedef int pf_rows_x86_is_empty;  // ISO C wants a declaration
#endif
