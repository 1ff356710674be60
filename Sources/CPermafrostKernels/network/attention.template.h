// Scaled dot-product attention, a head at a time: softmax(Q K^T / sqrt(channels)) V.
//
// Both products go through the tiles of the convolutions, with the keys and the values packed like weights. A
// block of queries is taken from its scores to its result at once, so that scores never leave the second cache.

#define ATTENTION_ROWS 64
/// Floats of a block's scores.
#define ATTENTION_SCORES 32768

typedef struct attention_block {
  size_t rows;          // queries at once
  size_t keys, values;  // floats of the packed keys and values
  size_t stride;        // floats from one row of scores to the next, a whole number of vectors
} attention_block;

static inline attention_block attention_block_of(const pf_attention *shape) {
  attention_block block = {.stride = round_up(shape->tokens, CACHE_LINE)};
  block.rows = smaller(ATTENTION_ROWS, larger(TILE_ROWS, ATTENTION_SCORES / block.stride));
  block.keys = round_up(shape->tokens, VEC_WIDTH) * shape->head_channels;
  block.values = round_up(shape->head_channels, VEC_WIDTH) * shape->tokens;
  return block;
}

static size_t attention_scratch(const pf_attention *shape) {
  const attention_block block = attention_block_of(shape);
  const size_t packed = round_up(block.keys, CACHE_LINE) + round_up(block.values, CACHE_LINE);
  return (packed + block.rows * block.stride) * sizeof(float);
}

/// Vectors begin..<end of a packed matrix, the width of a tile.
INLINE range attention_panel(size_t vectors, size_t index) {
  const size_t panels = ceil_divide(vectors, TILE_VECTORS);
  return (range){even_cut(vectors, panels, index), even_cut(vectors, panels, index + 1)};
}

/// Keys become columns: [channels][tokens] in panels, with zeros beyond the last token.
static void pack_keys(const pf_attention *shape, const float *keys, float *packed) {
  const size_t vectors = ceil_divide(shape->tokens, VEC_WIDTH);
  for (size_t index = 0; index < ceil_divide(vectors, TILE_VECTORS); index++) {
    const range panel = attention_panel(vectors, index);
    const size_t width = (panel.end - panel.begin) * VEC_WIDTH;
    for (size_t column = 0; column < width; column++) {
      const size_t token = panel.begin * VEC_WIDTH + column;
      const float *key = keys + token * shape->row_stride;
      for (size_t c = 0; c < shape->head_channels; c++) {
        packed[c * width + column] = token < shape->tokens ? key[c] : 0;
      }
    }
    packed += width * shape->head_channels;
  }
}

/// Values stay rows: [tokens][channels] in panels, with zeros beyond the last channel.
static void pack_values(const pf_attention *shape, const float *values, float *packed) {
  const size_t vectors = ceil_divide(shape->head_channels, VEC_WIDTH);
  for (size_t index = 0; index < ceil_divide(vectors, TILE_VECTORS); index++) {
    const range panel = attention_panel(vectors, index);
    const size_t width = (panel.end - panel.begin) * VEC_WIDTH, first = panel.begin * VEC_WIDTH;
    const size_t there = smaller(width, shape->head_channels - first);
    for (size_t token = 0; token < shape->tokens; token++, packed += width) {
      memset(packed, 0, width * sizeof(float));
      memcpy(packed, values + token * shape->row_stride + first, there * sizeof(float));
    }
  }
}

