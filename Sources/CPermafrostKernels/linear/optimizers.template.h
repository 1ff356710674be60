// One step of an optimizer on parameters that lie one after the other.

INLINE void adam_moments(pf_step step, vec g, vec *m, vec *v) {
  *m = vec_fma(vec_all(step.beta1), *m, vec_multiply(vec_all(1 - step.beta1), g));
  *v = vec_fma(vec_all(step.beta2), *v, vec_multiply(vec_multiply(vec_all(1 - step.beta2), g), g));
}

/// \param root  of the second moments.
INLINE vec adam_quotient(pf_step step, vec m, vec root) {
  const vec spread = vec_fma(root, vec_all(step.root_scale), vec_all(step.epsilon));
  return vec_divide(vec_multiply(vec_all(step.rate), m), spread);
}

INLINE vec adam_moved(pf_step step, vec w, vec quotient) {
  return vec_subtract(vec_multiply(vec_all(step.keep), w), quotient);
}

/// What becomes of a vector of parameters and of their moments, where g is the gradient.
INLINE void optimize_vector(const pf_optimizer optimizer, pf_step step, vec g, vec *w, vec *m, vec *v) {
  if (optimizer == PF_OPTIMIZER_NONE) {
    *m = g;
    return;
  }
  g = vec_fma(vec_all(step.l2), *w, g);
  if (optimizer == PF_OPTIMIZER_ADAM) {
    adam_moments(step, g, m, v);
    *w = adam_moved(step, *w, adam_quotient(step, *m, vec_root(*v)));
    return;
  }
  *m = vec_fma(vec_all(step.beta1), *m, g);
  const vec move = optimizer == PF_OPTIMIZER_NESTEROV ? vec_fma(vec_all(step.beta1), *m, g) : *m;
  *w = vec_subtract(*w, vec_multiply(vec_all(step.rate), move));
}

/// Moves the vector of parameters from number i on.
INLINE void move_vector(const pf_optimizer optimizer, pf_step step, vec g, size_t i, pf_optimized to) {
  const bool has_second = optimizer == PF_OPTIMIZER_ADAM;
  vec w = vec_load(to.w + i), m = vec_load(to.m + i), v = has_second ? vec_load(to.v + i) : vec_zero();
  optimize_vector(optimizer, step, g, &w, &m, &v);
  vec_store(to.w + i, w);
  vec_store(to.m + i, m);
  if (has_second) vec_store(to.v + i, v);
}

INLINE void optimize_all(const pf_optimizer optimizer, pf_step step, const float *g, size_t count,
                         pf_optimized to) {
  size_t i = 0;
  for (; i + VEC_WIDTH <= count; i += VEC_WIDTH) move_vector(optimizer, step, vec_load(g + i), i, to);
  if (i == count) return;
  const lanes part = lanes_first(count - i);
  const bool has_second = optimizer == PF_OPTIMIZER_ADAM;
  vec w = vec_load_part(to.w + i, part), m = vec_load_part(to.m + i, part);
  vec v = has_second ? vec_load_part(to.v + i, part) : vec_zero();
  optimize_vector(optimizer, step, vec_load_part(g + i, part), &w, &m, &v);
  vec_store_part(to.w + i, w, part);
  vec_store_part(to.m + i, m, part);
  if (has_second) vec_store_part(to.v + i, v, part);
}

static void optimize(const pf_step *step, const float *g, size_t count, pf_optimized to) {
  switch (step->optimizer) {
  case PF_OPTIMIZER_NONE: optimize_all(PF_OPTIMIZER_NONE, *step, g, count, to); break;
  case PF_OPTIMIZER_MOMENTUM: optimize_all(PF_OPTIMIZER_MOMENTUM, *step, g, count, to); break;
  case PF_OPTIMIZER_NESTEROV: optimize_all(PF_OPTIMIZER_NESTEROV, *step, g, count, to); break;
  case PF_OPTIMIZER_ADAM: optimize_all(PF_OPTIMIZER_ADAM, *step, g, count, to); break;
  }
}

/// The parameters from some index on. What an optimizer does not have stays without.
INLINE pf_optimized optimized_from(pf_optimized all, size_t index) {
  return (pf_optimized){.w = all.w + index, .m = all.m + index, .v = all.v ? all.v + index : NULL};
}
