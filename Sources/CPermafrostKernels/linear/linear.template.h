// The kernels of one instruction set. Including this file once defines one table. Parameters:
//
//   LINEAR_KERNELS   the table's name
//   LINEAR_NAME      the instruction set's name, a string
//   SCORE_ROWS, SCORE_OUTPUTS   scores whose sums stay in registers
//   SUM_OUTPUTS, SUM_VECTORS    outputs and vectors of columns whose sums do
//   MOVE_ROWS        see panels.template.h
//   vec, vec_*, ...  operations on vectors, from one of the vector_*.h
//
// No multiply and add is fused but where it says vec_fma.
#pragma clang fp contract(off)

#include "../network/exponential.template.h"
#include "../network/reduction.template.h"
#include "scores.template.h"
#include "sums.template.h"
#include "losses.template.h"
#include "columns.template.h"
#include "optimizers.template.h"
#include "panels.template.h"

const pf_linear_kernels LINEAR_KERNELS = {
    .name = LINEAR_NAME,
    .scores = scores,
    .accumulate = accumulate,
    .losses = losses,
    .standardize = standardize,
    .moments = moments,
    .panel_products = panel_products,
    .panel_step = panel_step,
    .optimize = optimize,
};
