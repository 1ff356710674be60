// Kernels of the forward pass. Activations are NHWC, float32: pixel p of a picture holds `channels` consecutive
// floats, `pixel stride` floats apart, so that a layer can write into its slice of a concatenation.
//
// Contract of every function here: an output value depends on the layer and on its own inputs only; it has the
// same bits whichever rows share the call, however rows are cut into calls, and whichever thread runs it.
#ifndef PF_NETWORK_H
#define PF_NETWORK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pf_isa.h"

typedef enum pf_activation {
  PF_ACTIVATION_NONE = 0,
  PF_ACTIVATION_RELU = 1,
  PF_ACTIVATION_RELU6 = 2,
  PF_ACTIVATION_SILU = 3,          // x / (1 + e^-x)
  PF_ACTIVATION_GELU = 4,          // x times the normal distribution's integral up to x
  PF_ACTIVATION_SIGMOID = 5,       // 1 / (1 + e^-x)
  PF_ACTIVATION_HARD_SWISH = 6,    // x min(max(x + 3, 0), 6) / 6
  PF_ACTIVATION_HARD_SIGMOID = 7,  // min(max(x + 3, 0), 6) / 6
} pf_activation;

/// What happens to a value between its last multiply-add and memory, in this order:
/// + bias[channel], + residual at the same place, activation.
typedef struct pf_epilogue {
  const float *bias;          // one a output channel; NULL: none
  const float *residual;      // same rows as the output; NULL: none
  size_t residual_stride;     // floats from one output row (pixel) to the next
  pf_activation activation;
} pf_epilogue;

/// Shape of a convolution (a linear layer is one over 1 x 1 pictures). Row r of the output is pixel
/// (r / out_width % out_height, r % out_width) of picture r / (out_height * out_width).
typedef struct pf_convolution {
  size_t in_channels, in_height, in_width;
  size_t out_channels, out_height, out_width;
  size_t kernel_height, kernel_width;
  size_t stride_height, stride_width;
  size_t padding_height, padding_width;
  size_t dilation_height, dilation_width;
  size_t groups;
  size_t in_pixel_stride;     // floats from one input pixel to the next, at least in_channels
  size_t in_picture_stride;   // floats from one picture to the next
  size_t out_row_stride;      // floats from one output row to the next, at least out_channels
} pf_convolution;

/// Tile sizes of Winograd's minimal filtering: outputs a side, for a square kernel, stride 1 and dilation 1.
typedef enum pf_winograd_scheme {
  PF_WINOGRAD_6_4,    // 3 x 3, tiles of 6 and 4: fewest products; the error is some 1e-5 of the largest output
  PF_WINOGRAD_4_3,    // 3 x 3, tiles of 4 and 3: some 1e-6
  PF_WINOGRAD_4_5X5,  // 5 x 5, tiles of 4
} pf_winograd_scheme;

/// A convolution by Winograd's method. Channels of a group, in and out, are multiples of 16.
typedef struct pf_winograd {
  pf_winograd_scheme scheme;
  size_t in_channels, in_height, in_width;
  size_t out_channels, out_height, out_width;  // before the pool
  size_t padding, groups;
  bool pool;                  // a 2 x 2 max pool of stride 2 follows; no residual, no curved activation, no tile of 3
  size_t in_pixel_stride, in_picture_stride;
  size_t out_pixel_stride;    // of the pooled output, where there is a pool
} pf_winograd;

/// Tiles as the rows of a product, in an order in which those that have a position are neighbours.
typedef struct pf_winograd_rows {
  size_t begin[5];        // the first row of each class of tiles; the last is their number
  const uint32_t *tiles;  // by row: the tile's number, counted over all pictures
} pf_winograd_rows;

/// A window that slides over every channel by itself (depthwise convolution, pooling).
typedef struct pf_window {
  size_t channels, in_height, in_width, out_height, out_width;
  size_t kernel_height, kernel_width;
  size_t stride_height, stride_width;
  size_t padding_height, padding_width;
  size_t dilation_height, dilation_width;
  size_t in_pixel_stride, in_picture_stride;
  size_t out_pixel_stride, out_picture_stride;
} pf_window;

