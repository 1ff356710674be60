// Narrow rows to float32 and back, and the checksum: bits everywhere.
#include <math.h>
#include <string.h>

#include "check.h"
#include "suites.h"

static const pf_row_kernels *portable(void) { return pf_row_kernels_for(PF_ISA_PORTABLE); }

static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// MARK: widening

/// IEEE 754-2008, 3.4: sign, 5 bits of exponent biased by 15, 10 bits of fraction. A NaN becomes quiet.
static float widened_f16(uint16_t code) {
  const uint32_t sign = (uint32_t)(code & 0x8000) << 16;
  const int exponent = code >> 10 & 31, fraction = code & 1023;
  if (exponent == 31) return float_of(sign | 0x7f800000 | (fraction ? 0x400000 | (uint32_t)fraction << 13 : 0));
  const float magnitude =
      exponent == 0 ? ldexpf((float)fraction, -24) : ldexpf((float)(1024 + fraction), exponent - 25);
  return sign ? -magnitude : magnitude;
}

static float widened_bf16(uint16_t code) { return float_of((uint32_t)code << 16); }

typedef void widen_kernel(const uint16_t *in, float *out, size_t count);

/// Every code at every place of a vector, and counts that no vector divides.
static void check_widen(widen_kernel *kernel, widen_kernel *theirs, float (*definition)(uint16_t code)) {
  enum { codes = 65536 };
  for (size_t shift = 0; shift < 17; shift++) {
    begin_case("all codes from %zu on", shift);
    uint16_t *in = memory((codes - shift) * 2);
    float *out = blank_floats(codes - shift), *expected = blank_floats(codes - shift);
    float *others = blank_floats(codes - shift);
    for (size_t i = 0; i < codes - shift; i++) in[i] = (uint16_t)(i + shift);
    for (size_t i = 0; i < codes - shift; i++) expected[i] = definition(in[i]);
    kernel(in, out, codes - shift);
    expect_same_bits("definition", out, expected, codes - shift);
    theirs(in, others, codes - shift);
    expect_same_bits("portable", out, others, codes - shift);
  }
  for (size_t count = 0; count <= 70; count++) {
    begin_case("%zu codes", count);
    uint16_t *in = memory(count * 2);
    float *out = blank_floats(count + 1), *expected = blank_floats(count + 1);
    for (size_t i = 0; i < count; i++) in[i] = (uint16_t)random_bits();
    for (size_t i = 0; i < count; i++) expected[i] = definition(in[i]);
    kernel(in, out, count);
    expect_same_bits("definition", out, expected, count + 1);
  }
}

static void check_widen_i8(const pf_row_kernels *kernels) {
  for (size_t count = 0; count <= 256; count += count < 70 ? 1 : 31) {
    const float scale = count % 3 == 0 ? 0.3712f : count % 3 == 1 ? 0x1p-149f : random_unit();
    begin_case("%zu integers, scale %a", count, (double)scale);
    int8_t *in = memory(count);
    float *out = blank_floats(count + 1), *expected = blank_floats(count + 1), *others = blank_floats(count + 1);
    for (size_t i = 0; i < count; i++) in[i] = (int8_t)(uint8_t)(i * 37 + count);
    for (size_t i = 0; i < count; i++) expected[i] = (float)in[i] * scale;
    kernels->widen_i8(in, scale, out, count);
    expect_same_bits("definition", out, expected, count + 1);
    portable()->widen_i8(in, scale, others, count);
    expect_same_bits("portable", out, others, count + 1);
  }
}

// MARK: narrowing

typedef void narrow_kernel(const float *in, uint16_t *out, size_t count);

static void expect_codes(const char *what, const float *in, const uint16_t *got, const uint16_t *expected,
                         size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (got[i] != expected[i]) {
      fail("%s: %a, number %zu of %zu, becomes 0x%04x, not 0x%04x", what, (double)in[i], i, count, got[i], expected[i]);
    }
  }
}

