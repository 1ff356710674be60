// Sixteen floats a vector: AVX-512. See vector_portable.h for what each operation promises.
#ifndef PF_VECTOR_AVX512_H
#define PF_VECTOR_AVX512_H
#include <stddef.h>

typedef __m512 vec;
typedef __mmask16 lanes;

#define VEC_WIDTH 16

// Eight rows, because each needs a general register for its pointer and there are sixteen.
#define TILE_ROWS 8
#define TILE_VECTORS 3
#define EACH_TILE(make) \
  make(1, 1) make(2, 1) make(3, 1) make(4, 1) make(5, 1) make(6, 1) make(7, 1) make(8, 1) \
  make(1, 2) make(2, 2) make(3, 2) make(4, 2) make(5, 2) make(6, 2) make(7, 2) make(8, 2) \
  make(1, 3) make(2, 3) make(3, 3) make(4, 3) make(5, 3) make(6, 3) make(7, 3) make(8, 3)

// The same for products whose inputs lie in one block, so that rows need no pointers of their own.
#define PRODUCT_ROWS 14
#define PRODUCT_VECTORS 2
#define EACH_PRODUCT(make) \
  make(1, 1) make(2, 1) make(3, 1) make(4, 1) make(5, 1) make(6, 1) make(7, 1) make(8, 1) make(9, 1) make(10, 1) make(11, 1) make(12, 1) make(13, 1) make(14, 1) \
  make(1, 2) make(2, 2) make(3, 2) make(4, 2) make(5, 2) make(6, 2) make(7, 2) make(8, 2) make(9, 2) make(10, 2) make(11, 2) make(12, 2) make(13, 2) make(14, 2)

// A block of inputs for a second cache of 1 MiB or more.
#define BLOCK_ROWS 384
#define BLOCK_DEPTH 512

// Outputs of a depthwise tile, of one vector each.
#define DEPTHWISE_OUTPUTS 14

// Bytes to reckon with.
#define SECOND_CACHE (1 << 20)

INLINE vec vec_zero(void) { return _mm512_setzero_ps(); }
INLINE vec vec_all(float x) { return _mm512_set1_ps(x); }
INLINE vec vec_load(const float *p) { return _mm512_loadu_ps(p); }
INLINE void vec_store(float *p, vec x) { _mm512_storeu_ps(p, x); }

INLINE lanes lanes_first(size_t count) { return (lanes)((1u << count) - 1); }
INLINE vec vec_load_part(const float *p, lanes part) { return _mm512_maskz_loadu_ps(part, p); }
INLINE void vec_store_part(float *p, vec x, lanes part) { _mm512_mask_storeu_ps(p, part, x); }

INLINE vec vec_add(vec a, vec b) { return _mm512_add_ps(a, b); }
INLINE vec vec_subtract(vec a, vec b) { return _mm512_sub_ps(a, b); }
INLINE vec vec_multiply(vec a, vec b) { return _mm512_mul_ps(a, b); }
INLINE vec vec_divide(vec a, vec b) { return _mm512_div_ps(a, b); }
INLINE vec vec_root(vec x) { return _mm512_sqrt_ps(x); }
INLINE vec vec_fma(vec a, vec b, vec c) { return _mm512_fmadd_ps(a, b, c); }

INLINE vec vec_half_power(vec x) {
  const __m512i power = _mm512_slli_epi32(_mm512_castps_si512(x), 23);
  return _mm512_castsi512_ps(_mm512_add_epi32(power, _mm512_set1_epi32(0x3F000000)));
}

// The processor's maximum and minimum return their second operand when either is NaN.
INLINE vec vec_at_least(vec x, vec low) { return _mm512_max_ps(low, x); }
INLINE vec vec_at_most(vec x, vec high) { return _mm512_min_ps(high, x); }

INLINE vec vec_max(vec a, vec b) {
  return _mm512_mask_mov_ps(_mm512_max_ps(a, b), _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), a);
}

#endif
