// Tiles whose rows lie at equal distances, with one segment each: a 1 x 1 convolution over neighbouring pixels.
// They need no table of pointers, and many of them follow one another in one call. The sums are those of
// `compute_tile`: every value is the same chain.

typedef struct strided_job {
  tile_job tile;      // of the first tile; `inputs`, `segments` and `offset` are not read
  const float *in;    // the first row's segment
  size_t in_stride;   // floats from one row to the next
  size_t tiles;
} strided_job;

INLINE void compute_strided(const strided_job *job, size_t rows, size_t vectors) {
  tile_job tile = job->tile;
  const bool whole = tile.columns == vectors * VEC_WIDTH;
  const float *in = job->in;
  for (size_t i = 0; i < job->tiles; i++) {
    vec sums[TILE_ROWS][TILE_VECTORS];
    const float *inputs[TILE_ROWS];
    UNROLLED
    for (size_t r = 0; r < rows; r++) inputs[r] = in + r * job->in_stride;
    begin_tile(&tile, sums, rows, vectors, whole);
    if (tile.fetches) fetch_tile(&tile, rows, vectors);
    sum_segment(inputs, tile.length, tile.weights, sums, rows, vectors);
    if (whole) store_tile(tile, sums, rows, vectors, true);
    else store_tile(tile, sums, rows, vectors, false);
    in += rows * job->in_stride;
    tile.out += rows * tile.out_stride;
    if (tile.residual) tile.residual += rows * tile.residual_stride;
  }
}

#define MAKE_STRIDED(rows, vectors) \
  static void strided_##rows##_##vectors(const strided_job *job) { compute_strided(job, rows, vectors); }
EACH_TILE(MAKE_STRIDED)
#undef MAKE_STRIDED

typedef void (*strided_function)(const strided_job *);

#define NAME_STRIDED(rows, vectors) [rows - 1][vectors - 1] = strided_##rows##_##vectors,
static const strided_function strided_tiles[TILE_ROWS][TILE_VECTORS] = {EACH_TILE(NAME_STRIDED)};
#undef NAME_STRIDED

/// All of `rows` rows, in tiles of almost equal heights.
static void compute_rows(strided_job job, size_t rows, size_t vectors) {
  const size_t tiles = ceil_divide(rows, TILE_ROWS), height = rows / tiles, tall = rows % tiles;
  if (tall > 0) {
    job.tiles = tall;
    strided_tiles[height][vectors - 1](&job);
    const size_t done = tall * (height + 1);
    job.in += done * job.in_stride;
    job.tile.out += done * job.tile.out_stride;
    if (job.tile.residual) job.tile.residual += done * job.tile.residual_stride;
  }
  job.tiles = tiles - tall;
  strided_tiles[height - 1][vectors - 1](&job);
}
