// The resampler with AVX2. Equal bits to the portable kernels: sums are of 32-bit integers, modulo 2^32 in
// both, and the true sum fits.
//
// A weight has 23 bits and AVX2's fast multiplier takes 16: weight = high * 2^15 + low with 0 <= low < 2^15, one
// sum of products for each half, joined at the end.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#include "resample_kernels.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

enum { half_bits = 15, half_mask = (1 << half_bits) - 1 };

typedef struct sums {
  __m256i high, low;
} sums;

static inline sums no_sums(void) {
  return (sums){_mm256_setzero_si256(), _mm256_setzero_si256()};
}

static inline sums plus_products(sums sums, __m256i pairs, __m256i high, __m256i low) {
  sums.high = _mm256_add_epi32(sums.high, _mm256_madd_epi16(pairs, high));
  sums.low = _mm256_add_epi32(sums.low, _mm256_madd_epi16(pairs, low));
  return sums;
}

static inline __m256i joined(sums sums) {
  return _mm256_add_epi32(_mm256_slli_epi32(sums.high, half_bits), sums.low);
}

// MARK: horizontal

// Four pixels, RGBRGBRGBRGB, to (R0 R1)(G0 G1)(B0 B1)(0 0) in one half and the same of pixels 2 and 3 in the
// other, as 16-bit numbers.
static inline __m256i pixel_pairs(const uint8_t *pixels) {
  const __m256i order = _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
                                         6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  __m128i bytes = _mm_loadu_si128((const __m128i *)pixels);  // four more than are used
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), order);
}

static inline void store_pixel(sums sums, uint8_t *out) {
  __m256i both = joined(sums);
  __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(PF_RESAMPLE_HALF)), PF_RESAMPLE_FRACTION_BITS);
  sum = _mm_packus_epi16(_mm_packs_epi32(sum, sum), sum);
  uint32_t rgb = (uint32_t)_mm_cvtsi128_si32(sum);
  out[0] = (uint8_t)rgb;
  out[1] = (uint8_t)(rgb >> 8);
  out[2] = (uint8_t)(rgb >> 16);
}

// `rows` is a constant at each call, so that the sums stay in registers.
static inline __attribute__((always_inline)) void horizontal_rows(const pf_resample_axis *axis,
                                                                  const uint8_t *in, size_t in_stride,
                                                                  size_t rows, uint8_t *out,
                                                                  size_t out_stride) {
  // Weights 0 and 1 for one half of the register, 2 and 3 for the other.
  const __m256i order = _mm256_setr_epi8(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,  //
                                         4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
  for (size_t i = 0; i < axis->count; i++) {
    const uint8_t *pixel = in + 3 * axis->first[i];
    const int32_t *weights = axis->weights + i * axis->stride;
    sums sums[4];
    for (size_t r = 0; r < rows; r++) sums[r] = no_sums();
    for (size_t k = 0; k < axis->taps[i]; k += 4, pixel += 12) {
      __m128i four = _mm_loadu_si128((const __m128i *)(weights + k));
      __m128i parts = _mm_packs_epi32(_mm_and_si128(four, _mm_set1_epi32(half_mask)),
                                      _mm_srai_epi32(four, half_bits));
      __m256i low = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(parts), order);
      __m256i high = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_unpackhi_epi64(parts, parts)), order);
      for (size_t r = 0; r < rows; r++) {
        sums[r] = plus_products(sums[r], pixel_pairs(pixel + r * in_stride), high, low);
      }
    }
    for (size_t r = 0; r < rows; r++) store_pixel(sums[r], out + r * out_stride + 3 * i);
  }
}

// A load may reach this many bytes beyond the last pixel with a weight: three pixels to fill the four, and four
// bytes. They belong to the next row; the last row has none.
enum { beyond = 13 };

static void horizontal(const pf_resample_axis *axis, const uint8_t *in, size_t in_stride, size_t rows,
                       uint8_t *out, size_t out_stride) {
  // Rows narrower than the reach would let a load run past the next row, too.
  size_t fast = rows > 0 && in_stride >= beyond ? rows - 1 : 0, row = 0;
  for (; row + 4 <= fast; row += 4) {
    horizontal_rows(axis, in + row * in_stride, in_stride, 4, out + row * out_stride, out_stride);
  }
  for (; row < fast; row++) {
    horizontal_rows(axis, in + row * in_stride, in_stride, 1, out + row * out_stride, out_stride);
  }
  pf_resample_horizontal_portable(axis, in + row * in_stride, in_stride, rows - row, out + row * out_stride,
                                  out_stride);
}

// MARK: vertical

static inline __m256i rounded(sums sums) {
  __m256i sum = _mm256_add_epi32(joined(sums), _mm256_set1_epi32(PF_RESAMPLE_HALF));
  return _mm256_srai_epi32(sum, PF_RESAMPLE_FRACTION_BITS);
}

static void vertical(const pf_resample_axis *axis, const uint8_t *in, size_t in_stride, size_t row_bytes,
                     uint8_t *out, size_t out_stride) {
  size_t fast = row_bytes & ~(size_t)15;
  for (size_t i = 0; i < axis->count; i++) {
    const uint8_t *top = in + axis->first[i] * in_stride;
    const int32_t *weights = axis->weights + i * axis->stride;
    size_t taps = axis->taps[i];
    for (size_t b = 0; b < fast; b += 16) {
      sums left = no_sums(), right = no_sums();
      for (size_t k = 0; k < taps; k += 2) {
        // An odd last row goes with itself, with weight zero.
        const uint8_t *upper = top + k * in_stride + b, *lower = k + 1 < taps ? upper + in_stride : upper;
        __m128i first = _mm_loadu_si128((const __m128i *)upper);
        __m128i second = _mm_loadu_si128((const __m128i *)lower);
        int32_t w0 = weights[k], w1 = k + 1 < taps ? weights[k + 1] : 0;
        __m256i low = _mm256_set1_epi32((w0 & half_mask) | (w1 & half_mask) << 16);
        __m256i high = _mm256_set1_epi32((int32_t)((uint32_t)(w0 >> half_bits) & 0xffff) |
                                         (int32_t)((uint32_t)(w1 >> half_bits) << 16));
        left = plus_products(left, _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second)), high, low);
        right = plus_products(right, _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(first, second)), high, low);
      }
      // Packing works on each half by itself; the permutation puts the four quarters in order.
      __m256i words = _mm256_packs_epi32(rounded(left), rounded(right));
      words = _mm256_permute4x64_epi64(words, 0xd8);
      __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
      _mm_storeu_si128((__m128i *)(out + i * out_stride + b), bytes);
    }
  }
  if (fast < row_bytes) {
    pf_resample_vertical_portable(axis, in + fast, in_stride, row_bytes - fast, out + fast, out_stride);
  }
}

#pragma clang attribute pop

const pf_resample_kernels pf_resample_kernels_avx2 = {"avx2", horizontal, vertical};

#endif
