#define _GNU_SOURCE
#include "machine_probe.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// Each thread copies this much from one buffer to another, more than its share of any last-level cache.
#define COPY_BYTES ((size_t)48 << 20)
// Independent chains of multiply-adds: latency times units of today's processors at most, and registers at most.
#define CHAINS 12
#define REPETITIONS 20000

struct machine_probe {
  size_t threads;
  char *buffers; // two of COPY_BYTES for each thread
};

// The chains of one vector type: multiply by b, add c, which keeps every value near 1.
#define CHAIN_LOOP(vector, set, fma)                                                                         \
  vector values[CHAINS];                                                                                     \
  for (int i = 0; i < CHAINS; i++) values[i] = set(1.0f + (float)i);                                         \
  vector b = set(0.999f), c = set(0.001f);                                                                   \
  for (int n = 0; n < REPETITIONS; n++) {                                                                    \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) values[i] = fma(values[i], b, c);    \
  }                                                                                                          \
  volatile vector sink;                                                                                      \
  for (int i = 0; i < CHAINS; i++) sink = values[i];                                                         \
  (void)sink;                                                                                                \
  return 2.0 * CHAINS * REPETITIONS * (sizeof(vector) / sizeof(float))

#if defined(__x86_64__)
__attribute__((target("avx512f"))) static double fma_avx512(void) {
  CHAIN_LOOP(__m512, _mm512_set1_ps, _mm512_fmadd_ps);
}

__attribute__((target("avx2,fma"))) static double fma_avx2(void) {
  CHAIN_LOOP(__m256, _mm256_set1_ps, _mm256_fmadd_ps);
}
#elif defined(__aarch64__)
static inline float32x4_t fma_neon_lanes(float32x4_t a, float32x4_t b, float32x4_t c) { return vfmaq_f32(c, a, b); }

static double fma_neon(void) { CHAIN_LOOP(float32x4_t, vdupq_n_f32, fma_neon_lanes); }
#endif

static inline float set_scalar(float value) { return value; }
static inline float multiply_add(float a, float b, float c) { return a * b + c; }

static double fma_portable(void) { CHAIN_LOOP(float, set_scalar, multiply_add); }

static double fma_round(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return fma_avx512();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return fma_avx2();
#elif defined(__aarch64__)
  return fma_neon();
#endif
  return fma_portable();
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

typedef struct {
  char *to, *from;
  double seconds;
  bool copies;
  double rate; // the result, a second
} work;

static void *run(void *argument) {
  work *work = argument;
  double start = now(), done = 0, elapsed;
  do {
    if (work->copies) {
      memcpy(work->to, work->from, COPY_BYTES);
      done += 2.0 * COPY_BYTES;
    } else {
      done += fma_round();
    }
    elapsed = now() - start;
  } while (elapsed < work->seconds);
  work->rate = done / elapsed;
  return NULL;
}

// The sum of what the threads do; one that cannot be started adds nothing.
static double probe_all(machine_probe *probe, bool copies, double seconds) {
  work works[probe->threads];
  pthread_t threads[probe->threads];
  bool started[probe->threads];
  for (size_t i = 0; i < probe->threads; i++) {
    char *buffers = probe->buffers + 2 * COPY_BYTES * i;
    works[i] = (work){buffers, buffers + COPY_BYTES, seconds, copies, 0};
    started[i] = i > 0 && pthread_create(&threads[i], NULL, run, &works[i]) == 0;
  }
  run(&works[0]);
  double sum = works[0].rate;
  for (size_t i = 1; i < probe->threads; i++) {
    if (!started[i]) continue;
    pthread_join(threads[i], NULL);
    sum += works[i].rate;
  }
  return sum / 1e9;
}

machine_probe *machine_probe_create(size_t threads) {
  if (threads == 0 || threads > 1024) return NULL;
  machine_probe *probe = malloc(sizeof *probe);
  char *buffers = malloc(2 * COPY_BYTES * threads);
  if (!probe || !buffers) {
    free(probe);
    free(buffers);
    return NULL;
  }
  memset(buffers, 1, 2 * COPY_BYTES * threads); // fresh pages would be measured otherwise
  *probe = (machine_probe){threads, buffers};
  return probe;
}

void machine_probe_destroy(machine_probe *probe) {
  if (!probe) return;
  free(probe->buffers);
  free(probe);
}

double machine_probe_fma(machine_probe *probe, double seconds) { return probe_all(probe, false, seconds); }
double machine_probe_copy(machine_probe *probe, double seconds) { return probe_all(probe, true, seconds); }
