// What becomes of a value on its way to memory.
//
// Some activations are clamps: the kernels apply them as bounds and need no branch. The others are curves, which
// are drawn over what a kernel has just stored, while it is still in the first cache.

INLINE vec activation_low(pf_activation activation) {
  return vec_all(activation == PF_ACTIVATION_RELU || activation == PF_ACTIVATION_RELU6 ? 0 : -INFINITY);
}

INLINE vec activation_high(pf_activation activation) {
  return vec_all(activation == PF_ACTIVATION_RELU6 ? 6 : INFINITY);
}

INLINE vec clamp(vec x, vec low, vec high) { return vec_at_most(vec_at_least(x, low), high); }

/// Whether the bounds are not all of it.
INLINE bool is_curve(pf_activation activation) { return activation > PF_ACTIVATION_RELU6; }

INLINE void activate_rows(pf_activation activation, size_t rows, size_t columns, float *out, size_t stride) {
  const lanes edge = lanes_first(columns % VEC_WIDTH);
  for (size_t row = 0; row < rows; row++, out += stride) {
    size_t c = 0;
    for (; c + VEC_WIDTH <= columns; c += VEC_WIDTH) vec_store(out + c, curve(activation, vec_load(out + c)));
    if (c < columns) vec_store_part(out + c, curve(activation, vec_load_part(out + c, edge)), edge);
  }
}

/// Draws a curve over `rows` rows of `columns` floats, `stride` floats apart; leaves them alone where the
/// activation is a clamp. Out of line: it would take registers away from the loops it is called in.
static __attribute__((noinline)) void activate(pf_activation activation, size_t rows, size_t columns, float *out,
                                               size_t stride) {
  switch (activation) {
  case PF_ACTIVATION_SILU: activate_rows(PF_ACTIVATION_SILU, rows, columns, out, stride); break;
  case PF_ACTIVATION_GELU: activate_rows(PF_ACTIVATION_GELU, rows, columns, out, stride); break;
  case PF_ACTIVATION_SIGMOID: activate_rows(PF_ACTIVATION_SIGMOID, rows, columns, out, stride); break;
  case PF_ACTIVATION_HARD_SWISH: activate_rows(PF_ACTIVATION_HARD_SWISH, rows, columns, out, stride); break;
  case PF_ACTIVATION_HARD_SIGMOID: activate_rows(PF_ACTIVATION_HARD_SIGMOID, rows, columns, out, stride); break;
  case PF_ACTIVATION_NONE:
  case PF_ACTIVATION_RELU:
  case PF_ACTIVATION_RELU6: break;
  }
}
