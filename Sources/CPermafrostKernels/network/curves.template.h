// What is made of the exponential, a vector at a time.
#include "exponential.template.h"

/// x Phi(x), Phi the normal distribution: the form of GELU with the error function.
///
/// It is max(x, 0) less a bump a Phi(-a) at a = |x|, and Phi(-a) = e^(-a^2/2) t q(t) with t = 1 / (1 + 0.3 a) and q the
/// polynomial of least relative error over 0...12.6.
INLINE vec gelu(vec x) {
  const vec a = vec_at_most(vec_at_least(x, vec_subtract(vec_zero(), x)), vec_all(12.5f));
  const vec t = vec_divide(vec_all(1), vec_fma(a, vec_all(0.3f), vec_all(1)));
  vec q = vec_all(0.0364099505f);
  q = vec_fma(q, t, vec_all(-0.160282059f));
  q = vec_fma(q, t, vec_all(0.211691594f));
  q = vec_fma(q, t, vec_all(-0.0586335814f));
  q = vec_fma(q, t, vec_all(0.131204149f));
  q = vec_fma(q, t, vec_all(0.099103911f));
  q = vec_fma(q, t, vec_all(0.120885394f));
  q = vec_fma(q, t, vec_all(0.119620592f));
  const vec gauss = exponential(vec_multiply(vec_multiply(a, a), vec_all(-0.5f)));
  const vec bump = vec_multiply(vec_multiply(gauss, a), vec_multiply(t, q));
  // What is far below any rounding error becomes nothing, and so the limit at minus infinity is 0.
  const vec tiny = vec_all(1e-27f);
  return vec_subtract(vec_at_least(x, vec_zero()), vec_subtract(vec_add(bump, tiny), tiny));
}

/// min(max(x + 3, 0), 6)
INLINE vec hard_ramp(vec x) { return vec_at_most(vec_at_least(vec_add(x, vec_all(3)), vec_zero()), vec_all(6)); }

/// The activations that are no clamps. NaN stays NaN.
INLINE vec curve(pf_activation activation, vec x) {
  const vec one = vec_all(1);
  switch (activation) {
  case PF_ACTIVATION_SILU: return vec_divide(x, vec_add(one, exponential(vec_subtract(vec_zero(), x))));
  case PF_ACTIVATION_SIGMOID: return vec_divide(one, vec_add(one, exponential(vec_subtract(vec_zero(), x))));
  case PF_ACTIVATION_GELU: return gelu(x);
  case PF_ACTIVATION_HARD_SWISH: return vec_multiply(x, vec_divide(hard_ramp(x), vec_all(6)));
  case PF_ACTIVATION_HARD_SIGMOID: return vec_divide(hard_ramp(x), vec_all(6));
  default: return x;
  }
}
