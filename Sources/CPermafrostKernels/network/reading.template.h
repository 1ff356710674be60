// How a convolution reads its input: without copying it into columns, through a table of pointers.
//
// The products of an output value are summed over the kernel's taps and, at each, over the channels. Memory
// holds that sequence in segments of neighbouring floats, and for every output row the table points at the
// start of each segment. There are three ways of cutting it:
//
// - by tap: a segment is the channels of one input pixel. Padding points at zeros.
// - by line: a segment is a whole line of the kernel, where nothing stands between the pixels and no padding
//   beside the picture; a patch embedding is the usual case.
// - by strip: with a few channels a tap's segment would be too short, so the input lines of a row block are
//   first copied into a strip with the padding filled in; from there they can be read by line.
//
// The order of the sum is the same in all three.

/// Below this many channels copying a strip costs less than short segments do.
#define SHORT_SEGMENT 16

typedef enum reading_kind { BY_TAP, BY_LINE, BY_STRIP } reading_kind;

typedef struct reading {
  reading_kind kind;
  size_t lines, pixels;  // segments of a window, down and across
  size_t length;         // floats in a segment
  size_t group_step;     // floats from a group's segments to the next group's
  size_t zeros;          // length of the zeros that stand for padding
  size_t strip_width;    // pixels in a line of the strip
} reading;

INLINE size_t segments_of(const reading *read) { return read->lines * read->pixels; }

static inline reading reading_of(const pf_convolution *shape) {
  const size_t channels = shape->in_channels / shape->groups, length = shape->kernel_width * channels;
  const bool neighbours = shape->kernel_width > 1 && shape->dilation_width == 1;
  reading read = {.lines = shape->kernel_height, .pixels = 1, .length = length};
  if (neighbours && shape->padding_width == 0 && shape->groups == 1 && shape->in_pixel_stride == channels) {
    read.kind = BY_LINE;
    read.zeros = length;
  } else if (neighbours && channels < SHORT_SEGMENT) {
    read.kind = BY_STRIP;
    read.strip_width = (shape->out_width - 1) * shape->stride_width + shape->kernel_width;
    read.group_step = read.strip_width * channels;
  } else {
    read.kind = BY_TAP;
    read.pixels = shape->kernel_width;
    read.length = read.group_step = channels;
    read.zeros = shape->in_channels;
  }
  return read;
}

/// Where the segments lie: the input, or the strip in its stead.
typedef struct source {
  const float *first;
  size_t height, width;
  size_t pixel_stride, line_stride, picture_stride;
  ptrdiff_t top, left;   // what precedes the source's first line and pixel, in the padded picture
  const float *zeros;
} source;

/// An output row as a place.
typedef struct place {
  size_t picture, y, x;
} place;

INLINE place place_of(const pf_convolution *shape, size_t row) {
  const size_t line = row / shape->out_width;
  return (place){line / shape->out_height, line % shape->out_height, row % shape->out_width};
}

/// The first tap of an output row's window, which may lie in the padding: its line and pixel in the source,
/// and their distance from the source's first float.
typedef struct corner {
  ptrdiff_t y, x, distance;
} corner;

INLINE corner corner_at(const pf_convolution *shape, const source *from, place at) {
  const ptrdiff_t y = (ptrdiff_t)(at.y * shape->stride_height) - from->top;
  const ptrdiff_t x = (ptrdiff_t)(at.x * shape->stride_width) - from->left;
  return (corner){y, x, (ptrdiff_t)(at.picture * from->picture_stride) + y * (ptrdiff_t)from->line_stride +
                            x * (ptrdiff_t)from->pixel_stride};
}

INLINE void step_forward(const pf_convolution *shape, const source *from, place *at, corner *window) {
  if (++at->x < shape->out_width) {
    window->x += (ptrdiff_t)shape->stride_width;
    window->distance += (ptrdiff_t)(shape->stride_width * from->pixel_stride);
    return;
  }
  at->x = 0;
  if (++at->y == shape->out_height) {
    at->y = 0;
    at->picture++;
  }
  *window = corner_at(shape, from, *at);
}

/// Writes the pointers of one tile of `rows` rows from `at` on, TILE_ROWS for each segment, and moves `at`
/// past them. What a tile has not in rows it gets in zeros: a fixed count lets the compiler use vectors.
static inline void point_at_tile(const pf_convolution *shape, const reading *read, const source *from, place *at,
                                 size_t rows, const float **pointers) {
  ptrdiff_t y[TILE_ROWS], x[TILE_ROWS], distance[TILE_ROWS];
  corner window = corner_at(shape, from, *at);
  for (size_t r = 0; r < TILE_ROWS; r++) {
    y[r] = r < rows ? window.y : PTRDIFF_MIN;
    x[r] = window.x;
    distance[r] = window.distance;
    if (r < rows) step_forward(shape, from, at, &window);
  }
  const uintptr_t first = (uintptr_t)from->first, zeros = (uintptr_t)from->zeros;
  const size_t height = from->height, width = from->width;
  for (size_t i = 0; i < read->lines; i++) {
    for (size_t j = 0; j < read->pixels; j++) {
      const ptrdiff_t down = (ptrdiff_t)(i * shape->dilation_height);
      const ptrdiff_t across = (ptrdiff_t)(j * shape->dilation_width);
      const ptrdiff_t step = down * (ptrdiff_t)from->line_stride + across * (ptrdiff_t)from->pixel_stride;
      for (size_t r = 0; r < TILE_ROWS; r++) {
        const int there = inside(y[r] + down, height) & inside(x[r] + across, width);
        const uintptr_t pixel = first + (uintptr_t)(distance[r] + step) * sizeof(float);
        pointers[r] = (const float *)(there ? pixel : zeros);
      }
      pointers += TILE_ROWS;
    }
  }
}
