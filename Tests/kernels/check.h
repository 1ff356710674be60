// What the tests of the kernels share: names for what is tested, memory that is watched, random numbers, and
// comparisons that end the program at the first difference.
#ifndef CHECK_H
#define CHECK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CPermafrostKernels.h"

// MARK: what is tested

/// The kernels of a table from here on; "neon", for example.
void begin_table(const char *name);
/// A kernel, or a way of calling it. Prints the line of the one before: its cases, and of those with a bound the
/// worst, as a share of what is allowed.
void begin_kernel(const char *name);
/// Names the next case for whoever reads a failure, and frees the memory of the case before.
void begin_case(const char *format, ...) __attribute__((format(printf, 1, 2)));
/// Prints the last kernel's line, and a line for all of them.
void end_table(void);

_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// MARK: memory, until the next case begins

/// Has a touch of memory that belongs to nobody end in a failure that names the case.
void watch_memory(void);
void free_memory(void);

/// Bytes of 0xff, which floats read as NaN. What follows them cannot be touched.
void *memory(size_t bytes);
/// The same aligned to 64 bytes, as scratch memory is.
void *scratch(size_t bytes);

float *blank_floats(size_t count);
/// In -1..<1.
float *random_floats(size_t count);
float *copy_of(const float *floats, size_t count);

// MARK: random numbers, the same in every run

uint64_t random_bits(void);
size_t pick(size_t least, size_t most);
bool one_in(size_t chances);
float random_unit(void);

/// Somewhere behind `begin`, at most at `end`: the end of a piece of work.
size_t next_cut(size_t begin, size_t end);

// MARK: comparisons

void expect_same_number(const char *what, size_t got, size_t expected);
void expect_same_bits(const char *what, const float *got, const float *expected, size_t count);
/// Equal, or both NaN. The sign of a zero may differ: of two zeros no instruction set has to find the same one.
void expect_same_values(const char *what, const float *got, const float *expected, size_t count);
void expect_near(const char *what, size_t index, double got, double expected, double allowed);

#endif
