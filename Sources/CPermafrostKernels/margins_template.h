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

static double ISA(dot_wide)(const float *x, const double *w, size_t d) {
  ISA(wide) sum[4] = {{0}};
  size_t j = 0;
  for (; j + 2 * LANES <= d; j += 2 * LANES) {
    for (size_t i = 0; i < 4; i++) sum[i] += WIDEN(x + j + i * LANES / 2) * LOAD_WIDE(w + j + i * LANES / 2);
  }
  ISA(wide) all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  double total = 0;
  for (int lane = 0; lane < LANES / 2; lane++) total += all[lane];
  for (; j < d; j++) total += (double)x[j] * w[j];
  return total;
}

static void ISA(add_wide)(const float *x, double factor, double *w, size_t d) {
  size_t j = 0;
  for (; j + LANES / 2 <= d; j += LANES / 2) {
    STORE_WIDE(w + j, LOAD_WIDE(w + j) + WIDEN(x + j) * factor);
  }
  for (; j < d; j++) w[j] += (double)x[j] * factor;
}

#define DESCEND(NAME, WEIGHT, DOT, ADD)                                                                     \
  static void ISA(NAME)(const pf_dual *dual, const float *x, size_t first, const uint32_t *order,           \
                        size_t count, const uint32_t *chosen, size_t choices, WEIGHT *w) {                  \
    const size_t d = dual->d;                                                                               \
    for (size_t i = 0; i < count; i++) {                                                                    \
      const float *row = x + order[i] * d;                                                                  \
      if (i + 1 < count) {                                                                                  \
        const char *next = (const char *)(x + order[i + 1] * d);                                            \
        for (size_t line = 0; line < d * sizeof(float); line += 64) __builtin_prefetch(next + line, 0, 2);  \
      }                                                                                                     \
      const size_t t = first + order[i];                                                                    \
      const double cost = dual->costs[t], norm = dual->norms[t];                                            \
      const double diagonal = dual->squared ? 0.5 / cost : 0, bound = dual->squared ? INFINITY : cost;      \
      for (size_t c = 0; c < choices; c++) {                                                                \
        const size_t k = chosen[c], variable = t * dual->problems + k;                                      \
        if (dual->still[variable]) continue;                                                                \
        const double y = dual->labels[t] == dual->positives[k] ? 1 : -1, alpha = dual->alpha[variable];     \
        const double score = (double)ISA(DOT)(row, w + k * d, d) + dual->constant * dual->intercepts[k];    \
        const double gradient = y * score - 1 + diagonal * alpha;                                           \
        double projected = gradient;                                                                        \
        if (alpha == 0) {                                                                                   \
          if (gradient > dual->above[k]) {                                                                  \
            dual->still[variable] = 1;                                                                      \
            continue;                                                                                       \
          }                                                                                                 \
          if (projected > 0) projected = 0;                                                                 \
        } else if (alpha >= bound) {                                                                        \
          if (gradient < dual->below[k]) {                                                                  \
            dual->still[variable] = 1;                                                                      \
            continue;                                                                                       \
          }                                                                                                 \
          if (projected < 0) projected = 0;                                                                 \
        }                                                                                                   \
        if (projected > dual->largest[k]) dual->largest[k] = projected;                                     \
        if (projected < dual->smallest[k]) dual->smallest[k] = projected;                                   \
        if (fabs(projected) <= 1e-12) continue;                                                             \
        const double curvature = norm + diagonal;                                                           \
        /* Without curvature (a row of zeros) the objective is linear and its minimum at the bound. */      \
        double wanted = curvature > 0 ? alpha - gradient / curvature : (gradient < 0 ? INFINITY : 0);       \
        if (!(wanted > 0)) wanted = 0;                                                                      \
        if (wanted > bound) wanted = bound;                                                                 \
        const double change = (wanted - alpha) * y;                                                         \
        if (change == 0) continue;                                                                          \
        dual->alpha[variable] = wanted;                                                                     \
        dual->intercepts[k] += change * dual->constant;                                                     \
        ISA(ADD)(row, (WEIGHT)change, w + k * d, d);                                                        \
      }                                                                                                     \
    }                                                                                                       \
  }

DESCEND(descend, float, dot, add)
DESCEND(descend_precisely, double, dot_wide, add_wide)

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
#undef DESCEND
