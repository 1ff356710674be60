// One value at a time: the activations, scale and shift, sums of two.
#include <math.h>

#include "pictures.h"
#include "suites.h"

// MARK: activations

static double exact(pf_activation activation, double x) {
  switch (activation) {
  case PF_ACTIVATION_RELU: return fmax(x, 0);
  case PF_ACTIVATION_RELU6: return fmin(fmax(x, 0), 6);
  case PF_ACTIVATION_SILU: return x / (1 + exp(-x));
  case PF_ACTIVATION_GELU: return x * erfc(-x / sqrt(2)) / 2;
  case PF_ACTIVATION_SIGMOID: return 1 / (1 + exp(-x));
  case PF_ACTIVATION_HARD_SWISH: return x * fmin(fmax(x + 3, 0), 6) / 6;
  case PF_ACTIVATION_HARD_SIGMOID: return fmin(fmax(x + 3, 0), 6) / 6;
  default: return x;
  }
}

/// How far an activation may be off. Relative accuracy ends where e^-x is too large for a float, and the result so
/// small that it becomes 0; a hard swish loses what x + 3 loses near -3.
static double allowed(pf_activation activation, double x) {
  switch (activation) {
  case PF_ACTIVATION_SILU:
  case PF_ACTIVATION_SIGMOID: return 3e-7 * (fabs(exact(activation, x)) + 1e-30);
  case PF_ACTIVATION_HARD_SWISH: return 3e-7 * (fabs(exact(activation, x)) + 1e-6);
  case PF_ACTIVATION_GELU:
  case PF_ACTIVATION_HARD_SIGMOID: return 3e-7 * fmax(1, fabs(x));
  default: return 0;
  }
}

/// In place, over one long pixel.
static void activate(const pf_network_kernels *kernels, pf_activation activation, float *floats, size_t count) {
  kernels->affine(1, count, floats, count, NULL, NULL, activation, floats, count);
}

/// Dense about zero, and out to where e^x has no float.
static void check_near(const pf_network_kernels *kernels, pf_activation activation) {
  const float steps[] = {1.0f / 4096, 1.0f / 128, 1.0f / 32, 1 / 5.5f};
  enum { reach = 501, count = 2 * reach + 1 };
  for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
    begin_case("activation %d, steps of %g", (int)activation, (double)steps[s]);
    float *floats = blank_floats(count);
    for (int i = 0; i < count; i++) floats[i] = (float)(i - reach) * steps[s];
    const float *in = copy_of(floats, count);
    activate(kernels, activation, floats, count);
    for (size_t i = 0; i < count; i++) {
      const double x = (double)in[i];
      expect_near("activation", i, (double)floats[i], exact(activation, x), allowed(activation, x));
    }
  }
}

static void check_limits(const pf_network_kernels *kernels, pf_activation activation) {
  static const float in[] = {-3e38f, -200, -100, 100, 200, 1e30f, INFINITY, -0.0f, 0, NAN};
  enum { count = sizeof in / sizeof *in };
  // At every place of a vector, and in an incomplete one.
  for (size_t turn = 0; turn < count; turn++) {
    begin_case("activation %d, limits from %zu on", (int)activation, turn);
    float *floats = blank_floats(count), expected[count];
    for (size_t i = 0; i < count; i++) {
      const float x = in[(i + turn) % count];
      floats[i] = x;
      const bool is_gate = activation == PF_ACTIVATION_SIGMOID || activation == PF_ACTIVATION_HARD_SIGMOID;
      expected[i] = isnan(x) || activation == PF_ACTIVATION_NONE ? x
                    : x == 0 ? (is_gate ? 0.5f : 0)
                    : x < 0  ? 0
                    : is_gate ? 1 : activation == PF_ACTIVATION_RELU6 ? 6 : x;
    }
    activate(kernels, activation, floats, count);
    expect_same_values("limit", floats, expected, count);
  }
}

// MARK: scale and shift

static float *affine(const pf_network_kernels *kernels, layout in_at, const float *in, const float *scale,
                     const float *shift, pf_activation activation, layout out_at) {
  float *out = blank_pictures(out_at);
  kernels->affine(in_at.pixels, in_at.channels, in, in_at.pixel_stride, scale, shift, activation, out,
                  out_at.pixel_stride);
  expect_gaps(out_at, out);
  return out;
}

