// CRC-32C in plain C, and the tables by which the hardware loops join their three streams.
//
// The checksum is the remainder of a polynomial division over GF(2), bits reflected (RFC 3720, appendix B.4).
// It is linear, so the checksum of A followed by B is that of A shifted by |B| zero bytes, xor that of B.
#include <pthread.h>
#include "rows_internal.h"

#define POLYNOMIAL 0x82f63b78u

static uint32_t bytewise[8][256];
static pf_crc32c_shift stream_shift;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/// The checksum register after one more bit.
static uint32_t after_bit(uint32_t crc) { return (crc >> 1) ^ (crc & 1 ? POLYNOMIAL : 0); }

static void make_tables(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = after_bit(crc);
    bytewise[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; byte++) {
    for (int k = 1; k < 8; k++) {
      bytewise[k][byte] = (bytewise[k - 1][byte] >> 8) ^ bytewise[0][bytewise[k - 1][byte] & 0xff];
    }
  }
  uint32_t column[32];  // what each single bit becomes; the rest follows by linearity
  for (int bit = 0; bit < 32; bit++) {
    uint32_t crc = 1u << bit;
    for (size_t i = 0; i < PF_CRC32C_STREAM; i++) crc = (crc >> 8) ^ bytewise[0][crc & 0xff];
    column[bit] = crc;
  }
  for (int k = 0; k < 4; k++) {
    for (uint32_t byte = 0; byte < 256; byte++) {
      uint32_t crc = 0;
      for (int bit = 0; bit < 8; bit++) crc ^= (byte >> bit) & 1 ? column[8 * k + bit] : 0;
      stream_shift.table[k][byte] = crc;
    }
  }
}

/// The product of two polynomials modulo that of the checksum; bit 31 is x^0.
static uint32_t product(uint32_t a, uint32_t b) {
  uint32_t sum = 0;
  for (; a != 0; a <<= 1, b = after_bit(b)) sum ^= a >> 31 ? b : 0;
  return sum;
}

uint32_t pf_crc32c_joined(uint32_t a, uint32_t b, size_t b_count) {
  // A is shifted by the bits of B, that is multiplied by x^8 to the power of its bytes, by squaring.
  uint32_t power = UINT32_C(1) << 23, shift = UINT32_C(1) << 31;
  for (; b_count > 0; b_count >>= 1, power = product(power, power)) {
    if (b_count & 1) shift = product(power, shift);
  }
  return product(shift, a) ^ b;
}

const pf_crc32c_shift *pf_crc32c_stream_shift(void) {
  pthread_once(&once, make_tables);
  return &stream_shift;
}

uint32_t pf_crc32c_portable(uint32_t crc, const void *bytes, size_t count) {
  pthread_once(&once, make_tables);
  const uint8_t *next = bytes;
  crc = ~crc;
  for (; count >= 8; count -= 8, next += 8) {  // eight bytes a step, a table each
    uint32_t low = crc ^ ((uint32_t)next[0] | (uint32_t)next[1] << 8 | (uint32_t)next[2] << 16 |
                          (uint32_t)next[3] << 24);
    crc = bytewise[7][low & 0xff] ^ bytewise[6][(low >> 8) & 0xff] ^ bytewise[5][(low >> 16) & 0xff] ^
          bytewise[4][low >> 24] ^ bytewise[3][next[4]] ^ bytewise[2][next[5]] ^ bytewise[1][next[6]] ^
          bytewise[0][next[7]];
  }
  for (; count > 0; count--, next++) crc = (crc >> 8) ^ bytewise[0][(crc ^ *next) & 0xff];
  return ~crc;
}
