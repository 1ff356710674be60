// What a machine can do at this moment, so that a benchmark can tell a slow engine from a slow moment.
#pragma once

#include <stddef.h>

/// Threads and memory of a probe.
typedef struct machine_probe machine_probe;

/// A probe for so many threads, the caller's included; a null pointer where memory is short.
machine_probe *machine_probe_create(size_t threads);
void machine_probe_destroy(machine_probe *probe);

/// Fused multiply-adds on registers alone, by all threads for so many seconds, with the widest vectors that the
/// processor has: float32 operations a second, in 1e9. A multiply-add is two.
double machine_probe_fma(machine_probe *probe, double seconds);

/// Copies of memory that fits no cache, by all threads for so many seconds: bytes read and written, in 1e9 a second.
double machine_probe_copy(machine_probe *probe, double seconds);
