// One-dimensional Winograd transforms (Lavin and Gray, 2015, arXiv:1509.09308; Blahut's construction for any set
// of points). A product of polynomials is taken at a few points; m outputs of an r-tap filter need m + r - 1.
//
// Every set here is 0, some pairs +-p, and infinity, because a pair shares half of its arithmetic. The filter's
// values at a point are the same, up to a factor, in every set that has the point: a smaller tile can use a part of
// a larger tile's transformed filter if its input transform takes over the factor. So the points of a set are
// ordered such that the smaller set is its beginning.

#define WINOGRAD_PAIRS 3

/// The set of points of one tile size.
typedef struct points {
  size_t pairs;
  float first, second, third;  // the pairs' positive members; no array, which would stay in memory
  bool zero;          // whether 0 is one of them
  bool infinity_first;
  float left_out;     // the larger set has this pair too; 0: it has not
  bool zero_left_out; // the larger set has 0 too
} points;

// 6 + 4: errors grow with the spread of the points, and this is about the best of eight points.
#define POINTS_8 ((points){.pairs = 3, .first = 1, .second = 0.5f, .third = 2, .zero = true})
#define POINTS_6_OF_8 ((points){.pairs = 2, .first = 1, .second = 0.5f, .zero = true, .left_out = 2})
// 4 + 3: with 3/4 and 3/2 the error is a quarter of what 1 and 2 give.
#define POINTS_6 ((points){.pairs = 2, .first = 0.75f, .second = 1.5f, .zero = true, .infinity_first = true})
#define POINTS_5_OF_6 \
  ((points){.pairs = 2, .first = 0.75f, .second = 1.5f, .infinity_first = true, .zero_left_out = true})

INLINE float pair_at(points set, size_t i) { return i == 0 ? set.first : i == 1 ? set.second : set.third; }

INLINE size_t points_count(points set) { return 2 * set.pairs + 1 + set.zero; }

// The order: [infinity or 0], +-first pair, +-second, [0 or infinity], +-third.
INLINE size_t place_of_pair(size_t pair) { return pair < 2 ? 1 + 2 * pair : 2 + 2 * pair; }
INLINE size_t place_of_zero(points set) { return set.infinity_first ? 5 : 0; }
INLINE size_t place_of_infinity(points set) { return set.infinity_first ? 0 : 5; }

/// Coefficient of x^2k in the product of (x^2 - p^2) over all pairs but one.
INLINE float without_pair(points set, size_t pair, size_t k) {
  float product[WINOGRAD_PAIRS + 1] = {1};
  UNROLLED
  for (size_t i = 0; i < set.pairs; i++) {
    if (i == pair) continue;
    const float square = pair_at(set, i) * pair_at(set, i);
    UNROLLED
    for (size_t j = WINOGRAD_PAIRS; j > 0; j--) product[j] = product[j - 1] - square * product[j];
    product[0] = -square * product[0];
  }
  return product[k];
}

/// The input of a tile at each point.
INLINE void transform_input(points set, const vec *in, vec *out) {
  const size_t first = set.zero ? 1 : 0;  // without 0 among the points, everything is one degree lower
  UNROLLED
  for (size_t i = 0; i < set.pairs; i++) {
    const float p = pair_at(set, i);
    float factor = set.left_out != 0 ? p * p - set.left_out * set.left_out : 1;
    if (set.zero_left_out) factor = p;
    vec upper = vec_zero(), lower = vec_zero();
    UNROLLED
    for (size_t k = 0; k < set.pairs; k++) {
      const float c = factor * without_pair(set, i, k);
      const vec high = in[first + 2 * k + 1], low = in[first + 2 * k];
      upper = k == 0 ? vec_multiply(vec_all(c), high) : vec_fma(vec_all(c), high, upper);
      lower = k == 0 ? vec_multiply(vec_all(c * p), low) : vec_fma(vec_all(c * p), low, lower);
    }
    // With 0 left out the factor is odd in p, which exchanges the roles of the two halves.
    const vec even = set.zero_left_out ? lower : upper, odd = set.zero_left_out ? upper : lower;
    out[place_of_pair(i)] = vec_add(even, odd);
    out[place_of_pair(i) + 1] = vec_subtract(even, odd);
  }
  vec zero = vec_zero(), infinity = vec_zero();
  UNROLLED
  for (size_t k = 0; k <= set.pairs; k++) {
    const float c = without_pair(set, WINOGRAD_PAIRS, k);
    const float at_zero = set.left_out != 0 ? -set.left_out * set.left_out * c : c;
    zero = k == 0 ? vec_multiply(vec_all(at_zero), in[0]) : vec_fma(vec_all(at_zero), in[2 * k], zero);
    infinity = k == 0 ? vec_multiply(vec_all(c), in[first]) : vec_fma(vec_all(c), in[first + 2 * k], infinity);
  }
  if (set.zero) out[place_of_zero(set)] = zero;
  out[place_of_infinity(set)] = infinity;
}

