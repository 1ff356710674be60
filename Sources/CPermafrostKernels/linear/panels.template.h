// What training does to a dense layer whose weights lie in panels: its sums; and its weights' gradient, which is
// used where it is found and never written to memory.

// MOVE_ROWS are the rows that are added between two turns of an optimizer. With 3 there are as many turns as vectors
// wherever batches have 64 rows. With 0 it works between the sums alone: where sums take all registers, turns among them
// cost far more than they save.

/// Numbers by which an optimizer's memory is fetched ahead: those of one part.
#define FETCH_AHEAD (PF_PANEL_WIDTH * PF_PANEL_WIDTH)

/// The parameters of a part on their way: those before `start` have been moved, the gradient of those up to `end` is
/// known. Adam needs a root and a quotient in turn, which take long. So a vector is moved in three turns, for others
/// to be worked on meanwhile.
typedef struct movement {
  pf_optimized layer;
  const float *gradient;
  size_t start, end;
  /// How far the three turns have come: moments, quotients, parameters.
  size_t rooted, divided, moved;
  vec root, quotient;
} movement;

INLINE void take_turn(const pf_optimizer optimizer, pf_step step, movement *all) {
  if (optimizer != PF_OPTIMIZER_ADAM) {
    if (all->moved == all->end) return;
    move_vector(optimizer, step, vec_load(all->gradient + (all->moved - all->start)), all->moved, all->layer);
    all->moved += VEC_WIDTH;
    return;
  }
  if (all->moved < all->divided) {
    float *w = all->layer.w + all->moved;
    vec_store(w, adam_moved(step, vec_load(w), all->quotient));
    all->moved += VEC_WIDTH;
  }
  if (all->divided < all->rooted) {
    all->quotient = adam_quotient(step, vec_load(all->layer.m + all->divided), all->root);
    all->divided += VEC_WIDTH;
  }
  if (all->rooted < all->end) {
    const size_t i = all->rooted;
    vec m = vec_load(all->layer.m + i), v = vec_load(all->layer.v + i);
    const vec g = vec_load(all->gradient + (i - all->start));
    adam_moments(step, vec_fma(vec_all(step.l2), vec_load(all->layer.w + i), g), &m, &v);
    vec_store(all->layer.m + i, m);
    vec_store(all->layer.v + i, v);
    all->root = vec_root(v);
    all->rooted += VEC_WIDTH;
    __builtin_prefetch(all->layer.w + i + FETCH_AHEAD, 1, 2);
    __builtin_prefetch(all->layer.m + i + FETCH_AHEAD, 1, 2);
    __builtin_prefetch(all->layer.v + i + FETCH_AHEAD, 1, 2);
  }
}

/// A row's share of the sums: sum[k][v] += r[k * stride] * x[v].
INLINE void add_row(const size_t outputs, const size_t vectors, const float *x, const float *r, const size_t stride,
                    vec sum[SUM_OUTPUTS][SUM_VECTORS]) {
  vec value[SUM_VECTORS];
  UNROLLED for (size_t v = 0; v < vectors; v++) value[v] = vec_load(x + v * VEC_WIDTH);
  UNROLLED for (size_t k = 0; k < outputs; k++) {
    const vec factor = vec_all(r[k * stride]);
    UNROLLED for (size_t v = 0; v < vectors; v++) sum[k][v] = vec_fma(factor, value[v], sum[k][v]);
  }
}

/// g[k, c] = sum over t of r[k * stride + t * apart] * x[t * width + c] for a few k and some vectors of a panel's
/// columns c, or added to what is there. Where there is a `movement`, it takes turns meanwhile: roots and quotients
/// are found by another part of the processor than products.
INLINE void panel_block(const size_t outputs, const size_t vectors, const float *x, size_t width, size_t rows,
                        const float *r, const size_t stride, const size_t apart, const bool is_new, float *g,
                        const pf_optimizer optimizer, pf_step step, movement *all) {
  vec sum[SUM_OUTPUTS][SUM_VECTORS];
  UNROLLED for (size_t k = 0; k < outputs; k++) {
    UNROLLED for (size_t v = 0; v < vectors; v++) sum[k][v] = vec_zero();
  }
  size_t t = 0;
  if (all) {
    for (; t + MOVE_ROWS <= rows; t += MOVE_ROWS) {
      take_turn(optimizer, step, all);
      UNROLLED for (size_t i = 0; i < MOVE_ROWS; i++) {
        add_row(outputs, vectors, x + (t + i) * width, r + (t + i) * apart, stride, sum);
      }
    }
  }
  for (; t < rows; t++) add_row(outputs, vectors, x + t * width, r + t * apart, stride, sum);
  UNROLLED for (size_t k = 0; k < outputs; k++) {
    UNROLLED for (size_t v = 0; v < vectors; v++) {
      float *to = g + k * width + v * VEC_WIDTH;
      vec_store(to, is_new ? sum[k][v] : vec_add(vec_load(to), sum[k][v]));
    }
  }
}

