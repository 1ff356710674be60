// Eight floats a vector: AVX2 and FMA. See vector_portable.h for what each operation promises.
#ifndef PF_VECTOR_AVX2_H
#define PF_VECTOR_AVX2_H
#include <stddef.h>

typedef __m256 vec;
typedef __m256i lanes;

#define VEC_WIDTH 8

// Twelve of the sixteen registers hold sums.
#define TILE_ROWS 6
#define TILE_VECTORS 2
#define EACH_TILE(make) \
  make(1, 1) make(2, 1) make(3, 1) make(4, 1) make(5, 1) make(6, 1) \
  make(1, 2) make(2, 2) make(3, 2) make(4, 2) make(5, 2) make(6, 2)

// The same for products whose inputs lie in one block, so that rows need no pointers of their own.
#define PRODUCT_ROWS 6
#define PRODUCT_VECTORS 2
#define EACH_PRODUCT(make) \
  make(1, 1) make(2, 1) make(3, 1) make(4, 1) make(5, 1) make(6, 1) \
  make(1, 2) make(2, 2) make(3, 2) make(4, 2) make(5, 2) make(6, 2)

// A block of inputs for a second cache of 256 or 512 KiB.
#define BLOCK_ROWS 192
#define BLOCK_DEPTH 256

// Outputs of a depthwise tile, of one vector each.
#define DEPTHWISE_OUTPUTS 7

// Bytes to reckon with.
#define SECOND_CACHE (256 << 10)

INLINE vec vec_zero(void) { return _mm256_setzero_ps(); }
INLINE vec vec_all(float x) { return _mm256_set1_ps(x); }
INLINE vec vec_load(const float *p) { return _mm256_loadu_ps(p); }
INLINE void vec_store(float *p, vec x) { _mm256_storeu_ps(p, x); }

INLINE lanes lanes_first(size_t count) {
  static const int from_end[2 * VEC_WIDTH] = {-1, -1, -1, -1, -1, -1, -1, -1};
  return _mm256_loadu_si256((const __m256i *)(from_end + VEC_WIDTH - count));
}

INLINE vec vec_load_part(const float *p, lanes part) { return _mm256_maskload_ps(p, part); }
INLINE void vec_store_part(float *p, vec x, lanes part) { _mm256_maskstore_ps(p, part, x); }

INLINE vec vec_add(vec a, vec b) { return _mm256_add_ps(a, b); }
INLINE vec vec_subtract(vec a, vec b) { return _mm256_sub_ps(a, b); }
INLINE vec vec_multiply(vec a, vec b) { return _mm256_mul_ps(a, b); }
INLINE vec vec_divide(vec a, vec b) { return _mm256_div_ps(a, b); }
INLINE vec vec_root(vec x) { return _mm256_sqrt_ps(x); }
INLINE vec vec_fma(vec a, vec b, vec c) { return _mm256_fmadd_ps(a, b, c); }

INLINE vec vec_half_power(vec x) {
  const __m256i power = _mm256_slli_epi32(_mm256_castps_si256(x), 23);
  return _mm256_castsi256_ps(_mm256_add_epi32(power, _mm256_set1_epi32(0x3F000000)));
}

// The processor's maximum and minimum return their second operand when either is NaN.
INLINE vec vec_at_least(vec x, vec low) { return _mm256_max_ps(low, x); }
INLINE vec vec_at_most(vec x, vec high) { return _mm256_min_ps(high, x); }

INLINE vec vec_max(vec a, vec b) {
  return _mm256_blendv_ps(_mm256_max_ps(a, b), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}

#endif
