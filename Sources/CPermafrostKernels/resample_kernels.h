// Between the files of the resampler.
#ifndef PF_RESAMPLE_KERNELS_H
#define PF_RESAMPLE_KERNELS_H
#include "pf_resample.h"

#define PF_RESAMPLE_FRACTION_BITS 22
#define PF_RESAMPLE_HALF (1 << (PF_RESAMPLE_FRACTION_BITS - 1))  // rounds

// `in` source positions become `full` outputs, of which begin..<begin + count are wanted.

/// The source positions that the wanted outputs look at.
void pf_axis_reach(size_t in, size_t full, size_t begin, size_t count, pf_filter filter, size_t *first,
                   size_t *length);

/// Bytes of memory of an axis.
size_t pf_axis_bytes(size_t in, size_t full, size_t count, pf_filter filter);

/// `memory` has pf_axis_bytes, zeroed; the axis points into it. Positions count from `origin`.
pf_resample_axis pf_axis_make(size_t in, size_t full, size_t begin, size_t count, pf_filter filter,
                              size_t origin, void *memory);

void pf_resample_horizontal_portable(const pf_resample_axis *axis, const uint8_t *in, size_t in_stride,
                                     size_t rows, uint8_t *out, size_t out_stride);
void pf_resample_vertical_portable(const pf_resample_axis *axis, const uint8_t *in, size_t in_stride,
                                   size_t row_bytes, uint8_t *out, size_t out_stride);

#if defined(__x86_64__)
extern const pf_resample_kernels pf_resample_kernels_avx2;
#endif

#endif
