// The inner loop of every convolution and linear layer: a tile of outputs held in registers.
//
// Each value of a tile is one chain of multiply-adds in the order of the weights. A chain may be laid down in
// the output and taken up again, which changes none of its bits; nor does the number of rows in the tile.

typedef struct tile_job {
  const float *const *inputs;  // TILE_ROWS pointers for each segment
  size_t segments;
  size_t offset, length;       // the part of every segment that is summed
  const float *weights;        // a vector of the panel's columns for each product
  float *out;
  size_t out_stride;
  size_t columns;              // of the panel, in the output
  bool begins, ends;           // whether the chain starts and whether it ends here
  const float *bias;
  const float *residual;
  size_t residual_stride;
  vec low, high;               // the activation, as bounds
  bool fetches;                // strided tiles: whether the output and the residual may be far away
} tile_job;

/// Stores the sums, through the epilogue if the chain ends here. `whole`: the panel has no unused column.
INLINE void store_tile(tile_job job, vec sums[TILE_ROWS][TILE_VECTORS], size_t rows, size_t vectors,
                       bool whole) {
  const lanes edge = lanes_first(job.columns - (vectors - 1) * VEC_WIDTH);
  UNROLLED
  for (size_t v = 0; v < vectors; v++) {
    const size_t column = v * VEC_WIDTH;
    const bool part = !whole && v + 1 == vectors;
    const vec bias = job.bias ? load_columns(job.bias + column, part, edge) : vec_zero();
    UNROLLED
    for (size_t r = 0; r < rows; r++) {
      vec x = sums[r][v];
      if (job.ends) {
        if (job.bias) x = vec_add(x, bias);
        if (job.residual) {
          x = vec_add(x, load_columns(job.residual + r * job.residual_stride + column, part, edge));
        }
        x = clamp(x, job.low, job.high);
      }
      store_columns(job.out + r * job.out_stride + column, x, part, edge);
    }
  }
}

/// Zeros, or the unfinished sums that an earlier part of the depth has left in the output.
INLINE void begin_tile(const tile_job *job, vec sums[TILE_ROWS][TILE_VECTORS], size_t rows, size_t vectors,
                       bool whole) {
  const lanes edge = lanes_first(job->columns - (vectors - 1) * VEC_WIDTH);
  UNROLLED
  for (size_t r = 0; r < rows; r++) {
    UNROLLED
    for (size_t v = 0; v < vectors; v++) {
      const float *out = job->out + r * job->out_stride + v * VEC_WIDTH;
      sums[r][v] = job->begins ? vec_zero() : load_columns(out, !whole && v + 1 == vectors, edge);
    }
  }
}

/// What the epilogue will touch is on its way while the products are summed.
INLINE void fetch_tile(const tile_job *job, size_t rows, size_t vectors) {
  UNROLLED
  for (size_t r = 0; r < rows; r++) {
    UNROLLED
    for (size_t column = 0; column < vectors * VEC_WIDTH; column += CACHE_LINE) {
      if (job->residual) __builtin_prefetch(job->residual + r * job->residual_stride + column);
      __builtin_prefetch(job->out + r * job->out_stride + column, 1);
    }
  }
}

/// Adds the products of `length` neighbouring inputs of each row.
INLINE void sum_segment(const float *const inputs[TILE_ROWS], size_t length, const float *weights,
                        vec sums[TILE_ROWS][TILE_VECTORS], size_t rows, size_t vectors) {
  _Pragma("clang loop unroll_count(4)")
  for (size_t k = 0; k < length; k++) {
    vec w[TILE_VECTORS];
    UNROLLED
    for (size_t v = 0; v < vectors; v++) w[v] = vec_load(weights + v * VEC_WIDTH);
    UNROLLED
    for (size_t r = 0; r < rows; r++) {
      const vec x = vec_all(inputs[r][k]);
      UNROLLED
      for (size_t v = 0; v < vectors; v++) sums[r][v] = vec_fma(x, w[v], sums[r][v]);
    }
    weights += vectors * VEC_WIDTH;
  }
}

INLINE void compute_tile(const tile_job *job, size_t rows, size_t vectors) {
  vec sums[TILE_ROWS][TILE_VECTORS];
  const bool whole = job->columns == vectors * VEC_WIDTH;
  begin_tile(job, sums, rows, vectors, whole);
  fetch_tile(job, rows, vectors);
  const float *weights = job->weights;
  for (size_t s = 0; s < job->segments; s++) {
    const float *inputs[TILE_ROWS];
    UNROLLED
    for (size_t r = 0; r < rows; r++) inputs[r] = job->inputs[s * TILE_ROWS + r] + job->offset;
    sum_segment(inputs, job->length, weights, sums, rows, vectors);
    weights += job->length * vectors * VEC_WIDTH;
  }
  // A copy, so that the compiler knows that no store changes it.
  if (whole) store_tile(*job, sums, rows, vectors, true);
  else store_tile(*job, sums, rows, vectors, false);
}

#define MAKE_TILE(rows, vectors) \
  static void tile_##rows##_##vectors(const tile_job *job) { compute_tile(job, rows, vectors); }
EACH_TILE(MAKE_TILE)
#undef MAKE_TILE

typedef void (*tile_function)(const tile_job *);

#define NAME_TILE(rows, vectors) [rows - 1][vectors - 1] = tile_##rows##_##vectors,
static const tile_function tiles[TILE_ROWS][TILE_VECTORS] = {EACH_TILE(NAME_TILE)};
#undef NAME_TILE
