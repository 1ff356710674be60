// Expand, depthwise, project: an inverted residual whose hidden activations never leave the second cache.
//
// A band of output lines is worked through one group of hidden channels after the other: the input lines that
// are new are expanded into the group's strip, the depthwise convolution goes over the strip, and the
// projection adds the group's share to its unfinished sums, which it keeps in the output. All sums are the
// chains of the three kernels by themselves.

/// Output lines of one picture, or of several whole ones.
typedef struct band {
  size_t picture, pictures;
  size_t begin, end;                  // lines, in each of them
  size_t expand_begin, expand_end;    // the input lines to expand for them
} band;

/// The input lines that the windows of output lines begin..<end see.
static inline range lines_seen(const pf_window *window, size_t begin, size_t end) {
  const size_t reach = (end - 1) * window->stride_height + (window->kernel_height - 1) * window->dilation_height + 1;
  const size_t first = begin * window->stride_height, pad = window->padding_height;
  return (range){smaller(first > pad ? first - pad : 0, window->in_height),
                 smaller(reach > pad ? reach - pad : 0, window->in_height)};
}

/// Expands lines of each of a band's pictures into the strip, in as few calls as the ring allows.
static void expand_group(const pf_inverted_residual *block, const inverted_cut *cut, const band *lines,
                         hidden_group group, const float *in, float *strip) {
  const pf_convolution *shape = block->expand;
  const pf_epilogue *epilogue = &block->expand_epilogue;
  const size_t strip_line = shape->in_width * cut->pitch;
  for (size_t index = group.panel_begin; index < group.panel_end; index++) {
    const panel p = panel_at(shape, index);
    for (size_t picture = 0; picture < lines->pictures; picture++) {
      for (size_t y = lines->expand_begin; y < lines->expand_end;) {
        const size_t slot = y % cut->ring, count = smaller(lines->expand_end - y, cut->ring - slot);
        const strided_job job = {
            .in = in + (lines->picture + picture) * shape->in_picture_stride +
                  y * shape->in_width * shape->in_pixel_stride,
            .in_stride = shape->in_pixel_stride,
            .tile = {
                .length = shape->in_channels,
                .weights = block->expand_weights + p.weights,
                .out = strip + (picture * cut->ring + slot) * strip_line + p.column - group.begin,
                .out_stride = cut->pitch,
                .columns = p.columns,
                .begins = true,
                .ends = true,
                .bias = epilogue->bias ? epilogue->bias + p.column : NULL,
                .low = activation_low(epilogue->activation),
                .high = activation_high(epilogue->activation),
            },
        };
        compute_rows(job, count * shape->in_width, p.vectors);
        activate(epilogue->activation, count * shape->in_width, p.columns, job.tile.out, job.tile.out_stride);
        y += count;
      }
    }
  }
}

/// The depthwise convolution of a group, from the strip or from the input. Output rows lie `out_stride` apart.
static void filter_group(const pf_inverted_residual *block, const inverted_cut *cut, const band *lines,
                         hidden_group group, const float *in, const float *strip, float *out, size_t out_stride,
                         size_t out_picture_stride) {
  const pf_window *window = block->depthwise;
  const size_t pixel = block->expand ? cut->pitch : window->in_pixel_stride;
  depthwise_channels channels = {
      .count = group.end - group.begin,
      .ring = block->expand ? cut->ring : window->in_height,
      .line_stride = window->in_width * pixel,
      .pixel_stride = pixel,
      .weights = block->depthwise_weights + group.begin,
      .epilogue = block->depthwise_epilogue,
  };
  const pf_epilogue *epilogue = &block->depthwise_epilogue;
  if (epilogue->bias) channels.epilogue.bias = epilogue->bias + group.begin;
  for (size_t picture = 0; picture < lines->pictures; picture++) {
    const size_t row = (lines->picture + picture) * window->out_height * window->out_width;
    if (epilogue->residual) {
      channels.epilogue.residual = epilogue->residual + row * epilogue->residual_stride + group.begin;
    }
    channels.in = block->expand ? strip + picture * cut->ring * channels.line_stride
                                : in + (lines->picture + picture) * window->in_picture_stride + group.begin;
    if (!block->expand && group.begin == 0) {
      // What the next band will see.
      channels.coming = in + (lines->picture + picture) * window->in_picture_stride +
                        lines->expand_end * channels.line_stride;
      channels.coming_count = smaller((lines->end - lines->begin) * window->stride_height,
                                      window->in_height - lines->expand_end) * channels.line_stride;
    }
    compute_depthwise(window, &channels, lines->begin, lines->end, out + picture * out_picture_stride, out_stride);
  }
}

