// The exponential, a vector at a time.

/// e^x, relative error below 2^-22. Below -86 it is that of -86, so that nothing becomes denormal.
INLINE vec exponential(vec x) {
  x = vec_at_most(vec_at_least(x, vec_all(-86)), vec_all(88.9f));
  // Adding 1.5 * 2^23 rounds to an integer n, which is then in the lowest bits.
  const vec magic = vec_all(0x1.8p23f);
  const vec shifted = vec_fma(x, vec_all(0x1.715476p0f), magic);
  const vec n = vec_subtract(shifted, magic);
  // x = n log 2 + r with |r| <= log 2 / 2; the first part of log 2 is short, so that its product is exact.
  vec r = vec_fma(n, vec_all(-0x1.63p-1f), x);
  r = vec_fma(n, vec_all(0x1.bd0106p-13f), r);
  // e^r = 1 + r + r^2 p(r), p the polynomial of least relative error.
  vec p = vec_all(1.38138818e-3f);
  p = vec_fma(p, r, vec_all(8.36906347e-3f));
  p = vec_fma(p, r, vec_all(4.16684218e-2f));
  p = vec_fma(p, r, vec_all(0.166665178f));
  p = vec_fma(p, r, vec_all(0.499999933f));
  const vec power = vec_add(vec_fma(p, vec_multiply(r, r), r), vec_all(1));
  // In two steps, because 2^128 is no float but may be times a number below 1.
  return vec_multiply(vec_add(power, power), vec_half_power(shifted));
}
