// Log-losses and their derivatives, several rows of one output at a time.
//
// Where a row's own class is nearly certain, what counts is how far its probability is from 1. So that is never
// computed as a difference: it is the sum of the other classes' probabilities.

/// Probabilities this small count nothing beside any rounding, but times a row's share they become denormal, and every
/// product with such a number takes a hundred times as long.
#define NEGLIGIBLE 1e-30f

INLINE float without_negligible(float probability) {
  return probability > NEGLIGIBLE ? probability - NEGLIGIBLE : 0;
}

/// log(1 + exp(z)) - y z and its derivatives, for rows of one problem with two classes.
INLINE double binary_losses(pf_linear_targets targets, float bias, float *z, float *p, double *sum) {
  double loss = 0, residuals = 0;
  for (size_t t = 0; t < targets.rows; t += VEC_WIDTH) {
    float score[VEC_WIDTH], less[VEC_WIDTH], more[VEC_WIDTH];
    const vec value = vec_add(vec_load(z + t), vec_all(bias)), negative = vec_subtract(vec_zero(), value);
    const vec decay = exponential(vec_at_most(value, negative));
    const vec greater = vec_divide(vec_all(1), vec_add(vec_all(1), decay));
    vec_store(score, value);
    vec_store(more, greater);
    vec_store(less, vec_multiply(decay, greater));
    for (size_t i = 0; i < VEC_WIDTH; i++) {
      const float share = targets.shares[t + i];
      const bool is_positive = targets.labels[t + i] != 0, is_right = is_positive == (score[i] >= 0);
      const float wrong = is_right ? less[i] : more[i];
      p[t + i] = score[i] >= 0 ? more[i] : less[i];
      const float counted = without_negligible(wrong);
      z[t + i] = share * (is_positive ? -counted : counted);
      residuals += z[t + i];
      if (share == 0) continue;
      // decay / (1 + decay) is known; 1 / (1 + decay) is 1 less that.
      loss += (double)share * ((is_right ? 0 : fabs((double)score[i])) - log1p(-(double)less[i]));
    }
  }
  *sum += residuals;
  return loss;
}

static double losses(pf_linear_targets targets, const float *bias, float *z, size_t stride, size_t outputs,
                     float *p, double *sums) {
  if (outputs == 1) return binary_losses(targets, bias[0], z, p, sums);
  double loss = 0;
  for (size_t t = 0; t < targets.rows; t += VEC_WIDTH) {
    float greatest[VEC_WIDTH], own_score[VEC_WIDTH], own[VEC_WIDTH], others[VEC_WIDTH], factor[VEC_WIDTH];
    vec most = vec_add(vec_load(z + t), vec_all(bias[0]));
    for (size_t k = 1; k < outputs; k++) {
      most = vec_max(most, vec_add(vec_load(z + k * stride + t), vec_all(bias[k])));
    }
    vec_store(greatest, most);
    for (size_t k = 0; k < outputs; k++) {
      const vec value = vec_add(vec_load(z + k * stride + t), vec_all(bias[k]));
      vec_store(p + k * stride + t, exponential(vec_subtract(value, most)));
    }
    // The own class stays out of the sum.
    for (size_t i = 0; i < VEC_WIDTH; i++) {
      const size_t label = (size_t)targets.labels[t + i];
      own_score[i] = z[label * stride + t + i] + bias[label];
      own[i] = p[label * stride + t + i];
      p[label * stride + t + i] = 0;
    }
    vec rest = vec_zero();
    for (size_t k = 0; k < outputs; k++) rest = vec_add(rest, vec_load(p + k * stride + t));
    const vec inverse = vec_divide(vec_all(1), vec_add(rest, vec_load(own)));
    vec_store(others, rest);
    vec_store(factor, inverse);
    const vec share = vec_load(targets.shares + t);
    for (size_t k = 0; k < outputs; k++) {
      const vec probability = vec_multiply(vec_load(p + k * stride + t), inverse);
      vec_store(p + k * stride + t, probability);
      const vec counted = vec_at_least(vec_subtract(probability, vec_all(NEGLIGIBLE)), vec_zero());
      vec_store(z + k * stride + t, vec_multiply(share, counted));
    }
    for (size_t i = 0; i < VEC_WIDTH; i++) {
      const size_t at = (size_t)targets.labels[t + i] * stride + t + i;
      const float weight = targets.shares[t + i];
      p[at] = own[i] * factor[i];
      z[at] = -weight * without_negligible(others[i] * factor[i]);
      if (weight == 0) continue;
      const double above = (double)greatest[i] - (double)own_score[i];
      loss += (double)weight * (above + log1p((double)others[i] + ((double)own[i] - 1)));
    }
    for (size_t k = 0; k < outputs; k++) sums[k] += (double)sum_of_lanes(vec_load(z + k * stride + t));
  }
  return loss;
}