/// An inverted residual: expand (1 x 1), depthwise, project (1 x 1), each with its own epilogue.
///
/// Both 1 x 1 convolutions have stride 1, no padding and one group. Without expansion the depthwise convolution
/// reads the input by its own strides; without projection it writes the output by its own strides. Otherwise
/// its strides are not read: the hidden activations have no place in memory. Only the last of the convolutions
/// may have a residual.
typedef struct pf_inverted_residual {
  const pf_convolution *expand;     // NULL: none
  const pf_window *depthwise;
  const pf_convolution *project;    // NULL: none
  const float *expand_weights;      // packed
  const float *depthwise_weights;   // as for `depthwise`
  const float *project_weights;     // packed
  pf_epilogue expand_epilogue, depthwise_epilogue, project_epilogue;
} pf_inverted_residual;

/// Self-attention over the tokens of each picture. A token's row holds its queries, keys and values, each as
/// [heads][head_channels].
typedef struct pf_attention {
  size_t tokens, heads, head_channels;
  size_t queries;             // of so many tokens, the first ones, the result is wanted
  size_t row_stride;          // floats from one token to the next, at least 3 * heads * head_channels
} pf_attention;

typedef struct pf_network_kernels {
  const char *name;

  // MARK: dense convolution and linear layers

  /// Floats that `pack_convolution` writes.
  size_t (*packed_convolution_count)(const pf_convolution *shape);
  /// `weights` is [out_channels][kernel_height][kernel_width][in_channels / groups].
  void (*pack_convolution)(const pf_convolution *shape, const float *weights, float *packed);
  /// Number of column chunks by which a call can be split; chunk widths are the kernel's own.
  size_t (*convolution_column_chunks)(const pf_convolution *shape);
  /// Bytes of scratch (64-byte aligned) that one call of `convolve` over at most `rows` rows needs.
  size_t (*convolution_scratch)(const pf_convolution *shape, size_t rows);
  /// Output rows row_begin..<row_end (over all pictures) of column chunks chunk_begin..<chunk_end. Unfinished
  /// sums are kept in `out`, which overlaps neither the input nor the residual. `packed` is best 64-byte aligned.
  void (*convolve)(const pf_convolution *shape, const float *in, const float *packed, pf_epilogue epilogue,
                   float *out, size_t row_begin, size_t row_end, size_t chunk_begin, size_t chunk_end,
                   void *scratch);

  // MARK: convolution by Winograd's method, over consecutive tiles of all pictures

  size_t (*winograd_tiles)(const pf_winograd *shape);          // of a picture
  size_t (*winograd_positions)(const pf_winograd *shape);      // of a tile
  size_t (*winograd_column_chunks)(const pf_winograd *shape);  // of a group
  size_t (*winograd_packed_count)(const pf_winograd *shape);
  /// `weights` as in `pack_convolution`; chunks are counted over all groups.
  void (*pack_winograd)(const pf_winograd *shape, const float *weights, size_t chunk_begin, size_t chunk_end,
                        float *packed);
  /// Bytes of scratch (64-byte aligned) for a call of `winograd_convolve` over `tiles` tiles.
  size_t (*winograd_scratch)(const pf_winograd *shape, size_t tiles);
  /// Groups group_begin..<group_end of tiles tile_begin..<tile_end. As in `convolve`, the bits of the result
  /// depend on neither.
  void (*winograd_convolve)(const pf_winograd *shape, const float *in, const float *packed, pf_epilogue epilogue,
                            float *out, size_t group_begin, size_t group_end, size_t tile_begin, size_t tile_end,
                            void *scratch);

  // The same for one group in three steps that several threads can share, where the filter is too large to be read
  // for every few tiles: all of `rows` first into `transformed`, then into `products`, then into `out`.

  /// `table` has an element a tile, and is used by the result.
  pf_winograd_rows (*winograd_order)(const pf_winograd *shape, size_t tile_begin, size_t tile_end, uint32_t *table);
  /// Floats of `transformed` (64-byte aligned).
  size_t (*winograd_input_count)(const pf_winograd *shape, size_t tiles);
  /// Floats of `products` (64-byte aligned).
  size_t (*winograd_product_count)(const pf_winograd *shape, size_t tiles);
  void (*winograd_input)(const pf_winograd *shape, const pf_winograd_rows *rows, const float *in, size_t group,
                         size_t row_begin, size_t row_end, float *transformed);
  void (*winograd_multiply)(const pf_winograd *shape, const pf_winograd_rows *rows, const float *transformed,
                            const float *packed, size_t group, size_t position_begin, size_t position_end,
                            float *products);
  void (*winograd_output)(const pf_winograd *shape, const pf_winograd_rows *rows, const float *products,
                          pf_epilogue epilogue, size_t group, size_t row_begin, size_t row_end, float *out);

  // MARK: one channel at a time

  /// `weights` is [kernel_height][kernel_width][channels]. Output lines line_begin..<line_end, counted over
  /// all pictures (line / out_height is the picture).
  void (*depthwise)(const pf_window *shape, const float *in, const float *weights, pf_epilogue epilogue,
                    float *out, size_t line_begin, size_t line_end);
  /// Padding never wins a maximum.
  void (*max_pool)(const pf_window *shape, const float *in, float *out, size_t line_begin, size_t line_end);
  /// torch.nn.AdaptiveAvgPool2d: bin i covers floor(i * in / out) ..< ceil((i + 1) * in / out).
  /// Only the sizes, channels and strides of `shape` are read.
  void (*adaptive_average_pool)(const pf_window *shape, const float *in, float *out, size_t line_begin,
                                size_t line_end);

  // MARK: the three convolutions of an inverted residual in one

  /// Bytes of scratch (64-byte aligned) that any call of `inverted_residual` needs.
  size_t (*inverted_residual_scratch)(const pf_inverted_residual *block);
  /// Output lines line_begin..<line_end, counted over all pictures. Every value has the bits that `convolve`,
  /// `depthwise` and `convolve` give one after the other. A call that begins within a picture computes again
  /// what the call before it knew of the lines that both see. Unfinished sums are kept in `out`, which
  /// overlaps neither the input nor the residual.
  ///
  /// `line_sums`, NULL or [line][hidden channels], gets the sum of each output line of the depthwise convolution:
  /// see `average_lines`.
  void (*inverted_residual)(const pf_inverted_residual *block, const float *in, float *out, float *line_sums,
                            size_t line_begin, size_t line_end, void *scratch);
  /// The average over each picture of `lines` lines of `pixels` pixels, from the sums of its lines: the bits
  /// that `adaptive_average_pool` gives with one bin.
  void (*average_lines)(size_t pictures, size_t lines, size_t pixels, size_t channels, const float *line_sums,
                        float *out, size_t out_picture_stride);

  // MARK: a 1 x 1 convolution of a map whose channels are scaled

  /// Bytes of scratch (64-byte aligned) that any call of `convolve_scaled` needs.
  size_t (*scaled_scratch)(const pf_convolution *shape);
  /// Output rows row_begin..<row_end, over all pictures, of a 1 x 1 convolution (stride 1, no padding, one group)
  /// of the input times factors[picture][channel], `factors_stride` floats a picture. Every value has the bits
  /// that `affine` and `convolve` give one after the other. Unfinished sums are kept in `out`.
  void (*convolve_scaled)(const pf_convolution *shape, const float *in, const float *factors,
                          size_t factors_stride, const float *packed, pf_epilogue epilogue, float *out,
                          size_t row_begin, size_t row_end, void *scratch);

  // MARK: elementwise, over `count` pixels of `channels` floats; strides are floats a pixel; in place if wished

  /// out = activation(in * scale[channel] + shift[channel]); scale NULL: 1, shift NULL: 0.
  void (*affine)(size_t count, size_t channels, const float *in, size_t in_stride, const float *scale,
                 const float *shift, pf_activation activation, float *out, size_t out_stride);
  /// out = activation(a + b)
  void (*add)(size_t count, size_t channels, const float *a, size_t a_stride, const float *b, size_t b_stride,
              pf_activation activation, float *out, size_t out_stride);

  // MARK: tokens

  /// Each of `count` rows by itself: (in - mean) / sqrt(variance + epsilon) * weight[channel] + bias[channel], the
  /// mean and the (biased) variance over its channels.
  void (*layer_norm)(size_t count, size_t channels, const float *in, size_t in_stride, const float *weight,
                     const float *bias, float epsilon, float *out, size_t out_stride);
  /// Bytes of scratch (64-byte aligned) that one call of `attention` needs.
  size_t (*attention_scratch)(const pf_attention *shape);
  /// Heads head_begin..<head_end, counted over all pictures (head / heads is the picture). The result,
  /// softmax(queries keys^T / sqrt(head_channels)) values, takes the place of the queries. Its bits do not depend on
  /// how many queries there are.
  void (*attention)(const pf_attention *shape, float *rows, size_t head_begin, size_t head_end, void *scratch);
} pf_network_kernels;

/// The table of an instruction set; NULL where `pf_isa_supported` is false.
const pf_network_kernels *pf_network_kernels_for(pf_isa isa);

#endif
