// The tests of one table each.
#ifndef SUITES_H
#define SUITES_H
#include "CPermafrostKernels.h"

void check_convolutions(const pf_network_kernels *kernels);
void check_winograd(const pf_network_kernels *kernels);
void check_windows(const pf_network_kernels *kernels);
void check_inverted_residuals(const pf_network_kernels *kernels);
void check_elementwise(const pf_network_kernels *kernels);
void check_tokens(const pf_network_kernels *kernels);
void check_rows(const pf_row_kernels *kernels);
void check_linear(const pf_linear_kernels *kernels);
void check_training(const pf_linear_kernels *kernels);
void check_margins(const pf_margin_kernels *kernels);
void check_products(const pf_product_kernels *kernels);
/// NULL where an instruction set has no such table and the portable one serves.
void check_resampling(const pf_resample_kernels *kernels);

#endif