/// out = in x packed, for rows of `depth` floats.
static void multiply_rows(size_t rows, const float *in, size_t in_stride, size_t depth, const float *packed,
                          size_t columns, float *out, size_t out_stride) {
  const size_t vectors = ceil_divide(columns, VEC_WIDTH), count = ceil_divide(rows, TILE_ROWS);
  for (size_t index = 0; index < ceil_divide(vectors, TILE_VECTORS); index++) {
    const range panel = attention_panel(vectors, index);
    const size_t wide = panel.end - panel.begin, first = panel.begin * VEC_WIDTH;
    for (size_t tile = 0; tile < count; tile++) {
      const size_t begin = even_cut(rows, count, tile), end = even_cut(rows, count, tile + 1);
      const float *inputs[TILE_ROWS];
      for (size_t r = begin; r < end; r++) inputs[r - begin] = in + r * in_stride;
      const tile_job job = {
          .inputs = inputs,
          .segments = 1,
          .length = depth,
          .weights = packed,
          .out = out + begin * out_stride + first,
          .out_stride = out_stride,
          .columns = smaller(wide * VEC_WIDTH, columns - first),
          .begins = true,
          .ends = true,
          .low = vec_all(-INFINITY),
          .high = vec_all(INFINITY),
      };
      tiles[end - begin - 1][wide - 1](&job);
    }
    packed += wide * VEC_WIDTH * depth;
  }
}

/// Makes a row of scores e^(scale (score - greatest)); the reciprocal of their sum. `stride` floats belong to the
/// row, the first `tokens` of which are scores.
static float soften(float *row, size_t tokens, size_t stride, float scale) {
  for (size_t i = tokens; i < stride; i++) row[i] = -INFINITY;
  vec high = vec_all(-INFINITY), sum = vec_zero();
  // A NaN need not win: it will be in the sum.
  for (size_t i = 0; i < stride; i += VEC_WIDTH) high = vec_at_least(high, vec_load(row + i));
  const vec greatest = vec_all(greatest_lane(high)), factor = vec_all(scale);
  for (size_t i = 0; i < stride; i += VEC_WIDTH) {
    const vec x = exponential(vec_multiply(vec_subtract(vec_load(row + i), greatest), factor));
    vec_store(row + i, x);
    // What is added for no token is less than a rounding error: the greatest score alone adds 1.
    sum = vec_add(sum, x);
  }
  return 1 / sum_of_lanes(sum);
}

static void attend(const pf_attention *shape, float *queries, const float *keys, const float *values,
                   float *scratch) {
  const attention_block block = attention_block_of(shape);
  const size_t channels = shape->head_channels, blocks = ceil_divide(shape->queries, block.rows);
  const lanes edge = lanes_first(channels % VEC_WIDTH);
  const float scale = 1 / sqrtf((float)channels);
  float *packed_keys = scratch, *packed_values = packed_keys + round_up(block.keys, CACHE_LINE);
  float *scores = packed_values + round_up(block.values, CACHE_LINE);
  pack_keys(shape, keys, packed_keys);
  pack_values(shape, values, packed_values);
  for (size_t index = 0; index < blocks; index++) {
    const size_t begin = even_cut(shape->queries, blocks, index), end = even_cut(shape->queries, blocks, index + 1);
    float *rows = queries + begin * shape->row_stride;
    float factors[ATTENTION_ROWS];
    multiply_rows(end - begin, rows, shape->row_stride, channels, packed_keys, shape->tokens, scores, block.stride);
    for (size_t r = 0; r < end - begin; r++) {
      factors[r] = soften(scores + r * block.stride, shape->tokens, block.stride, scale);
    }
    multiply_rows(end - begin, scores, block.stride, shape->tokens, packed_values, channels, rows,
                  shape->row_stride);
    for (size_t r = 0; r < end - begin; r++, rows += shape->row_stride) {
      for (size_t c = 0; c < channels; c += VEC_WIDTH) {
        const bool part = c + VEC_WIDTH > channels;
        const vec x = vec_multiply(load_columns(rows + c, part, edge), vec_all(factors[r]));
        store_columns(rows + c, x, part, edge);
      }
    }
  }
}

static void attention(const pf_attention *shape, float *rows, size_t head_begin, size_t head_end, void *scratch) {
  const size_t width = shape->heads * shape->head_channels;
  for (size_t index = head_begin; index < head_end; index++) {
    const size_t picture = index / shape->heads, head = index % shape->heads;
    float *queries = rows + picture * shape->tokens * shape->row_stride + head * shape->head_channels;
    attend(shape, queries, queries + width, queries + 2 * width, scratch);
  }
}
