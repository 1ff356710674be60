// The bodies of the optimizer kernels. Included once an instruction set, with
//   ISA(name)   the name with the instruction set's suffix
//   LANES       floats in a vector

typedef float ISA(lanes) __attribute__((vector_size(LANES * 4), aligned(4)));

#define AT(p) (*(ISA(lanes) *)(p))
#define READ(p) (*(const ISA(lanes) *)(p))

static void ISA(adam)(float *w, const float *g, float *m, float *v, size_t count, float l2, float beta1,
                      float beta2, float keep, float rate, float root_scale, float epsilon) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    ISA(lanes) gradient = READ(g + i) + l2 * AT(w + i);
    ISA(lanes) first = beta1 * AT(m + i) + (1 - beta1) * gradient;
    ISA(lanes) second = beta2 * AT(v + i) + (1 - beta2) * gradient * gradient;
    AT(m + i) = first;
    AT(v + i) = second;
    AT(w + i) = keep * AT(w + i) - rate * first / (__builtin_elementwise_sqrt(second) * root_scale + epsilon);
  }
  for (; i < count; i++) {
    float gradient = g[i] + l2 * w[i];
    m[i] = beta1 * m[i] + (1 - beta1) * gradient;
    v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
    w[i] = keep * w[i] - rate * m[i] / (__builtin_elementwise_sqrt(v[i]) * root_scale + epsilon);
  }
}

static void ISA(momentum)(float *w, const float *g, float *m, size_t count, float l2, float momentum,
                          float rate) {
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    ISA(lanes) step = momentum * AT(m + i) + READ(g + i) + l2 * AT(w + i);
    AT(m + i) = step;
    AT(w + i) -= rate * step;
  }
  for (; i < count; i++) {
    m[i] = momentum * m[i] + g[i] + l2 * w[i];
    w[i] -= rate * m[i];
  }
}

#undef AT
#undef READ
