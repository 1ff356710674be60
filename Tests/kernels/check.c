#include "check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// MARK: what is tested

static struct {
  const char *table, *kernel;
  size_t cases, all_cases, kernels;
  double worst;  // error of what is allowed
  char shape[400];
} now;

void begin_table(const char *name) {
  memset(&now, 0, sizeof now);
  now.table = name;
}

static void end_kernel(void) {
  if (!now.kernel) return;
  printf("%-9s %-28s %6zu cases", now.table, now.kernel, now.cases);
  if (now.worst > 0) printf("  worst error %3.0f %% of the bound", 100 * now.worst);
  printf("\n");
  if (now.cases == 0) fail("no case");
  now.all_cases += now.cases;
  now.kernels++;
}

void begin_kernel(const char *name) {
  end_kernel();
  now.kernel = name;
  now.cases = 0;
  now.worst = 0;
}

void begin_case(const char *format, ...) {
  free_memory();
  va_list values;
  va_start(values, format);
  vsnprintf(now.shape, sizeof now.shape, format, values);
  va_end(values);
  now.cases++;
}

void end_table(void) {
  begin_case("the end");
  now.cases--;
  end_kernel();
  printf("%-9s %-28s %6zu cases\n\n", now.table, "in all", now.all_cases);
  fflush(stdout);
}

void fail(const char *format, ...) {
  fflush(stdout);
  fprintf(stderr, "FAILED: %s, %s, %s: ", now.table, now.kernel, now.shape);
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  va_end(values);
  fprintf(stderr, "\n");
  exit(1);
}

// MARK: random numbers

uint64_t random_bits(void) {
  static uint64_t state = 88172645463325252;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 2685821657736338717;
}

size_t pick(size_t least, size_t most) { return least + (size_t)(random_bits() >> 33) % (most - least + 1); }
bool one_in(size_t chances) { return pick(1, chances) == 1; }
float random_unit(void) { return (float)(random_bits() >> 40) * 0x1p-23f - 1; }

size_t next_cut(size_t begin, size_t end) { return begin + (one_in(3) ? 1 : pick(1, end - begin)); }

// MARK: comparisons

void expect_same_number(const char *what, size_t got, size_t expected) {
  if (got != expected) fail("%s is %zu, not %zu", what, got, expected);
}

void expect_same_bits(const char *what, const float *got, const float *expected, size_t count) {
  if (memcmp(got, expected, count * sizeof *got) == 0) return;
  size_t i = 0;
  while (memcmp(got + i, expected + i, sizeof *got) == 0) i++;
  fail("%s: float %zu of %zu is %a, not %a", what, i, count, (double)got[i], (double)expected[i]);
}

void expect_same_values(const char *what, const float *got, const float *expected, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (got[i] == expected[i] || (isnan(got[i]) && isnan(expected[i]))) continue;
    fail("%s: float %zu of %zu is %a, not %a", what, i, count, (double)got[i], (double)expected[i]);
  }
}

void expect_near(const char *what, size_t index, double got, double expected, double allowed) {
  const double error = fabs(got - expected);
  if (!(error <= allowed)) {
    fail("%s: float %zu is %.9g, not %.9g: off by %.3g where %.3g is allowed", what, index, got, expected, error,
         allowed);
  }
  if (allowed > 0) now.worst = fmax(now.worst, error / allowed);
}
