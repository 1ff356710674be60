#include "pictures.h"

#include <math.h>
#include <string.h>

layout random_layout(size_t pictures, size_t pixels, size_t channels) {
  layout at = {pictures, pixels, channels, channels + (one_in(2) ? pick(1, 9) : 0), 0};
  at.picture_stride = pixels * at.pixel_stride + (one_in(2) ? pick(1, 9) : 0);
  return at;
}

float *blank_pictures(layout at) { return blank_floats(extent(at)); }

float *random_pictures(layout at) {
  float *pictures = blank_pictures(at);
  for (size_t row = 0; row < rows_of(at); row++) {
    float *pixel = pictures + place_of_row(at, row);
    for (size_t c = 0; c < at.channels; c++) pixel[c] = random_unit();
  }
  return pictures;
}

void expect_gaps(layout at, const float *pictures) {
  uint32_t blank;
  memset(&blank, 0xff, sizeof blank);
  for (size_t row = 0; row + 1 < rows_of(at); row++) {
    for (size_t i = place_of_row(at, row) + at.channels; i < place_of_row(at, row + 1); i++) {
      if (memcmp(pictures + i, &blank, sizeof blank) != 0) {
        fail("a gap was written: float %zu is %a", i, (double)pictures[i]);
      }
    }
  }
}

// MARK: epilogues

pf_activation random_activation(void) { return (pf_activation)pick(PF_ACTIVATION_NONE, PF_ACTIVATION_HARD_SIGMOID); }

pf_epilogue random_epilogue(size_t rows, size_t channels, pf_activation activation) {
  pf_epilogue epilogue = {.activation = activation};
  if (one_in(2)) epilogue.bias = random_floats(channels);
  if (one_in(2)) {
    const size_t stride = channels + pick(0, 3);
    epilogue.residual = random_pictures((layout){1, rows, channels, stride, rows * stride});
    epilogue.residual_stride = stride;
  }
  return epilogue;
}

float *finished(const pf_network_kernels *kernels, pf_epilogue epilogue, layout at, const float *sums) {
  float *out = blank_pictures(at);
  for (size_t row = 0; row < rows_of(at); row++) {
    const size_t place = place_of_row(at, row);
    for (size_t c = 0; c < at.channels; c++) {
      float x = sums[place + c];
      if (epilogue.bias) x += epilogue.bias[c];
      if (epilogue.residual) x += epilogue.residual[row * epilogue.residual_stride + c];
      out[place + c] = x;
    }
    kernels->affine(1, at.channels, out + place, at.channels, NULL, NULL, epilogue.activation, out + place,
                    at.channels);
  }
  return out;
}

// MARK: convolutions by their definition

size_t places(size_t size, size_t kernel, size_t stride, size_t padding, size_t dilation) {
  const size_t reach = (kernel - 1) * dilation + 1;
  return size + 2 * padding < reach ? 0 : (size + 2 * padding - reach) / stride + 1;
}

typedef struct sum {
  double value, magnitude;
} sum;

static sum sum_at(const pf_convolution *s, const float *in, layout in_at, const float *weights, size_t row,
                  size_t output) {
  const size_t channels = s->in_channels / s->groups, first = output / (s->out_channels / s->groups) * channels;
  const size_t picture = row / (s->out_height * s->out_width);
  const size_t line = row / s->out_width % s->out_height, column = row % s->out_width;
  sum result = {0, 0};
  for (size_t i = 0; i < s->kernel_height; i++) {
    for (size_t j = 0; j < s->kernel_width; j++) {
      // Beyond either end of the picture, since a place before it wraps around.
      const size_t y = line * s->stride_height + i * s->dilation_height - s->padding_height;
      const size_t x = column * s->stride_width + j * s->dilation_width - s->padding_width;
      if (y >= s->in_height || x >= s->in_width) continue;
      const float *pixel = in + place_of_row(in_at, picture * in_at.pixels + y * s->in_width + x) + first;
      const float *tap = weights + ((output * s->kernel_height + i) * s->kernel_width + j) * channels;
      for (size_t c = 0; c < channels; c++) {
        const double product = (double)pixel[c] * (double)tap[c];
        result.value += product;
        result.magnitude += fabs(product);
      }
    }
  }
  return result;
}

void expect_sums(const pf_convolution *shape, layout in_at, const float *in, const float *weights, layout out_at,
                 const float *out, double allowed) {
  const size_t channels = shape->in_channels / shape->groups;
  const size_t products = shape->kernel_height * shape->kernel_width * channels;
  const size_t values = rows_of(out_at) * shape->out_channels, work = values * products;
  // All of them in most cases. Of large ones some, whose places have no period.
  const size_t stride = 1 + work / 300000;
  for (size_t i = pick(0, stride - 1); i < values; i += pick(1, 2 * stride - 1)) {
    const size_t row = i / shape->out_channels, output = i % shape->out_channels;
    const sum exact = sum_at(shape, in, in_at, weights, row, output);
    const size_t place = place_of_row(out_at, row) + output;
    const double roundings = fmin((double)products + 1, 8) * 0x1p-24 * exact.magnitude;
    expect_near("sum", place, (double)out[place], exact.value, allowed == ROUNDING ? roundings : allowed);
  }
}
