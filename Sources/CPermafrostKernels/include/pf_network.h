// Kernels of the forward pass. Activations are NHWC, float32: pixel p of a picture holds `channels` consecutive
// floats, `pixel stride` floats apart, so that a layer can write into its slice of a concatenation.
//
// Contract of every function here: an output value depends on the layer and on its own inputs only; it has the
// same bits whichever rows share the call, however rows are cut into calls, and whichever thread runs it.
#ifndef PF_NETWORK_H
#define PF_NETWORK_H
#include <stddef.h>
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

/// Self-attention over the tokens of each picture. A token's row holds its queries, keys and values, each as
/// [heads][head_channels].
typedef struct pf_attention {
  size_t tokens, heads, head_channels;
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
  /// softmax(queries keys^T / sqrt(head_channels)) values, takes the place of the queries.
  void (*attention)(const pf_attention *shape, float *rows, size_t head_begin, size_t head_end, void *scratch);
} pf_network_kernels;

/// The table of an instruction set; NULL where `pf_isa_supported` is false.
const pf_network_kernels *pf_network_kernels_for(pf_isa isa);

#endif
