// How the output channels are cut into panels, and the weights packed for them.
//
// A panel is one to TILE_VECTORS vectors of neighbouring channels of one group: the width of a tile. The
// vectors of a group are dealt out evenly, since a narrow tile is slower than a wide one: four vectors become
// 2 + 2 and not 3 + 1. Packed, a panel holds its weights in the order in which a tile reads them, with zeros
// beyond the group's last channel. Panels are also the column chunks that a caller can share out.

typedef struct panel {
  size_t group;
  size_t column, columns;  // of the group's channels
  size_t vectors;
  size_t weights;          // where its weights begin, in the packed floats
} panel;

/// The weights that one output channel has.
INLINE size_t depth_of(const pf_convolution *shape) {
  return shape->kernel_height * shape->kernel_width * (shape->in_channels / shape->groups);
}

INLINE size_t vectors_a_group(const pf_convolution *shape) {
  return ceil_divide(shape->out_channels / shape->groups, VEC_WIDTH);
}

INLINE size_t panels_a_group(const pf_convolution *shape) {
  return ceil_divide(vectors_a_group(shape), TILE_VECTORS);
}

static inline size_t panel_count(const pf_convolution *shape) { return shape->groups * panels_a_group(shape); }

static inline panel panel_at(const pf_convolution *shape, size_t index) {
  const size_t vectors = vectors_a_group(shape), panels = panels_a_group(shape);
  const size_t channels = shape->out_channels / shape->groups;
  const size_t group = index / panels, place = index % panels;
  const size_t begin = even_cut(vectors, panels, place), end = even_cut(vectors, panels, place + 1);
  return (panel){
      .group = group,
      .column = begin * VEC_WIDTH,
      .columns = smaller(channels, end * VEC_WIDTH) - begin * VEC_WIDTH,
      .vectors = end - begin,
      .weights = (group * vectors + begin) * VEC_WIDTH * depth_of(shape),
  };
}

static size_t packed_convolution_count(const pf_convolution *shape) {
  return shape->groups * vectors_a_group(shape) * VEC_WIDTH * depth_of(shape);
}

/// Transposes a cache line's worth of each channel at a time: whole columns would lie a power of two apart as
/// often as not, and evict one another.
static void pack_panel(const float *weights, size_t depth, panel p, float *packed) {
  const size_t width = p.vectors * VEC_WIDTH, step = 16;
  for (size_t begin = 0; begin < depth; begin += step) {
    const size_t end = smaller(begin + step, depth);
    for (size_t column = 0; column < width; column++) {
      for (size_t k = begin; k < end; k++) {
        packed[k * width + column] = column < p.columns ? weights[column * depth + k] : 0;
      }
    }
  }
}

static void pack_convolution(const pf_convolution *shape, const float *weights, float *packed) {
  const size_t depth = depth_of(shape), channels = shape->out_channels / shape->groups;
  for (size_t index = 0; index < panel_count(shape); index++) {
    const panel p = panel_at(shape, index);
    pack_panel(weights + (p.group * channels + p.column) * depth, depth, p, packed + p.weights);
  }
}
