// Every activation here is a clamp, so the kernels apply bounds and need no branch.

INLINE vec activation_low(pf_activation activation) {
  return vec_all(activation == PF_ACTIVATION_NONE ? -INFINITY : 0);
}

INLINE vec activation_high(pf_activation activation) {
  return vec_all(activation == PF_ACTIVATION_RELU6 ? 6 : INFINITY);
}

INLINE vec clamp(vec x, vec low, vec high) { return vec_at_most(vec_at_least(x, low), high); }
