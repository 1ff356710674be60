// Layer norm and attention, against float64.
#include <math.h>

#include "pictures.h"
#include "suites.h"

// MARK: layer norm

static void check_layer_norm(const pf_network_kernels *kernels, size_t channels, float middle) {
  const layout in_at = random_layout(1, pick(1, 5), channels), out_at = random_layout(1, in_at.pixels, channels);
  const float epsilon = 1e-5f;
  begin_case("%zu rows of %zu channels about %g, strides %zu %zu", in_at.pixels, channels, (double)middle,
             in_at.pixel_stride, out_at.pixel_stride);
  float *in = random_pictures(in_at);
  for (size_t i = 0; i < extent(in_at); i++) in[i] += middle;
  const float *weight = random_floats(channels), *bias = random_floats(channels);
  float *out = blank_pictures(out_at);
  kernels->layer_norm(in_at.pixels, channels, in, in_at.pixel_stride, weight, bias, epsilon, out,
                      out_at.pixel_stride);
  expect_gaps(out_at, out);
  for (size_t row = 0; row < in_at.pixels; row++) {
    const float *x = in + row * in_at.pixel_stride;
    double mean = 0, variance = 0;
    for (size_t c = 0; c < channels; c++) mean += (double)x[c] / (double)channels;
    for (size_t c = 0; c < channels; c++) variance += pow((double)x[c] - mean, 2) / (double)channels;
    const double factor = 1 / sqrt(variance + (double)epsilon);
    // The mean is off by some roundings of the largest value, which weighs the more the closer the values lie.
    const double lost = 0x1p-22 * (1 + fabs((double)middle)) * factor;
    for (size_t c = 0; c < channels; c++) {
      const double scaled = ((double)x[c] - mean) * factor * (double)weight[c];
      const size_t place = row * out_at.pixel_stride + c;
      expect_near("normalised", place, (double)out[place], scaled + (double)bias[c],
                  0x1p-21 * (fabs(scaled) + fabs((double)bias[c])) + lost * fabs((double)weight[c]));
    }
    float *alone = blank_floats(channels);
    kernels->layer_norm(1, channels, x, channels, weight, bias, epsilon, alone, channels);
    expect_same_bits("alone", alone, out + row * out_at.pixel_stride, channels);
  }
}

// MARK: attention

static float *attended(const pf_network_kernels *kernels, const pf_attention *shape, size_t pictures,
                       const float *rows, size_t count, bool cuts) {
  float *out = copy_of(rows, count);
  const size_t heads = pictures * shape->heads;
  for (size_t head = 0, end; head < heads; head = end) {
    end = cuts ? next_cut(head, heads) : heads;
    kernels->attention(shape, out, head, end, scratch(kernels->attention_scratch(shape)));
  }
  return out;
}

/// One query of one head against all keys and values of its picture.
static void check_query(const pf_attention *shape, const float *rows, const float *out, size_t picture, size_t head,
                        size_t query) {
  const size_t width = shape->heads * shape->head_channels, channels = shape->head_channels;
  const float *first = rows + picture * shape->tokens * shape->row_stride + head * channels;
  const float *q = first + query * shape->row_stride;
  double *shares = memory(shape->tokens * sizeof(double)), greatest = -INFINITY, sum = 0;
  for (size_t token = 0; token < shape->tokens; token++) {
    const float *k = first + token * shape->row_stride + width;
    shares[token] = 0;
    for (size_t c = 0; c < channels; c++) shares[token] += (double)q[c] * (double)k[c] / sqrt((double)channels);
    greatest = fmax(greatest, shares[token]);
  }
  for (size_t token = 0; token < shape->tokens; token++) sum += shares[token] = exp(shares[token] - greatest);
  for (size_t c = 0; c < channels; c++) {
    double expected = 0;
    for (size_t token = 0; token < shape->tokens; token++) {
      expected += shares[token] / sum * (double)first[token * shape->row_stride + 2 * width + c];
    }
    const size_t place = (size_t)(q - rows) + c;
    expect_near("attention", place, (double)out[place], expected, 1e-5);
  }
}

static void check_attention(const pf_network_kernels *kernels, size_t tokens, size_t heads, size_t channels) {
  const size_t width = heads * channels, pictures = pick(1, 2), stride = 3 * width + (one_in(2) ? pick(1, 9) : 0);
  const pf_attention shape = {tokens, heads, channels, tokens, stride};
  const layout at = {pictures, tokens, 3 * width, stride, tokens * stride};
  begin_case("%zu pictures of %zu tokens, %zu heads of %zu channels, stride %zu", pictures, tokens, heads, channels,
             stride);
  float *rows = random_pictures(at);
  for (size_t i = 0; i < extent(at); i++) rows[i] *= 3;
  const float *out = attended(kernels, &shape, pictures, rows, extent(at), false);
  const size_t step = 1 + tokens / 9;
  for (size_t head = 0; head < pictures * heads; head++) {
    for (size_t query = head % step; query < tokens; query += step) {
      check_query(&shape, rows, out, head / heads, head % heads, query);
    }
  }
  for (size_t row = 0; row < rows_of(at); row++) {
    const size_t behind = place_of_row(at, row) + width, end = place_of_row(at, row) + 3 * width;
    expect_same_bits("keys and values", out + behind, rows + behind, end - behind);
  }
  expect_gaps(at, out);
  expect_same_bits("in pieces", attended(kernels, &shape, pictures, rows, extent(at), true), out, extent(at));
  pf_attention fewer = shape;
  fewer.queries = pick(1, tokens);
  const float *some = attended(kernels, &fewer, pictures, rows, extent(at), false);
  for (size_t row = 0; row < rows_of(at); row++) {
    const float *expected = row % tokens < fewer.queries ? out : rows;
    expect_same_bits("fewer queries", some + place_of_row(at, row), expected + place_of_row(at, row), width);
  }
}

void check_tokens(const pf_network_kernels *kernels) {
  begin_kernel("layer norm");
  for (size_t channels = 1; channels <= 70; channels++) {
    check_layer_norm(kernels, channels, 0);
    check_layer_norm(kernels, channels, 100);
  }
  check_layer_norm(kernels, 768, 3);
  begin_kernel("attention");
  for (size_t tokens = 1; tokens <= 20; tokens++) check_attention(kernels, tokens, pick(1, 3), pick(1, 40));
  check_attention(kernels, 50, 2, 64);
  check_attention(kernels, 197, 1, 64);
  check_attention(kernels, 600, 1, 20);
}
