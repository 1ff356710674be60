// The kernels of one instruction set. Including this file once defines one table. Parameters:
//
//   NETWORK_KERNELS   the table's name
//   NETWORK_NAME      the instruction set's name, a string
//   vec, vec_*, ...   operations on vectors, from one of the vector_*.h
//
// No multiply and add is fused but where it says vec_fma: the bits of a result must not depend on which of
// several loops computed it.
#pragma clang fp contract(off)

#include "geometry.h"

#include "columns.template.h"
#include "curves.template.h"
#include "activation.template.h"
#include "panels.template.h"
#include "reading.template.h"
#include "strip.template.h"
#include "blocks.template.h"
#include "tile.template.h"
#include "convolution.template.h"
#include "winograd_points.template.h"
#include "winograd.template.h"
#include "winograd_input.template.h"
#include "winograd_output.template.h"
#include "winograd_product.template.h"
#include "strided.template.h"
#include "depthwise_lines.template.h"
#include "depthwise.template.h"
#include "pooling.template.h"
#include "inverted_cut.template.h"
#include "inverted.template.h"
#include "elementwise.template.h"
#include "scaled.template.h"
#include "reduction.template.h"
#include "layer_norm.template.h"
#include "attention.template.h"

const pf_network_kernels NETWORK_KERNELS = {
    .name = NETWORK_NAME,
    .packed_convolution_count = packed_convolution_count,
    .pack_convolution = pack_convolution,
    .convolution_column_chunks = panel_count,
    .convolution_scratch = convolution_scratch,
    .convolve = convolve,
    .winograd_tiles = winograd_tiles,
    .winograd_positions = winograd_positions,
    .winograd_column_chunks = winograd_column_chunks,
    .winograd_packed_count = winograd_packed_count,
    .pack_winograd = pack_winograd,
    .winograd_scratch = winograd_scratch,
    .winograd_convolve = winograd_convolve,
    .winograd_order = winograd_order,
    .winograd_input_count = winograd_input_count,
    .winograd_product_count = winograd_product_count,
    .winograd_input = winograd_input,
    .winograd_multiply = winograd_multiply,
    .winograd_output = winograd_output,
    .depthwise = depthwise,
    .max_pool = max_pool,
    .adaptive_average_pool = adaptive_average_pool,
    .inverted_residual_scratch = inverted_residual_scratch,
    .inverted_residual = inverted_residual,
    .average_lines = average_lines,
    .scaled_scratch = scaled_scratch,
    .convolve_scaled = convolve_scaled,
    .affine = affine,
    .add = add,
    .layer_norm = layer_norm,
    .attention_scratch = attention_scratch,
    .attention = attention,
};
