// What training does to a dense layer whose weights lie in panels: its sums; and its weights' gradient, which is
// used where it is found and never written to memory.

/// Some outputs' sums over some rows, for all columns of a panel. See `sum_outputs`.
INLINE void sum_panel(const float *x, size_t width, size_t rows, const float *r, size_t stride, const size_t step,
                      size_t outputs, const bool is_new, float *g) {
  const lanes all = lanes_first(1);
  size_t k = 0;
  for (; k + SUM_VECTORS * VEC_WIDTH <= width; k += SUM_VECTORS * VEC_WIDTH) {
    sum_outputs(SUM_VECTORS, false, all, x + k, width, rows, r, stride, step, outputs, is_new, g + k, width);
  }
  for (; k < width; k += VEC_WIDTH) {
    sum_outputs(1, false, all, x + k, width, rows, r, stride, step, outputs, is_new, g + k, width);
  }
}

/// One of a matrix's panels.
typedef struct part {
  const float *values;
  size_t first, columns, width;
} part;

INLINE part part_at(pf_panels x, size_t first) {
  const size_t rest = x.columns - first, columns = rest < PF_PANEL_WIDTH ? rest : PF_PANEL_WIDTH;
  return (part){
      .values = x.values + first * x.rows,
      .first = first,
      .columns = columns,
      .width = (columns + PF_PANEL_ROUNDING - 1) / PF_PANEL_ROUNDING * PF_PANEL_ROUNDING,
  };
}

/// Adds a part's share to the sums.
static void add_products(part x, size_t rows, const float *w, size_t width, float *z) {
  sum_panel(w + x.first * width, width, x.columns, x.values, x.width, 1, rows, false, z);
}

static void panel_products(pf_panels x, const float *w, size_t width, float *z) {
  memset(z, 0, x.rows * width * sizeof(float));
  for (size_t j = 0; j < x.columns; j += PF_PANEL_WIDTH) add_products(part_at(x, j), x.rows, w, width, z);
}

/// The step of the weights of a part's columns, a few at a time.
static void step_part(part x, size_t rows, const float *delta, size_t width, pf_optimized layer,
                      const pf_step *step) {
  _Alignas(64) float gradient[SUM_OUTPUTS * PF_PANEL_WIDTH];
  for (size_t j = 0; j < x.columns; j += SUM_OUTPUTS) {
    const size_t outputs = x.columns - j < SUM_OUTPUTS ? x.columns - j : SUM_OUTPUTS;
    sum_panel(delta, width, rows, x.values + j, 1, x.width, outputs, true, gradient);
    optimize(step, gradient, outputs * width, optimized_from(layer, (x.first + j) * width));
  }
}

static void panel_step(pf_panels x, const float *delta, size_t width, pf_optimized layer, const pf_step *step,
                       pf_panels next, float *z) {
  if (next.values) memset(z, 0, next.rows * width * sizeof(float));
  for (size_t j = 0; j < x.columns; j += PF_PANEL_WIDTH) {
    step_part(part_at(x, j), x.rows, delta, width, layer, step);
    if (next.values) add_products(part_at(next, j), next.rows, layer.w, width, z);
  }
}
