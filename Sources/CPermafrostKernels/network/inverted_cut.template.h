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
  size_t groups, width;    // groups of hidden channels, and the most channels that one has
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

static inline inverted_cut cut_inverted(const pf_inverted_residual *block) {
  const pf_window *window = block->depthwise;
  inverted_cut cut = {.groups = smaller(hidden_units(block), ceil_divide(window->channels, GROUP_COLUMNS))};
  for (size_t index = 0; index < cut.groups; index++) {
    const hidden_group group = hidden_group_at(block, cut.groups, index);
    cut.width = larger(cut.width, group.end - group.begin);
  }
  const size_t line = window->in_width * sizeof(float), window_lines = (window->kernel_height - 1) * window->dilation_height + 1;
  const size_t picture = window->in_height * line * cut.width;
  cut.pictures = 1;
  cut.whole = picture <= SECOND_CACHE / 8;
  if (cut.whole) {
    const size_t most = SECOND_CACHE / 8 / picture;
    cut.pictures = larger(1, smaller(most, ceil_divide(BAND_ROWS, window->out_height * window->out_width)));
    cut.lines = window->out_height;
    cut.ring = window->in_height;
    return cut;
  }
  const size_t room = SECOND_CACHE * 3 / 8 / (line * (block->expand ? window->channels : cut.width));
  const size_t most = room > window_lines ? 1 + (room - window_lines) / window->stride_height : 1;
  cut.lines = ceil_divide(window->out_height, ceil_divide(window->out_height, most));
  cut.ring = smaller(window->in_height, (cut.lines - 1) * window->stride_height + window_lines);
  return cut;
}

// MARK: scratch: the strips, then the depthwise convolution's outputs

INLINE size_t strip_floats(const pf_inverted_residual *block, const inverted_cut *cut) {
  if (!block->expand) return 0;
  const size_t channels = cut->whole ? cut->width * cut->pictures : block->depthwise->channels;
  return round_up(cut->ring * block->depthwise->in_width * channels, CACHE_LINE);
}

static size_t inverted_residual_scratch(const pf_inverted_residual *block) {
  const inverted_cut cut = cut_inverted(block);
  const size_t rows = cut.pictures * cut.lines * block->depthwise->out_width;
  const size_t outputs = block->project ? round_up(rows * cut.width, CACHE_LINE) : 0;
  return (strip_floats(block, &cut) + outputs) * sizeof(float);
}
