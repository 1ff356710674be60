// The bodies of the product kernels. Included once an instruction set, with
//   ISA(name)   the name with the instruction set's suffix
//   LANES       doubles in a vector
//   COLUMNS     classes of one register block; 4 rows x COLUMNS accumulators must fit the register file
// The order of every sum depends on LANES and on nothing else: not on how many rows or classes a call has.

typedef float ISA(floats) __attribute__((vector_size(LANES * 4), aligned(4)));
typedef double ISA(doubles) __attribute__((vector_size(LANES * 8), aligned(8)));
typedef double ISA(wide) __attribute__((vector_size(LANES * 8)));

#define LOAD_X(p) __builtin_convertvector(*(const ISA(floats) *)(p), ISA(wide))
#define LOAD_W(p) ((ISA(wide))(*(const ISA(doubles) *)(p)))
#define STORE_W(p, v) (*(ISA(doubles) *)(p) = (ISA(doubles))(v))

// One block of ROWS x CLASSES scores; the loops over both have constant counts and unroll.
#define SCORE_BLOCK(ROWS, CLASSES)                                                                       \
  do {                                                                                                   \
    ISA(wide) sum[ROWS][CLASSES] = {{{0}}};                                                              \
    size_t j = 0;                                                                                        \
    for (; j + LANES <= d; j += LANES) {                                                                 \
      ISA(wide) weight[CLASSES];                                                                         \
      for (int k = 0; k < CLASSES; k++) weight[k] = LOAD_W(w + (k0 + (size_t)k) * d + j);                \
      for (int t = 0; t < ROWS; t++) {                                                                   \
        ISA(wide) value = LOAD_X(x + (t0 + (size_t)t) * d + j);                                          \
        for (int k = 0; k < CLASSES; k++) sum[t][k] += value * weight[k];                                \
      }                                                                                                  \
    }                                                                                                    \
    for (int t = 0; t < ROWS; t++) {                                                                     \
      for (int k = 0; k < CLASSES; k++) {                                                                \
        double total = 0;                                                                                \
        for (int lane = 0; lane < LANES; lane++) total += sum[t][k][lane];                               \
        for (size_t i = j; i < d; i++) {                                                                 \
          total += (double)x[(t0 + (size_t)t) * d + i] * w[(k0 + (size_t)k) * d + i];                    \
        }                                                                                                \
        z[(t0 + (size_t)t) * classes + k0 + (size_t)k] = total;                                          \
      }                                                                                                  \
    }                                                                                                    \
  } while (0)

static void ISA(scores)(const float *x, size_t rows, size_t d, const double *w, size_t classes, double *z) {
  size_t k0 = 0;
  for (; k0 + COLUMNS <= classes; k0 += COLUMNS) {
    size_t t0 = 0;
    for (; t0 + 4 <= rows; t0 += 4) SCORE_BLOCK(4, COLUMNS);
    for (; t0 < rows; t0++) SCORE_BLOCK(1, COLUMNS);
  }
  for (; k0 < classes; k0++) {
    size_t t0 = 0;
    for (; t0 + 4 <= rows; t0 += 4) SCORE_BLOCK(4, 1);
    for (; t0 < rows; t0++) SCORE_BLOCK(1, 1);
  }
}

// Adds ROWS rows to CLASSES rows of g.
#define ACCUMULATE_BLOCK(ROWS, CLASSES)                                                                  \
  do {                                                                                                   \
    double factor[ROWS][CLASSES];                                                                        \
    for (int t = 0; t < ROWS; t++) {                                                                     \
      for (int k = 0; k < CLASSES; k++) {                                                                \
        factor[t][k] = r[(t0 + (size_t)t) * classes + k0 + (size_t)k];                                   \
      }                                                                                                  \
    }                                                                                                    \
    size_t j = 0;                                                                                        \
    for (; j + LANES <= d; j += LANES) {                                                                 \
      ISA(wide) sum[CLASSES];                                                                            \
      for (int k = 0; k < CLASSES; k++) sum[k] = LOAD_W(g + (k0 + (size_t)k) * d + j);                   \
      for (int t = 0; t < ROWS; t++) {                                                                   \
        ISA(wide) value = LOAD_X(x + (t0 + (size_t)t) * d + j);                                          \
        for (int k = 0; k < CLASSES; k++) sum[k] += value * factor[t][k];                                \
      }                                                                                                  \
      for (int k = 0; k < CLASSES; k++) STORE_W(g + (k0 + (size_t)k) * d + j, sum[k]);                   \
    }                                                                                                    \
    for (; j < d; j++) {                                                                                 \
      for (int k = 0; k < CLASSES; k++) {                                                                \
        double total = g[(k0 + (size_t)k) * d + j];                                                      \
        for (int t = 0; t < ROWS; t++) total += (double)x[(t0 + (size_t)t) * d + j] * factor[t][k];      \
        g[(k0 + (size_t)k) * d + j] = total;                                                             \
      }                                                                                                  \
    }                                                                                                    \
  } while (0)

static void ISA(accumulate)(const float *x, size_t rows, size_t d, const double *r, size_t classes, double *g) {
  size_t k0 = 0;
  for (; k0 + COLUMNS <= classes; k0 += COLUMNS) {
    size_t t0 = 0;
    for (; t0 + 4 <= rows; t0 += 4) ACCUMULATE_BLOCK(4, COLUMNS);
    for (; t0 < rows; t0++) ACCUMULATE_BLOCK(1, COLUMNS);
  }
  for (; k0 < classes; k0++) {
    size_t t0 = 0;
    for (; t0 + 4 <= rows; t0 += 4) ACCUMULATE_BLOCK(4, 1);
    for (; t0 < rows; t0++) ACCUMULATE_BLOCK(1, 1);
  }
}

#undef LOAD_X
#undef LOAD_W
#undef STORE_W
#undef SCORE_BLOCK
#undef ACCUMULATE_BLOCK