INLINE float power(float x, size_t n) {
  const float square = x * x;
  return (n & 1 ? x : 1) * (n & 2 ? square : 1) * (n & 4 ? square * square : 1);
}

/// Value y of `outputs`, from the products at each point and the sums and differences of those at pairs.
INLINE vec output_at(points set, size_t outputs, const vec *in, const vec *sums, const vec *differences, size_t y) {
  const vec *terms = y % 2 == 0 ? sums : differences;
  vec sum = y == 0 ? terms[0] : vec_multiply(vec_all(power(set.first, y)), terms[0]);
  sum = vec_fma(vec_all(power(set.second, y)), terms[1], sum);
  if (set.pairs > 2) sum = vec_fma(vec_all(power(set.third, y)), terms[2], sum);
  if (y == 0 && set.zero) sum = vec_add(sum, in[place_of_zero(set)]);
  if (y + 1 == outputs) sum = vec_add(sum, in[place_of_infinity(set)]);
  return sum;
}

/// `outputs` values, three to six, from their products at each point.
INLINE void transform_output(points set, size_t outputs, const vec *in, vec *out) {
  vec sums[WINOGRAD_PAIRS], differences[WINOGRAD_PAIRS];
  UNROLLED
  for (size_t i = 0; i < set.pairs; i++) {
    sums[i] = vec_add(in[place_of_pair(i)], in[place_of_pair(i) + 1]);
    differences[i] = vec_subtract(in[place_of_pair(i)], in[place_of_pair(i) + 1]);
  }
  out[0] = output_at(set, outputs, in, sums, differences, 0);
  out[1] = output_at(set, outputs, in, sums, differences, 1);
  out[2] = output_at(set, outputs, in, sums, differences, 2);
  if (outputs > 3) out[3] = output_at(set, outputs, in, sums, differences, 3);
  if (outputs > 4) out[4] = output_at(set, outputs, in, sums, differences, 4);
  if (outputs > 5) out[5] = output_at(set, outputs, in, sums, differences, 5);
}

/// What the filter's transform multiplies the taps with at one point: powers of the point, over the product of
/// its distances to the others. In float64, since it is done once.
static void filter_row(points set, size_t taps, size_t place, double *row) {
  double all[2 * WINOGRAD_PAIRS + 2], at = 0;
  size_t count = 0;
  bool infinity = place == place_of_infinity(set);
  for (size_t i = 0; i < set.pairs; i++) {
    all[count++] = (double)pair_at(set, i);
    all[count++] = -(double)pair_at(set, i);
    if (place == place_of_pair(i)) at = (double)pair_at(set, i);
    if (place == place_of_pair(i) + 1) at = -(double)pair_at(set, i);
  }
  if (set.zero) all[count++] = 0;
  double distances = 1;
  for (size_t i = 0; i < count && !infinity; i++) {
    if (all[i] != at) distances *= at - all[i];
  }
  double power = 1;
  for (size_t k = 0; k < taps; k++, power *= at) row[k] = infinity ? k + 1 == taps : power / distances;
}
