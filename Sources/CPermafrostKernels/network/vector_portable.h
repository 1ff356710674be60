// Four floats a vector, in the compiler's own vector type: whatever the processor, the compiler finds a way.
// This file also documents the operations that every other vector_*.h defines.
#ifndef PF_VECTOR_PORTABLE_H
#define PF_VECTOR_PORTABLE_H
#include <stddef.h>
#include <string.h>

typedef float vec __attribute__((vector_size(16)));
typedef int vec_bits __attribute__((vector_size(16)));
typedef unsigned vec_unsigned __attribute__((vector_size(16)));

/// The first few lanes of a vector; at most VEC_WIDTH.
typedef size_t lanes;

#define VEC_WIDTH 4

// The largest tile of outputs whose sums stay in registers, and every tile up to it: make(rows, vectors).
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define EACH_TILE(make) \
  make(1, 1) make(2, 1) make(3, 1) make(4, 1) \
  make(1, 2) make(2, 2) make(3, 2) make(4, 2)

// The same for products whose inputs lie in one block, so that rows need no pointers of their own.
#define PRODUCT_ROWS 4
#define PRODUCT_VECTORS 2
#define EACH_PRODUCT(make) \
  make(1, 1) make(2, 1) make(3, 1) make(4, 1) \
  make(1, 2) make(2, 2) make(3, 2) make(4, 2)

// The rows and the depth of a block of inputs, which should take up half of the second cache.
#define BLOCK_ROWS 192
#define BLOCK_DEPTH 256

// Outputs of a depthwise tile, of one vector each.
#define DEPTHWISE_OUTPUTS 7

// Bytes to reckon with.
#define SECOND_CACHE (256 << 10)

INLINE vec vec_all(float x) { return (vec){x, x, x, x}; }
INLINE vec vec_zero(void) { return vec_all(0); }

INLINE vec vec_load(const float *p) {
  vec x;
  memcpy(&x, p, sizeof x);
  return x;
}

INLINE void vec_store(float *p, vec x) { memcpy(p, &x, sizeof x); }

INLINE lanes lanes_first(size_t count) { return count; }

/// Reads nothing beyond the part; the other lanes are zero.
INLINE vec vec_load_part(const float *p, lanes part) {
  vec x = vec_zero();
  for (size_t i = 0; i < part; i++) x[i] = p[i];
  return x;
}

/// Writes nothing beyond the part.
INLINE void vec_store_part(float *p, vec x, lanes part) {
  for (size_t i = 0; i < part; i++) p[i] = x[i];
}

INLINE vec vec_select(vec_bits choose, vec yes, vec no) {
  return (vec)((choose & (vec_bits)yes) | (~choose & (vec_bits)no));
}

INLINE vec vec_add(vec a, vec b) { return a + b; }
INLINE vec vec_subtract(vec a, vec b) { return a - b; }
INLINE vec vec_multiply(vec a, vec b) { return a * b; }
INLINE vec vec_divide(vec a, vec b) { return a / b; }
INLINE vec vec_root(vec x) { return __builtin_elementwise_sqrt(x); }

/// a * b + c, rounded once where the processor can, and always in the same way for one instruction set.
INLINE vec vec_fma(vec a, vec b, vec c) { return a * b + c; }

/// 2 to the power of k - 1, where the lowest bits of x are the integer k, at least -125.
INLINE vec vec_half_power(vec x) { return (vec)(((vec_unsigned)x << 23) + 0x3F000000u); }

/// NaN stays NaN under either bound.
INLINE vec vec_at_least(vec x, vec low) { return vec_select(x < low, low, x); }
INLINE vec vec_at_most(vec x, vec high) { return vec_select(x > high, high, x); }

/// The greater; NaN if either is.
INLINE vec vec_max(vec a, vec b) { return vec_select((b > a) | (b != b), b, a); }

#endif