/// Codes, the midpoints between neighbours, and the numbers just beside those, where rounding is decided.
static void check_rounding(narrow_kernel *kernel, float (*widened)(uint16_t code), uint16_t infinity) {
  begin_case("codes, midpoints and their neighbours");
  const size_t most = 8 * (size_t)infinity;
  float *in = blank_floats(most);
  uint16_t *expected = memory(most * 2), *out = memory(most * 2);
  size_t count = 0;
  for (uint16_t code = 0; code < infinity; code++) {
    const uint16_t next = code + 1 < infinity ? code + 1 : code, even = code % 2 == 0 ? code : next;
    const float low = widened(code), high = widened(next), middle = low + (high - low) / 2;
    const bool between = low < middle && middle < high;
    const float values[] = {low, nextafterf(middle, low), middle, nextafterf(middle, high)};
    const uint16_t codes[] = {code, code, even, next};
    for (size_t i = 0; i < (between ? 4 : 1); i++, count += 2) {
      in[count] = values[i];
      expected[count] = codes[i];
      in[count + 1] = -values[i];
      expected[count + 1] = codes[i] | 0x8000;
    }
  }
  kernel(in, out, count);
  expect_codes("rounding", in, out, expected, count);
}

/// Any bits at all, NaN among them, and counts that no vector divides.
static void check_narrow(narrow_kernel *kernel, narrow_kernel *theirs) {
  for (size_t count = 0; count <= 200000; count = count < 70 ? count + 1 : count * 3) {
    begin_case("%zu floats", count);
    float *in = blank_floats(count);
    uint16_t *out = memory(count * 2 + 2), *expected = memory(count * 2 + 2);
    for (size_t i = 0; i < count; i++) {
      uint32_t bits = (uint32_t)random_bits();
      if (i % 3 == 0) bits = (bits & 0x8fffffff) | 0x30000000;  // near where float16 has its numbers
      if (i % 11 == 0) bits |= 0x7f800000;
      in[i] = float_of(bits);
    }
    kernel(in, out, count);
    theirs(in, expected, count);
    expect_codes("portable", in, out, expected, count);
    expect_same_number("what follows the output", out[count], 0xffff);
  }
}

// MARK: largest magnitude

static void check_largest(const pf_row_kernels *kernels) {
  for (size_t count = 0; count < 5000; count = count < 70 ? count + 1 : count * 3) {
    begin_case("%zu floats", count);
    float *in = blank_floats(count);
    uint32_t expected = 0;
    const uint32_t mask = (uint32_t)random_bits();
    for (size_t i = 0; i < count; i++) {
      const uint32_t bits = (uint32_t)random_bits() & mask, magnitude = bits & 0x7fffffff;
      in[i] = float_of(bits);
      expected = magnitude > expected ? magnitude : expected;
    }
    expect_same_number("bits", kernels->largest_magnitude(in, count), expected);
  }
}

// MARK: checksum

/// Bit by bit: RFC 3720, appendix B.4.
static uint32_t checksum(const uint8_t *bytes, size_t count) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < count; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc;
}

static void check_checksum(const pf_row_kernels *kernels) {
  begin_case("the catalogue's check value");
  expect_same_number("checksum", kernels->crc32c(0, "123456789", 9), 0xe3069283);
  for (size_t count = 0; count < 100000; count = count < 70 ? count + 1 : count * 2 + 1) {
    begin_case("%zu bytes", count);
    uint8_t *bytes = memory(count);
    for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)(random_bits() >> 56);
    const uint32_t expected = checksum(bytes, count);
    expect_same_number("checksum", kernels->crc32c(0, bytes, count), expected);
    const size_t cut = pick(0, count);
    const uint32_t first = kernels->crc32c(0, bytes, cut);
    expect_same_number("checksum of two parts", kernels->crc32c(first, bytes + cut, count - cut), expected);
    const uint32_t second = kernels->crc32c(0, bytes + cut, count - cut);
    expect_same_number("checksums joined", pf_crc32c_joined(first, second, count - cut), expected);
  }
}

void check_rows(const pf_row_kernels *kernels) {
  begin_kernel("widen f16");
  check_widen(kernels->widen_f16, portable()->widen_f16, widened_f16);
  begin_kernel("widen bf16");
  check_widen(kernels->widen_bf16, portable()->widen_bf16, widened_bf16);
  begin_kernel("widen i8");
  check_widen_i8(kernels);
  begin_kernel("narrow f16");
  check_rounding(kernels->narrow_f16, widened_f16, 0x7c00);
  check_narrow(kernels->narrow_f16, portable()->narrow_f16);
  begin_kernel("narrow bf16");
  check_rounding(kernels->narrow_bf16, widened_bf16, 0x7f80);
  check_narrow(kernels->narrow_bf16, portable()->narrow_bf16);
  begin_kernel("largest magnitude");
  check_largest(kernels);
  begin_kernel("crc32c");
  check_checksum(kernels);
}
