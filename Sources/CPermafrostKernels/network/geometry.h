// Where a sliding window meets its picture. Plain integers: nothing here depends on the instruction set.
#ifndef PF_GEOMETRY_H
#define PF_GEOMETRY_H
#include <stddef.h>

static inline size_t ceil_divide(size_t a, size_t b) { return (a + b - 1) / b; }
static inline size_t round_up(size_t a, size_t step) { return ceil_divide(a, step) * step; }
static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
static inline size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/// Cuts `count` things into `parts` that differ by at most one; the first thing of part `index`.
static inline size_t even_cut(size_t count, size_t parts, size_t index) { return count * index / parts; }

/// Whether a place is in a picture of `size`; negative places lie in the padding before it.
static inline int inside(ptrdiff_t place, size_t size) { return (size_t)place < size; }

typedef struct range {
  size_t begin, end;
} range;

/// The taps of a window starting at `start` that fall inside a picture of `size`.
static inline range taps_inside(ptrdiff_t start, size_t taps, size_t dilation, size_t size) {
  range result = {0, 0};
  if (start < 0) result.begin = ceil_divide((size_t)-start, dilation);
  if (start < (ptrdiff_t)size) result.end = smaller(taps, ceil_divide((size_t)((ptrdiff_t)size - start), dilation));
  if (result.begin > result.end) result.begin = result.end;
  return result;
}

#endif
