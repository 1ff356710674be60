// How an inverted residual is cut: its hidden channels into groups, and its output lines into bands, so that what
// passes between its three convolutions stays in the second cache.
//
// Small pictures are worked through whole, several at a time where one would not fill the tiles, and the
// groups take turns in one strip of expanded lines. The bands of larger pictures share lines with the next band:
// there every group keeps a strip of its own, a ring of lines.

/// Hidden channels of a group, if its panels allow.
#define GROUP_COLUMNS 96

/// Output rows that a band has if it can: enough for tiles of full height, and for weights to be worth loading.
#define BAND_ROWS 96

typedef struct inverted_cut {
  size_t groups, pitch;    // groups of hidden channels, and floats from one pixel of a group to the next
  size_t pictures, lines;  // output lines of a band: of one picture, or of several whole ones
  size_t ring;             // expanded lines kept of each picture
  bool whole;              // whether a band is whole pictures
} inverted_cut;

/// Hidden channels begin..<end, and the panels of the expansion that compute them.
typedef struct hidden_group {
  size_t begin, end;
  size_t panel_begin, panel_end;
} hidden_group;

/// What the groups are made of: panels of the expansion, or vectors where there is none.
INLINE size_t hidden_units(const pf_inverted_residual *block) {
  return block->expand ? panel_count(block->expand) : ceil_divide(block->depthwise->channels, VEC_WIDTH);
}

static inline hidden_group hidden_group_at(const pf_inverted_residual *block, size_t groups, size_t index) {
  const size_t units = hidden_units(block), channels = block->depthwise->channels;
  const size_t first = even_cut(units, groups, index), last = even_cut(units, groups, index + 1);
  if (!block->expand) {
    return (hidden_group){.begin = first * VEC_WIDTH, .end = smaller(channels, last * VEC_WIDTH)};
  }
  const panel end = panel_at(block->expand, last - 1);
  return (hidden_group){panel_at(block->expand, first).column, end.column + end.columns, first, last};
}

/// An odd number of cache lines: a vector of channels, pixel after pixel, then uses every set of the first cache.
INLINE size_t group_pitch(size_t channels) { return (ceil_divide(channels, CACHE_LINE) | 1) * CACHE_LINE; }

static inline inverted_cut cut_inverted(const pf_inverted_residual *block) {
  const pf_window *window = block->depthwise;
  inverted_cut cut = {.groups = smaller(hidden_units(block), ceil_divide(window->channels, GROUP_COLUMNS))};
  for (size_t index = 0; index < cut.groups; index++) {
    const hidden_group group = hidden_group_at(block, cut.groups, index);
    cut.pitch = larger(cut.pitch, group_pitch(group.end - group.begin));
  }
  const size_t line = window->in_width * cut.pitch * sizeof(float);
  const size_t reach = (window->kernel_height - 1) * window->dilation_height + 1;
  const size_t picture = window->in_height * line;
  cut.pictures = 1;
  cut.whole = picture <= SECOND_CACHE / 8;
  if (cut.whole) {
    const size_t most = SECOND_CACHE / 8 / picture;
    cut.pictures = larger(1, smaller(most, ceil_divide(BAND_ROWS, window->out_height * window->out_width)));
    cut.lines = window->out_height;
    cut.ring = window->in_height;
    return cut;
  }
  const size_t room = SECOND_CACHE * 3 / 8 / (line * (block->expand ? cut.groups : 1));
  const size_t most = room > reach ? 1 + (room - reach) / window->stride_height : 1;
  cut.lines = ceil_divide(window->out_height, ceil_divide(window->out_height, most));
  cut.ring = smaller(window->in_height, (cut.lines - 1) * window->stride_height + reach);
  return cut;
}

// MARK: scratch: the strips, then the depthwise convolution's outputs

INLINE size_t strip_floats(const pf_inverted_residual *block, const inverted_cut *cut) {
  if (!block->expand) return 0;
  return (cut->whole ? cut->pictures : cut->groups) * cut->ring * block->depthwise->in_width * cut->pitch;
}

static size_t inverted_residual_scratch(const pf_inverted_residual *block) {
  const inverted_cut cut = cut_inverted(block);
  const size_t rows = cut.pictures * cut.lines * block->depthwise->out_width;
  const size_t outputs = block->project ? rows * cut.pitch : 0;
  return (strip_floats(block, &cut) + outputs) * sizeof(float);
}