/// All columns of a panel.
INLINE void panel_columns(const size_t outputs, const float *x, size_t width, size_t rows, const float *r,
                          const size_t stride, const size_t apart, const bool is_new, float *g,
                          const pf_optimizer optimizer, pf_step step, movement *all) {
  size_t c = 0;
  for (; c + SUM_VECTORS * VEC_WIDTH <= width; c += SUM_VECTORS * VEC_WIDTH) {
    panel_block(outputs, SUM_VECTORS, x + c, width, rows, r, stride, apart, is_new, g + c, optimizer, step, all);
  }
  for (; c < width; c += VEC_WIDTH) {
    panel_block(outputs, 1, x + c, width, rows, r, stride, apart, is_new, g + c, optimizer, step, all);
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

/// Adds some rows' share of a part to their sums.
INLINE void add_rows(const size_t rows, part x, size_t first, const float *w, size_t width, float *z) {
  panel_columns(rows, w + x.first * width, width, x.columns, x.values + first * x.width, x.width, 1, false,
                z + first * width, PF_OPTIMIZER_NONE, (pf_step){0}, NULL);
}

/// Adds a part's share to the sums.
static void add_products(part x, size_t rows, const float *w, size_t width, float *z) {
  size_t t = 0;
  for (; t + SUM_OUTPUTS <= rows; t += SUM_OUTPUTS) add_rows(SUM_OUTPUTS, x, t, w, width, z);
  for (; t + 2 <= rows; t += 2) add_rows(2, x, t, w, width, z);
  if (t < rows) add_rows(1, x, t, w, width, z);
}

static void panel_products(pf_panels x, const float *w, size_t width, float *z) {
  memset(z, 0, x.rows * width * sizeof(float));
  for (size_t j = 0; j < x.columns; j += PF_PANEL_WIDTH) add_products(part_at(x, j), x.rows, w, width, z);
}

/// Until the gradient so far has been used.
INLINE void take_gradient(const pf_optimizer optimizer, pf_step step, movement *all) {
  while ((optimizer == PF_OPTIMIZER_ADAM ? all->rooted : all->moved) < all->end) take_turn(optimizer, step, all);
}

/// The step of the weights of a part's columns, a few at a time.
INLINE void step_part(part x, size_t rows, const float *delta, size_t width, pf_optimized layer,
                      const pf_optimizer optimizer, pf_step step) {
  _Alignas(64) float gradients[2][SUM_OUTPUTS * PF_PANEL_WIDTH];
  movement all = {.layer = optimized_from(layer, x.first * width), .root = vec_zero(), .quotient = vec_zero()};
  movement *const meanwhile = MOVE_ROWS > 0 ? &all : NULL;
  size_t turn = 0, outputs;
  for (size_t j = 0; j < x.columns; j += outputs, turn = 1 - turn) {
    const size_t rest = x.columns - j;
    const float *from = x.values + j;
    float *gradient = gradients[turn];
    outputs = rest >= SUM_OUTPUTS ? SUM_OUTPUTS : rest >= 2 ? 2 : 1;
    if (outputs == SUM_OUTPUTS) {
      panel_columns(SUM_OUTPUTS, delta, width, rows, from, 1, x.width, true, gradient, optimizer, step, meanwhile);
    } else if (outputs == 2) {
      panel_columns(2, delta, width, rows, from, 1, x.width, true, gradient, optimizer, step, meanwhile);
    } else {
      panel_columns(1, delta, width, rows, from, 1, x.width, true, gradient, optimizer, step, meanwhile);
    }
    if (MOVE_ROWS == 0) {
      optimize_all(optimizer, step, gradient, outputs * width, optimized_from(all.layer, j * width));
      continue;
    }
    take_gradient(optimizer, step, &all);
    all.gradient = gradient;
    all.start = all.end;
    all.end += outputs * width;
  }
  while (all.moved < all.end) take_turn(optimizer, step, &all);
}

INLINE void step_panel(pf_panels x, const float *delta, size_t width, pf_optimized layer,
                       const pf_optimizer optimizer, pf_step step, pf_panels next, float *z) {
  if (next.values) memset(z, 0, next.rows * width * sizeof(float));
  for (size_t j = 0; j < x.columns; j += PF_PANEL_WIDTH) {
    step_part(part_at(x, j), x.rows, delta, width, layer, optimizer, step);
    if (next.values) add_products(part_at(next, j), next.rows, layer.w, width, z);
  }
}

static void panel_step(pf_panels x, const float *delta, size_t width, pf_optimized layer, const pf_step *step,
                       pf_panels next, float *z) {
  switch (step->optimizer) {
  case PF_OPTIMIZER_NONE: step_panel(x, delta, width, layer, PF_OPTIMIZER_NONE, *step, next, z); break;
  case PF_OPTIMIZER_MOMENTUM: step_panel(x, delta, width, layer, PF_OPTIMIZER_MOMENTUM, *step, next, z); break;
  case PF_OPTIMIZER_NESTEROV: step_panel(x, delta, width, layer, PF_OPTIMIZER_NESTEROV, *step, next, z); break;
  case PF_OPTIMIZER_ADAM: step_panel(x, delta, width, layer, PF_OPTIMIZER_ADAM, *step, next, z); break;
  }
}
