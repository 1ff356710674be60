// From what libvips decodes to 8-bit RGB, as Pillow's convert("RGB") does it: grey is repeated, 16 bits keep
// their high byte, CMYK is multiplied out, alpha is dropped and not blended, other numbers are clipped to
// 0...255. One deliberate difference: Pillow clips 16-bit grey to 255 as well, which turns it white; here it
// keeps its high byte like 16-bit RGB.
#include <math.h>
#include "vips.h"

static uint8_t clipped(double value) {  // NaN becomes 0
  return value >= 255 ? 255 : value > 0 ? (uint8_t)value : 0;
}

// One function a type of sample: grey where there are one or two bands, else the first three bands.
#define RGB_LINE(name, type, convert)                                                        \
  static void name(const void *line, size_t width, int bands, uint8_t *rgb) {                \
    const type *in = line;                                                                   \
    size_t green = bands < 3 ? 0 : 1, blue = bands < 3 ? 0 : 2;                              \
    for (size_t x = 0; x < width; x++, in += bands, rgb += 3) {                              \
      rgb[0] = convert(in[0]);                                                               \
      rgb[1] = convert(in[green]);                                                           \
      rgb[2] = convert(in[blue]);                                                            \
    }                                                                                        \
  }
#define AS_IS(v) (v)
#define HIGH_BYTE(v) ((uint8_t)((v) >> 8))
RGB_LINE(rgb_of_u8, uint8_t, AS_IS)
RGB_LINE(rgb_of_u16, uint16_t, HIGH_BYTE)
RGB_LINE(rgb_of_i8, int8_t, clipped)
RGB_LINE(rgb_of_i16, int16_t, clipped)
RGB_LINE(rgb_of_u32, uint32_t, clipped)
RGB_LINE(rgb_of_i32, int32_t, clipped)
RGB_LINE(rgb_of_f32, float, clipped)
RGB_LINE(rgb_of_f64, double, clipped)

static uint8_t multiplied(uint8_t ink, uint8_t light) {  // ink * light / 255, rounded
  unsigned product = (unsigned)ink * light + 128;
  return (uint8_t)((product + (product >> 8)) >> 8);
}

void pf_rgb_of_cmyk(const uint8_t *cmyk, uint8_t *rgb) {
  uint8_t light = 255 - cmyk[3];
  for (int c = 0; c < 3; c++) rgb[c] = light - multiplied(cmyk[c], light);
}

static void rgb_of_cmyk8(const void *line, size_t width, int bands, uint8_t *rgb) {
  const uint8_t *in = line;
  for (size_t x = 0; x < width; x++, in += bands, rgb += 3) pf_rgb_of_cmyk(in, rgb);
}

static void rgb_of_cmyk16(const void *line, size_t width, int bands, uint8_t *rgb) {
  const uint16_t *in = line;
  for (size_t x = 0; x < width; x++, in += bands, rgb += 3) {
    uint8_t inks[4];
    for (int c = 0; c < 4; c++) inks[c] = HIGH_BYTE(in[c]);
    pf_rgb_of_cmyk(inks, rgb);
  }
}

static uint8_t srgb_of_linear(double linear) {  // IEC 61966-2-1
  double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
  return clipped(encoded * 255 + 0.5);
}

// CIE 1976 L*a*b* under D50, as in TIFF and ICC, to sRGB through the Bradford-adapted primaries.
static void rgb_of_lab(double lightness, double a, double b, uint8_t *rgb) {
  double fy = (lightness + 16) / 116, f[3] = {fy + a / 500, fy, fy - b / 200};
  static const double white[3] = {0.9642, 1.0, 0.8249};
  static const double rows[3][3] = {{3.1338561, -1.6168667, -0.4906146},
                                    {-0.9787684, 1.9161415, 0.0334540},
                                    {0.0719453, -0.2289914, 1.4052427}};
  double xyz[3];
  for (int c = 0; c < 3; c++) {
    xyz[c] = white[c] * (f[c] > 6.0 / 29 ? f[c] * f[c] * f[c] : (f[c] - 4.0 / 29) * (108.0 / 841));
  }
  for (int c = 0; c < 3; c++) {
    rgb[c] = srgb_of_linear(rows[c][0] * xyz[0] + rows[c][1] * xyz[1] + rows[c][2] * xyz[2]);
  }
}

static void rgb_of_lab_f32(const void *line, size_t width, int bands, uint8_t *rgb) {
  const float *in = line;
  for (size_t x = 0; x < width; x++, in += bands, rgb += 3) rgb_of_lab(in[0], in[1], in[2], rgb);
}

static void rgb_of_lab_i16(const void *line, size_t width, int bands, uint8_t *rgb) {
  const int16_t *in = line;
  for (size_t x = 0; x < width; x++, in += bands, rgb += 3) {
    rgb_of_lab(in[0] * (100.0 / 32767), in[1] / 256.0, in[2] / 256.0, rgb);
  }
}

static void rgb_of_lab_packed(const void *line, size_t width, int bands, uint8_t *rgb) {
  (void)bands;  // four bytes a pixel, whatever the header says
  const uint8_t *in = line;
  for (size_t x = 0; x < width; x++, in += 4, rgb += 3) {
    rgb_of_lab(in[0] * (100.0 / 255), (int8_t)in[1], (int8_t)in[2], rgb);
  }
}

pf_line_converter pf_line_converter_of(const VipsImage *image) {
  if (image->Coding == VIPS_CODING_LABQ) return rgb_of_lab_packed;
  if (image->Coding != VIPS_CODING_NONE || image->Bands < 1) return NULL;
  bool cmyk = image->Type == VIPS_INTERPRETATION_CMYK && image->Bands >= 4;
  bool lab = image->Type == VIPS_INTERPRETATION_LAB && image->Bands >= 3;
  bool labs = image->Type == VIPS_INTERPRETATION_LABS && image->Bands >= 3;
  switch (image->BandFmt) {
  case VIPS_FORMAT_UCHAR: return cmyk ? rgb_of_cmyk8 : rgb_of_u8;
  case VIPS_FORMAT_USHORT: return cmyk ? rgb_of_cmyk16 : rgb_of_u16;
  case VIPS_FORMAT_CHAR: return rgb_of_i8;
  case VIPS_FORMAT_SHORT: return labs ? rgb_of_lab_i16 : rgb_of_i16;
  case VIPS_FORMAT_UINT: return rgb_of_u32;
  case VIPS_FORMAT_INT: return rgb_of_i32;
  case VIPS_FORMAT_FLOAT: return lab ? rgb_of_lab_f32 : rgb_of_f32;
  case VIPS_FORMAT_DOUBLE: return rgb_of_f64;
  default: return NULL;
  }
}
