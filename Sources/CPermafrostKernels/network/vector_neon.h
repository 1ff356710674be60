// Four floats a vector: arm64's baseline. See vector_portable.h for what each operation promises.
#ifndef PF_VECTOR_NEON_H
#define PF_VECTOR_NEON_H
#include <stddef.h>

typedef float32x4_t vec;
typedef size_t lanes;

#define VEC_WIDTH 4

// Twenty-four of the thirty-two registers hold sums.
#define TILE_ROWS 8
#define TILE_VECTORS 3
#define EACH_TILE(make) \
  make(1, 1) make(2, 1) make(3, 1) make(4, 1) make(5, 1) make(6, 1) make(7, 1) make(8, 1) \
  make(1, 2) make(2, 2) make(3, 2) make(4, 2) make(5, 2) make(6, 2) make(7, 2) make(8, 2) \
  make(1, 3) make(2, 3) make(3, 3) make(4, 3) make(5, 3) make(6, 3) make(7, 3) make(8, 3)

// The same for products whose inputs lie in one block, so that rows need no pointers of their own.
#define PRODUCT_ROWS 10
#define PRODUCT_VECTORS 2
#define EACH_PRODUCT(make) \
  make(1, 1) make(2, 1) make(3, 1) make(4, 1) make(5, 1) make(6, 1) make(7, 1) make(8, 1) make(9, 1) make(10, 1) \
  make(1, 2) make(2, 2) make(3, 2) make(4, 2) make(5, 2) make(6, 2) make(7, 2) make(8, 2) make(9, 2) make(10, 2)

// A block of inputs for a second cache of 256 KiB or more.
#define BLOCK_ROWS 192
#define BLOCK_DEPTH 256

// Outputs of a depthwise tile, of one vector each.
#define DEPTHWISE_OUTPUTS 14

// Bytes to reckon with.
#define SECOND_CACHE (256 << 10)

INLINE vec vec_zero(void) { return vdupq_n_f32(0); }
INLINE vec vec_all(float x) { return vdupq_n_f32(x); }
INLINE vec vec_load(const float *p) { return vld1q_f32(p); }
INLINE void vec_store(float *p, vec x) { vst1q_f32(p, x); }

INLINE lanes lanes_first(size_t count) { return count; }

INLINE vec vec_load_part(const float *p, lanes part) {
  float whole[VEC_WIDTH] = {0};
  for (size_t i = 0; i < part; i++) whole[i] = p[i];
  return vld1q_f32(whole);
}

INLINE void vec_store_part(float *p, vec x, lanes part) {
  float whole[VEC_WIDTH];
  vst1q_f32(whole, x);
  for (size_t i = 0; i < part; i++) p[i] = whole[i];
}

INLINE vec vec_add(vec a, vec b) { return vaddq_f32(a, b); }
INLINE vec vec_subtract(vec a, vec b) { return vsubq_f32(a, b); }
INLINE vec vec_multiply(vec a, vec b) { return vmulq_f32(a, b); }
INLINE vec vec_divide(vec a, vec b) { return vdivq_f32(a, b); }
INLINE vec vec_root(vec x) { return vsqrtq_f32(x); }
INLINE vec vec_fma(vec a, vec b, vec c) { return vfmaq_f32(c, a, b); }

INLINE vec vec_half_power(vec x) {
  const uint32x4_t power = vshlq_n_u32(vreinterpretq_u32_f32(x), 23);
  return vreinterpretq_f32_u32(vaddq_u32(power, vdupq_n_u32(0x3F000000)));
}

// The processor's maximum and minimum return NaN when either operand is.
INLINE vec vec_at_least(vec x, vec low) { return vmaxq_f32(x, low); }
INLINE vec vec_at_most(vec x, vec high) { return vminq_f32(x, high); }
INLINE vec vec_max(vec a, vec b) { return vmaxq_f32(a, b); }

#endif
