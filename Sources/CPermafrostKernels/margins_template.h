// The bodies of the margin kernels. Included once an instruction set, with
//   ISA(name)   the name with the instruction set's suffix
//   LANES       floats in a vector
// The order of every sum depends on LANES and on nothing else.

typedef float ISA(loose) __attribute__((vector_size(LANES * 4), aligned(4)));
typedef float ISA(vector) __attribute__((vector_size(LANES * 4)));
typedef float ISA(half) __attribute__((vector_size(LANES * 2), aligned(4)));
typedef double ISA(loose_wide) __attribute__((vector_size(LANES * 4), aligned(8)));
typedef double ISA(wide) __attribute__((vector_size(LANES * 4)));

#define LOAD(p) ((ISA(vector))(*(const ISA(loose) *)(p)))
#define STORE(p, v) (*(ISA(loose) *)(p) = (ISA(loose))(v))
#define WIDEN(p) __builtin_convertvector(*(const ISA(half) *)(p), ISA(wide))
#define LOAD_WIDE(p) ((ISA(wide))(*(const ISA(loose_wide) *)(p)))
#define STORE_WIDE(p, v) (*(ISA(loose_wide) *)(p) = (ISA(loose_wide))(v))

// Four sums, so that additions need not wait for one another.
static float ISA(dot)(const float *x, const float *w, size_t d) {
  ISA(vector) sum[4] = {{0}};
  size_t j = 0;
  for (; j + 4 * LANES <= d; j += 4 * LANES) {
    for (size_t i = 0; i < 4; i++) sum[i] += LOAD(x + j + i * LANES) * LOAD(w + j + i * LANES);
  }
  for (; j + LANES <= d; j += LANES) sum[0] += LOAD(x + j) * LOAD(w + j);
  ISA(vector) all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  float total = 0;
  for (int lane = 0; lane < LANES; lane++) total += all[lane];
  for (; j < d; j++) total += x[j] * w[j];
  return total;
}

static void ISA(add)(const float *x, float factor, float *w, size_t d) {
  size_t j = 0;
  for (; j + LANES <= d; j += LANES) STORE(w + j, LOAD(w + j) + LOAD(x + j) * factor);
  for (; j < d; j++) w[j] += x[j] * factor;
}

static void ISA(add_wide)(const float *x, double factor, double *w, size_t d) {
  size_t j = 0;
  for (; j + LANES / 2 <= d; j += LANES / 2) {
    STORE_WIDE(w + j, LOAD_WIDE(w + j) + WIDEN(x + j) * factor);
  }
  for (; j < d; j++) w[j] += (double)x[j] * factor;
}

// A block of rows is visited at once: its products with the weights as they are before the block, and those of its
// rows with one another, from which follows what each row would see after the ones before it have moved the weights.
// So weights are read and written once a block. What is added up in which order does not depend on how many problems
// there are.
#define BLOCK 4

