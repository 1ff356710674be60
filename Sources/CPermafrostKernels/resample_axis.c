// Where the filter of an output lies in the source, and its weights.
#include <math.h>

#include "resample_kernels.h"

// Weights are computed in double precision, one operation at a time: a fused multiply-add would round once
// where Pillow rounds twice.
#pragma STDC FP_CONTRACT OFF

// MARK: filters

static double triangle(double x) {
  x = fabs(x);
  return x < 1 ? 1 - x : 0;
}

static double cubic(double x) {
  const double a = -0.5;
  x = fabs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

static double sinc(double x) {
  const double pi = 3.14159265358979323846;
  if (x == 0) return 1;
  x *= pi;
  return sin(x) / x;
}

static double lanczos(double x) {
  return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

static const struct {
  double (*value)(double);
  double support;
} filters[] = {
    [PF_FILTER_BILINEAR] = {triangle, 1},
    [PF_FILTER_BICUBIC] = {cubic, 2},
    [PF_FILTER_LANCZOS] = {lanczos, 3},
};

// MARK: weights

// How far apart the outputs' centres lie in the source, and how far the filter reaches.
typedef struct spacing {
  double scale, reach, shrink;
} spacing;

static spacing spacing_of(size_t in, size_t full, pf_filter filter) {
  double scale = (double)in / (double)full, shrink = scale < 1 ? 1 : scale;
  return (spacing){scale, filters[filter].support * shrink, shrink};
}

// The source positions below the filter of one output.
static void span_of(spacing spacing, size_t in, size_t output, size_t *first, size_t *taps) {
  double centre = ((double)output + 0.5) * spacing.scale;
  double low = centre - spacing.reach + 0.5, high = centre + spacing.reach + 0.5;
  *first = low < 0 ? 0 : (size_t)low;
  size_t end = high > (double)in ? in : (size_t)high;
  *taps = end - *first;
}

static size_t stride_of(spacing spacing) {
  size_t longest = (size_t)ceil(spacing.reach) * 2 + 1;
  return (longest + 3) & ~(size_t)3;
}

// In memory: one output's weights before rounding, the spans, the weights.
size_t pf_axis_bytes(size_t in, size_t full, size_t count, pf_filter filter) {
  size_t stride = stride_of(spacing_of(in, full, filter));
  return count * 2 * sizeof(size_t) + count * stride * sizeof(int32_t) + stride * sizeof(double);
}

static int32_t fixed_point(double weight) {
  const double one = 1 << PF_RESAMPLE_FRACTION_BITS;
  return (int32_t)(weight < 0 ? -0.5 + weight * one : 0.5 + weight * one);
}

void pf_axis_reach(size_t in, size_t full, size_t begin, size_t count, pf_filter filter, size_t *first,
                   size_t *length) {
  *first = begin;
  *length = count;
  if (in == full) return;
  spacing spacing = spacing_of(in, full, filter);
  size_t last, taps;
  span_of(spacing, in, begin, first, &taps);
  span_of(spacing, in, begin + count - 1, &last, &taps);
  *length = last + taps - *first;
}

pf_resample_axis pf_axis_make(size_t in, size_t full, size_t begin, size_t count, pf_filter filter,
                              size_t origin, void *memory) {
  spacing spacing = spacing_of(in, full, filter);
  size_t stride = stride_of(spacing);
  double *exact = memory;
  size_t *first = (size_t *)(exact + stride), *taps = first + count;
  int32_t *weights = (int32_t *)(taps + count);
  double per_pixel = 1 / spacing.shrink;
  for (size_t i = 0; i < count; i++) {
    double centre = ((double)(begin + i) + 0.5) * spacing.scale, sum = 0;
    span_of(spacing, in, begin + i, &first[i], &taps[i]);
    for (size_t k = 0; k < taps[i]; k++) {
      exact[k] = filters[filter].value(((double)(k + first[i]) - centre + 0.5) * per_pixel);
      sum += exact[k];
    }
    for (size_t k = 0; k < taps[i]; k++) {
      if (sum != 0) exact[k] /= sum;
      weights[i * stride + k] = fixed_point(exact[k]);
    }
    first[i] -= origin;
  }
  return (pf_resample_axis){count, stride, first, taps, weights};
}
