// From the lanes of a vector to one number, always in the same order.

INLINE float sum_of_lanes(vec x) {
  float lane[VEC_WIDTH];
  vec_store(lane, x);
  for (size_t half = VEC_WIDTH / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; i++) lane[i] += lane[i + half];
  }
  return lane[0];
}

INLINE float greatest_lane(vec x) {
  float lane[VEC_WIDTH];
  vec_store(lane, x);
  for (size_t half = VEC_WIDTH / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; i++) lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
  }
  return lane[0];
}