#define DEFINE_DESCENT(NAME, WEIGHT, VECTOR, STEP, GET, GET_WEIGHTS, PUT_WEIGHTS)                            \
  /* gram[a * BLOCK + b] = row a . row b for a < b; here and below the next rows are fetched meanwhile */   \
  static void ISA(NAME##_gram)(const float *const *row, const float *const *next, size_t d, double *gram) { \
    VECTOR sum[6] = {{0}};                                                                                  \
    size_t j = 0;                                                                                           \
    for (; j + STEP <= d; j += STEP) {                                                                      \
      const VECTOR a = GET(row[0] + j), b = GET(row[1] + j), c = GET(row[2] + j), e = GET(row[3] + j);      \
      __builtin_prefetch(next[0] + j, 0, 2);                                                                \
      sum[0] += a * b;                                                                                      \
      sum[1] += a * c;                                                                                      \
      sum[2] += a * e;                                                                                      \
      sum[3] += b * c;                                                                                      \
      sum[4] += b * e;                                                                                      \
      sum[5] += c * e;                                                                                      \
    }                                                                                                       \
    static const uint8_t pairs[6][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};                    \
    for (size_t p = 0; p < 6; p++) {                                                                        \
      const float *a = row[pairs[p][0]], *b = row[pairs[p][1]];                                             \
      WEIGHT total = 0;                                                                                     \
      for (size_t lane = 0; lane < STEP; lane++) total += sum[p][lane];                                     \
      for (size_t k = j; k < d; k++) total += (WEIGHT)a[k] * b[k];                                          \
      gram[pairs[p][0] * BLOCK + pairs[p][1]] = total;                                                      \
    }                                                                                                       \
  }                                                                                                         \
                                                                                                            \
  /* scores[a * PROBLEMS + k] = row a . w[k] */                                                             \
  static inline __attribute__((always_inline)) void ISA(NAME##_scores)(                                     \
      const float *const *row, const float *const *next, const WEIGHT *const *w, size_t d, size_t problems, \
      double *scores) {                                                                                     \
    VECTOR sum[BLOCK * PROBLEMS] = {{0}};                                                                   \
    size_t j = 0;                                                                                           \
    for (; j + STEP <= d; j += STEP) {                                                                      \
      VECTOR x[BLOCK];                                                                                      \
      for (size_t a = 0; a < BLOCK; a++) x[a] = GET(row[a] + j);                                            \
      __builtin_prefetch(next[1] + j, 0, 2);                                                                \
      for (size_t k = 0; k < problems; k++) {                                                               \
        const VECTOR v = GET_WEIGHTS(w[k] + j);                                                             \
        for (size_t a = 0; a < BLOCK; a++) sum[a * PROBLEMS + k] += x[a] * v;                               \
      }                                                                                                     \
    }                                                                                                       \
    for (size_t a = 0; a < BLOCK; a++) {                                                                    \
      for (size_t k = 0; k < problems; k++) {                                                               \
        WEIGHT total = 0;                                                                                   \
        for (size_t lane = 0; lane < STEP; lane++) total += sum[a * PROBLEMS + k][lane];                    \
        for (size_t t = j; t < d; t++) total += row[a][t] * w[k][t];                                        \
        scores[a * PROBLEMS + k] = total;                                                                   \
      }                                                                                                     \
    }                                                                                                       \
  }                                                                                                         \
                                                                                                            \
  /* w[k] += sum over a of factor[a * PROBLEMS + k] * row a */                                              \
  static inline __attribute__((always_inline)) void ISA(NAME##_move)(                                       \
      const float *const *row, const float *const *next, WEIGHT *const *w, size_t d, size_t problems,       \
      const WEIGHT *factor) {                                                                               \
    size_t j = 0;                                                                                           \
    for (; j + STEP <= d; j += STEP) {                                                                      \
      VECTOR x[BLOCK];                                                                                      \
      for (size_t a = 0; a < BLOCK; a++) x[a] = GET(row[a] + j);                                            \
      __builtin_prefetch(next[2] + j, 0, 2);                                                                \
      __builtin_prefetch(next[3] + j, 0, 2);                                                                \
      for (size_t k = 0; k < problems; k++) {                                                               \
        VECTOR v = GET_WEIGHTS(w[k] + j);                                                                   \
        for (size_t a = 0; a < BLOCK; a++) v += x[a] * factor[a * PROBLEMS + k];                            \
        PUT_WEIGHTS(w[k] + j, v);                                                                           \
      }                                                                                                     \
    }                                                                                                       \
    for (; j < d; j++) {                                                                                    \
      for (size_t k = 0; k < problems; k++) {                                                               \
        for (size_t a = 0; a < BLOCK; a++) w[k][j] += row[a][j] * factor[a * PROBLEMS + k];                 \
      }                                                                                                     \
    }                                                                                                       \
  }                                                                                                         \
                                                                                                            \
  static void ISA(NAME)(const pf_dual *dual, const float *x, size_t first, const uint32_t *order,           \
                        size_t count, const uint32_t *chosen, size_t choices, WEIGHT *weights) {            \
    const size_t d = dual->d;                                                                               \
    for (size_t i = 0; i < count; i += BLOCK) {                                                             \
      /* Where the last block lacks rows it repeats one, which nobody looks at. */                          \
      const size_t rows = count - i < BLOCK ? count - i : BLOCK;                                            \
      const float *row[BLOCK], *next[BLOCK];                                                                \
      for (size_t a = 0; a < BLOCK; a++) {                                                                  \
        row[a] = x + order[a < rows ? i + a : i] * d;                                                       \
        next[a] = x + order[i + BLOCK + a < count ? i + BLOCK + a : i] * d;                                 \
      }                                                                                                     \
      double gram[BLOCK * BLOCK];                                                                           \
      ISA(NAME##_gram)(row, next, d, gram);                                                                 \
      size_t taken = 0;                                                                                     \
      for (size_t c = 0; c < choices;) {                                                                    \
        /* Problems in which some variable of the block takes part. */                                      \
        size_t problems = 0;                                                                                \
        uint32_t which[PROBLEMS];                                                                           \
        WEIGHT *w[PROBLEMS];                                                                                \
        for (; c < choices && problems < PROBLEMS; c++) {                                                   \
          size_t still = 0;                                                                                 \
          for (size_t a = 0; a < rows; a++) {                                                               \
            still += dual->still[(first + order[i + a]) * dual->problems + chosen[c]];                      \
          }                                                                                                 \
          if (still == rows) continue;                                                                      \
          which[problems] = chosen[c];                                                                      \
          w[problems++] = weights + chosen[c] * d;                                                          \
        }                                                                                                   \
        double scores[BLOCK * PROBLEMS];                                                                    \
        WEIGHT factor[BLOCK * PROBLEMS] = {0};                                                              \
        const float *const *ahead = taken ? row : next;                                                    \
        taken += problems;                                                                                  \
        DISPATCH(problems, ISA(NAME##_scores)(row, ahead, (const WEIGHT *const *)w, d, N, scores))          \
        int moved = 0;                                                                                      \
        for (size_t k = 0; k < problems; k++) {                                                             \
          for (size_t a = 0; a < rows; a++) {                                                               \
            double score = scores[a * PROBLEMS + k];                                                        \
            for (size_t b = 0; b < a; b++) score += factor[b * PROBLEMS + k] * gram[b * BLOCK + a];         \
            const double change = ISA(visit)(dual, first + order[i + a], which[k], score);                  \
            factor[a * PROBLEMS + k] = (WEIGHT)change;                                                      \
            moved |= change != 0;                                                                           \
          }                                                                                                 \
        }                                                                                                   \
        if (moved) DISPATCH(problems, ISA(NAME##_move)(row, ahead, w, d, N, factor))                               \
      }                                                                                                     \
    }                                                                                                       \
  }

// As many problems at a time as leave their sums in registers.
#if LANES == 16
#define PROBLEMS 4
#define DISPATCH(problems, CALL)                                                                            \
  switch (problems) {                                                                                       \
  case 1: { enum { N = 1 }; CALL; break; }                                                                  \
  case 2: { enum { N = 2 }; CALL; break; }                                                                  \
  case 3: { enum { N = 3 }; CALL; break; }                                                                  \
  case 4: { enum { N = 4 }; CALL; break; }                                                                  \
  }
#else
#define PROBLEMS 2
#define DISPATCH(problems, CALL)                                                                            \
  switch (problems) {                                                                                       \
  case 1: { enum { N = 1 }; CALL; break; }                                                                  \
  case 2: { enum { N = 2 }; CALL; break; }                                                                  \
  }
#endif

// Minimises over one variable, given w . x: returns by how much the row is to be added to the weights.
static double ISA(visit)(const pf_dual *dual, size_t t, size_t k, double product) {
  const size_t variable = t * dual->problems + k;
  if (dual->still[variable]) return 0;
  const double cost = dual->costs[t];
  const double diagonal = dual->squared ? 0.5 / cost : 0, bound = dual->squared ? INFINITY : cost;
  const double y = dual->labels[t] == dual->positives[k] ? 1 : -1, alpha = dual->alpha[variable];
  const double score = product + dual->constant * dual->intercepts[k];
  const double gradient = y * score - 1 + diagonal * alpha;
  double projected = gradient;
  if (alpha == 0) {
    if (gradient > dual->above[k]) {
      dual->still[variable] = 1;
      return 0;
    }
    if (projected > 0) projected = 0;
  } else if (alpha >= bound) {
    if (gradient < dual->below[k]) {
      dual->still[variable] = 1;
      return 0;
    }
    if (projected < 0) projected = 0;
  }
  if (projected > dual->largest[k]) dual->largest[k] = projected;
  if (projected < dual->smallest[k]) dual->smallest[k] = projected;
  if (fabs(projected) <= 1e-12) return 0;
  const double curvature = dual->norms[t] + diagonal;
  // Without curvature (a row of zeros) the objective is linear and its minimum at the bound.
  const double length = dual->squared ? PF_RELAXATION : 1;
  const double step = curvature > 0 ? length * gradient / curvature : (gradient < 0 ? -INFINITY : INFINITY);
  double wanted = alpha - step;
  if (!(wanted > 0)) wanted = 0;
  if (wanted > bound) wanted = bound;
  const double change = (wanted - alpha) * y;
  dual->alpha[variable] = wanted;
  dual->intercepts[k] += change * dual->constant;
  return change;
}

DEFINE_DESCENT(descend, float, ISA(vector), LANES, LOAD, LOAD, STORE)
DEFINE_DESCENT(descend_precisely, double, ISA(wide), LANES / 2, WIDEN, LOAD_WIDE, STORE_WIDE)

// Four rows at a time save reading and writing `out` three times; each number of it is added to row by row.
static double ISA(curvature)(const float *x, size_t first, const uint32_t *rows, size_t count, size_t d,
                             const float *factor, const float *v, float offset, float *out) {
  double total = 0;
  size_t t = 0;
  for (; t + 4 <= count; t += 4) {
    const float *row[4];
    float q[4];
    for (size_t i = 0; i < 4; i++) {
      row[i] = x + (rows[t + i] - first) * d;
      q[i] = factor[t + i] * (ISA(dot)(row[i], v, d) + offset);
      total += q[i];
    }
    size_t j = 0;
    for (; j + LANES <= d; j += LANES) {
      ISA(vector) sum = LOAD(out + j);
      for (size_t i = 0; i < 4; i++) sum += LOAD(row[i] + j) * q[i];
      STORE(out + j, sum);
    }
    for (; j < d; j++) {
      for (size_t i = 0; i < 4; i++) out[j] += row[i][j] * q[i];
    }
  }
  for (; t < count; t++) {
    const float *row = x + (rows[t] - first) * d;
    const float q = factor[t] * (ISA(dot)(row, v, d) + offset);
    total += q;
    ISA(add)(row, q, out, d);
  }
  return total;
}

static void ISA(combine)(const float *x, size_t first, const uint32_t *rows, size_t count, size_t d,
                         const double *factor, double *out) {
  size_t t = 0;
  for (; t + 4 <= count; t += 4) {
    const float *row[4];
    for (size_t i = 0; i < 4; i++) row[i] = x + (rows[t + i] - first) * d;
    size_t j = 0;
    for (; j + LANES / 2 <= d; j += LANES / 2) {
      ISA(wide) sum = LOAD_WIDE(out + j);
      for (size_t i = 0; i < 4; i++) sum += WIDEN(row[i] + j) * factor[t + i];
      STORE_WIDE(out + j, sum);
    }
    for (; j < d; j++) {
      for (size_t i = 0; i < 4; i++) out[j] += (double)row[i][j] * factor[t + i];
    }
  }
  for (; t < count; t++) ISA(add_wide)(x + (rows[t] - first) * d, factor[t], out, d);
}

static void ISA(squared_norms)(const float *x, size_t rows, size_t d, double *norms) {
  for (size_t t = 0; t < rows; t++) {
    const float *row = x + t * d;
    ISA(wide) sum[4] = {{0}};
    size_t j = 0;
    for (; j + 2 * LANES <= d; j += 2 * LANES) {
      for (size_t i = 0; i < 4; i++) {
        const ISA(wide) value = WIDEN(row + j + i * LANES / 2);
        sum[i] += value * value;
      }
    }
    ISA(wide) all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    double total = 0;
    for (int lane = 0; lane < LANES / 2; lane++) total += all[lane];
    for (; j < d; j++) total += (double)row[j] * row[j];
    norms[t] = total;
  }
}

#undef LOAD
#undef STORE
#undef WIDEN
#undef LOAD_WIDE
#undef STORE_WIDE
#undef BLOCK
#undef PROBLEMS
#undef DISPATCH
#undef DEFINE_DESCENT
