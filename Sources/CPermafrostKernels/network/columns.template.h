// A vector of neighbouring channels in memory: whole, or only its first lanes where the channels end.
// `part` is known when compiling wherever it matters.

INLINE vec load_columns(const float *p, bool part, lanes edge) {
  return part ? vec_load_part(p, edge) : vec_load(p);
}

INLINE void store_columns(float *p, vec x, bool part, lanes edge) {
  if (part) vec_store_part(p, x, edge);
  else vec_store(p, x);
}