static void check_affine(const pf_network_kernels *kernels, size_t channels) {
  const layout in_at = random_layout(1, pick(1, 9), channels), out_at = random_layout(1, in_at.pixels, channels);
  const bool scales = !one_in(3), shifts = !one_in(3);
  const pf_activation activation = random_activation();
  begin_case("%zu pixels of %zu channels%s%s, activation %d, strides %zu %zu", in_at.pixels, channels,
             scales ? ", scale" : "", shifts ? ", shift" : "", (int)activation, in_at.pixel_stride,
             out_at.pixel_stride);
  const float *in = random_pictures(in_at);
  const float *scale = scales ? random_floats(channels) : NULL, *shift = shifts ? random_floats(channels) : NULL;
  const float *plain = affine(kernels, in_at, in, scale, shift, PF_ACTIVATION_NONE, out_at);
  for (size_t row = 0; row < in_at.pixels; row++) {
    for (size_t c = 0; c < channels; c++) {
      const size_t place = place_of_row(out_at, row) + c;
      const double product = (double)in[place_of_row(in_at, row) + c] * (scale ? (double)scale[c] : 1);
      const double offset = shift ? (double)shift[c] : 0;
      // One rounding of the sum, and where multiply-adds are not fused one of the product.
      const double bound = 0x1p-24 * (fabs(product + offset) * 1.01 + fabs(product));
      expect_near("scaled and shifted", place, (double)plain[place], product + offset, bound);
    }
  }
  const float *out = affine(kernels, in_at, in, scale, shift, activation, out_at);
  const float *activated = finished(kernels, (pf_epilogue){.activation = activation}, out_at, plain);
  expect_same_values("activated", out, activated, extent(out_at));
  if (!scales) {
    const pf_network_kernels *portable = pf_network_kernels_for(PF_ISA_PORTABLE);
    const float *theirs = affine(portable, in_at, in, NULL, shift, PF_ACTIVATION_HARD_SWISH, out_at);
    const float *ours = affine(kernels, in_at, in, NULL, shift, PF_ACTIVATION_HARD_SWISH, out_at);
    expect_same_values("portable", ours, theirs, extent(out_at));
  }
  float *in_place = copy_of(in, extent(in_at));
  kernels->affine(in_at.pixels, channels, in_place, in_at.pixel_stride, scale, shift, activation, in_place,
                  in_at.pixel_stride);
  expect_gaps(in_at, in_place);
  for (size_t row = 0; row < in_at.pixels; row++) {
    expect_same_bits("in place", in_place + place_of_row(in_at, row), out + place_of_row(out_at, row), channels);
  }
}

// MARK: sums of two

static float *sum(const pf_network_kernels *kernels, layout a_at, const float *a, layout b_at, const float *b,
                  pf_activation activation, layout out_at) {
  float *out = blank_pictures(out_at);
  kernels->add(a_at.pixels, a_at.channels, a, a_at.pixel_stride, b, b_at.pixel_stride, activation, out,
               out_at.pixel_stride);
  expect_gaps(out_at, out);
  return out;
}

static void check_add(const pf_network_kernels *kernels, size_t channels) {
  const size_t pixels = pick(1, 9);
  layout a_at = random_layout(1, pixels, channels), b_at = random_layout(1, pixels, channels);
  layout out_at = random_layout(1, pixels, channels);
  if (one_in(3)) a_at.pixel_stride = b_at.pixel_stride = out_at.pixel_stride = channels;
  const pf_activation activation = random_activation();
  begin_case("%zu pixels of %zu channels, activation %d, strides %zu %zu %zu", pixels, channels, (int)activation,
             a_at.pixel_stride, b_at.pixel_stride, out_at.pixel_stride);
  const float *a = random_pictures(a_at), *b = random_pictures(b_at);
  float *plain = blank_pictures(out_at);
  for (size_t row = 0; row < pixels; row++) {
    for (size_t c = 0; c < channels; c++) {
      plain[row * out_at.pixel_stride + c] = a[row * a_at.pixel_stride + c] + b[row * b_at.pixel_stride + c];
    }
  }
  const float *out = sum(kernels, a_at, a, b_at, b, activation, out_at);
  const float *activated = finished(kernels, (pf_epilogue){.activation = activation}, out_at, plain);
  expect_same_values("sum", out, activated, extent(out_at));
  if (activation <= PF_ACTIVATION_RELU6) {
    const pf_network_kernels *portable = pf_network_kernels_for(PF_ISA_PORTABLE);
    const float *theirs = sum(portable, a_at, a, b_at, b, activation, out_at);
    expect_same_values("portable", out, theirs, extent(out_at));
  }
  float *in_place = copy_of(a, extent(a_at));
  kernels->add(pixels, channels, in_place, a_at.pixel_stride, b, b_at.pixel_stride, activation, in_place,
               a_at.pixel_stride);
  expect_gaps(a_at, in_place);
  for (size_t row = 0; row < pixels; row++) {
    expect_same_bits("in place", in_place + row * a_at.pixel_stride, out + row * out_at.pixel_stride, channels);
  }
}

void check_elementwise(const pf_network_kernels *kernels) {
  begin_kernel("activations");
  for (int activation = PF_ACTIVATION_NONE; activation <= PF_ACTIVATION_HARD_SIGMOID; activation++) {
    check_near(kernels, (pf_activation)activation);
    check_limits(kernels, (pf_activation)activation);
  }
  begin_kernel("affine");
  for (size_t i = 0; i < 200; i++) check_affine(kernels, i % 40 + 1);
  begin_kernel("add");
  for (size_t i = 0; i < 200; i++) check_add(kernels, i % 40 + 1);
}