/// Adds a group's share to the projection's sums; after the last group they are done.
static void project_group(const pf_inverted_residual *block, const inverted_cut *cut, hidden_group group,
                          const float *hidden, size_t row, size_t rows, float *out) {
  const pf_convolution *shape = block->project;
  const pf_epilogue *epilogue = &block->project_epilogue;
  const size_t width = group.end - group.begin;
  for (size_t index = 0; index < panel_count(shape); index++) {
    const panel p = panel_at(shape, index);
    strided_job job = {
        .in = hidden,
        .in_stride = cut->pitch,
        .tile = {
            .length = width,
            .weights = block->project_weights + p.weights + group.begin * p.vectors * VEC_WIDTH,
            .out = out + row * shape->out_row_stride + p.column,
            .out_stride = shape->out_row_stride,
            .columns = p.columns,
            .begins = group.begin == 0,
            .ends = group.end == shape->in_channels,
            .bias = epilogue->bias ? epilogue->bias + p.column : NULL,
            .residual_stride = epilogue->residual_stride,
            .low = activation_low(epilogue->activation),
            .high = activation_high(epilogue->activation),
            .fetches = true,
        },
    };
    if (epilogue->residual && job.tile.ends) {
      job.tile.residual = epilogue->residual + row * epilogue->residual_stride + p.column;
    }
    compute_rows(job, rows, p.vectors);
    if (job.tile.ends) activate(epilogue->activation, rows, p.columns, job.tile.out, job.tile.out_stride);
  }
}

/// The sums of each output line of a band, for the average over the picture.
static void sum_lines(const pf_window *window, const band *lines, hidden_group group, const float *rows,
                      size_t stride, size_t picture_stride, float *sums) {
  for (size_t picture = 0; picture < lines->pictures; picture++) {
    for (size_t y = lines->begin; y < lines->end; y++) {
      const size_t line = (lines->picture + picture) * window->out_height + y;
      const pool_window all = {
          .first = rows + picture * picture_stride + (y - lines->begin) * window->out_width * stride,
          .lines = 1,
          .pixels = window->out_width,
          .pixel_stride = stride,
      };
      pool_channels(SUM, all, group.end - group.begin, sums + line * window->channels + group.begin);
    }
  }
}

static void compute_band(const pf_inverted_residual *block, const inverted_cut *cut, const band *lines,
                         const float *in, float *out, float *line_sums, float *scratch) {
  const pf_window *window = block->depthwise;
  const size_t line_rows = window->out_width, rows = lines->pictures * (lines->end - lines->begin) * line_rows;
  float *hidden = scratch + strip_floats(block, cut);
  const size_t row = (lines->picture * window->out_height + lines->begin) * line_rows;
  float *filtered_lines = out + lines->picture * window->out_picture_stride +
                          lines->begin * line_rows * window->out_pixel_stride;
  for (size_t index = 0; index < cut->groups; index++) {
    const hidden_group group = hidden_group_at(block, cut->groups, index);
    float *strip = cut->whole ? scratch : scratch + cut->ring * window->in_width * cut->pitch * index;
    float *filtered = block->project ? hidden : filtered_lines + group.begin;
    const size_t stride = block->project ? cut->pitch : window->out_pixel_stride;
    const size_t picture_stride =
        block->project ? window->out_height * line_rows * cut->pitch : window->out_picture_stride;
    if (block->expand) expand_group(block, cut, lines, group, in, strip);
    filter_group(block, cut, lines, group, in, strip, filtered, stride, picture_stride);
    if (line_sums) sum_lines(window, lines, group, filtered, stride, picture_stride, line_sums);
    if (block->project) project_group(block, cut, group, hidden, row, rows, out);
  }
}

static void inverted_residual(const pf_inverted_residual *block, const float *in, float *out, float *line_sums,
                              size_t line_begin, size_t line_end, void *scratch) {
  const pf_window *window = block->depthwise;
  const inverted_cut cut = cut_inverted(block);
  size_t expanded = 0;  // the input lines of the present picture that the rings hold end here
  for (size_t index = line_begin; index < line_end;) {
    const size_t y = index % window->out_height, left = line_end - index;
    band lines = {.picture = index / window->out_height, .pictures = 1, .begin = y};
    lines.end = smaller(y + smaller(cut.lines, left), window->out_height);
    if (y == 0 && cut.whole) lines.pictures = larger(1, smaller(cut.pictures, left / window->out_height));
    const range seen = lines_seen(window, lines.begin, lines.end);
    if (index == line_begin || y == 0) expanded = 0;
    lines.expand_begin = larger(seen.begin, expanded);
    lines.expand_end = expanded = seen.end;
    compute_band(block, &cut, &lines, in, out, line_sums, scratch);
    index += lines.pictures * (lines.end - lines.begin);
  }
}
