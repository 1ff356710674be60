// Copies of a few input lines with their padding filled in, for convolutions that read BY_STRIP.
// A line of the strip holds one group after another, and in each the pixels without gaps.

/// Lines of the strip for `lines` output lines.
INLINE size_t strip_lines(const pf_convolution *shape, size_t lines) {
  return (lines - 1) * shape->stride_height + (shape->kernel_height - 1) * shape->dilation_height + 1;
}

/// Floats of a line of the strip.
INLINE size_t strip_stride(const pf_convolution *shape, const reading *read) {
  return read->strip_width * shape->in_channels;
}

static void fill_strip_line(const pf_convolution *shape, const float *line, size_t width, float *strip) {
  const size_t channels = shape->in_channels / shape->groups;
  const size_t left = smaller(shape->padding_width, width);
  const size_t copied = smaller(shape->in_width, width - left);
  for (size_t group = 0; group < shape->groups; group++) {
    memset(strip, 0, left * channels * sizeof(float));
    strip += left * channels;
    if (shape->in_pixel_stride == channels) {
      memcpy(strip, line, copied * channels * sizeof(float));
    } else {
      const float *pixel = line + group * channels;
      for (size_t x = 0; x < copied; x++, pixel += shape->in_pixel_stride) {
        for (size_t c = 0; c < channels; c++) strip[x * channels + c] = pixel[c];
      }
    }
    strip += copied * channels;
    memset(strip, 0, (width - left - copied) * channels * sizeof(float));
    strip += (width - left - copied) * channels;
  }
}

/// Copies what `lines` output lines from `first` on need; the strip as a source.
static source fill_strip(const pf_convolution *shape, const reading *read, const float *in, place first,
                         size_t lines, float *strip) {
  const float *picture = in + first.picture * shape->in_picture_stride;
  const ptrdiff_t begin = (ptrdiff_t)(first.y * shape->stride_height) - (ptrdiff_t)shape->padding_height;
  const size_t stride = strip_stride(shape, read), count = strip_lines(shape, lines);
  for (size_t i = 0; i < count; i++) {
    const ptrdiff_t y = begin + (ptrdiff_t)i;
    if (inside(y, shape->in_height)) {
      const float *line = picture + (size_t)y * shape->in_width * shape->in_pixel_stride;
      fill_strip_line(shape, line, read->strip_width, strip + i * stride);
    } else {
      memset(strip + i * stride, 0, stride * sizeof(float));
    }
  }
  return (source){
      .first = strip,
      .height = count,
      .width = read->strip_width,
      .pixel_stride = shape->in_channels / shape->groups,
      .line_stride = stride,
      .top = (ptrdiff_t)(first.y * shape->stride_height),
  };
}
