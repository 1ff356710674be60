// Threads spin for a short while between layers, then park: a network has some fifty barriers a batch, and a
// wake-up through the kernel at each of them would cost more than the small layers themselves.
#include "pf_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#include "threads.h"

#define SPIN_LIMIT 4000

typedef void (*pf_body)(void *, size_t, size_t);

typedef struct pf_worker {
  struct pf_pool *pool;
  size_t index;
  pthread_t thread;
} pf_worker;

// `state` holds the round's number in its upper half, whether the round still takes helpers, and how many are in
// it. A helper that wakes too late finds the round closed and is not waited for: when the machine is busy with
// something else, the caller does the work by itself instead of waiting for a thread that gets no processor.
#define ROUND_SHIFT 32
#define OPEN ((uint64_t)1 << 31)
#define HELPERS (OPEN - 1)

struct pf_pool {
  size_t threads;
  pf_worker *workers;  // threads - 1 of them: the caller is worker 0
  pthread_mutex_t mutex;
  pthread_cond_t work_came;
  pthread_cond_t work_done;
  _Atomic uint64_t state;
  _Atomic size_t next;  // the next item to hand out
  _Atomic int stopping;
  size_t count;
  pf_body body;
  void *context;
};

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void take_items(pf_pool *pool, size_t worker) {
  for (;;) {
    size_t item = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (item >= pool->count) return;
    pool->body(pool->context, item, worker);
  }
}

/// Waits for a round after `seen`; the state then.
static uint64_t await_round(pf_pool *pool, uint64_t seen) {
  for (int spin = 0; spin < SPIN_LIMIT; spin++) {
    uint64_t state = atomic_load_explicit(&pool->state, memory_order_acquire);
    if (state >> ROUND_SHIFT != seen) return state;
    pause_briefly();
  }
  pthread_mutex_lock(&pool->mutex);
  uint64_t state;
  while ((state = atomic_load_explicit(&pool->state, memory_order_acquire)) >> ROUND_SHIFT == seen) {
    pthread_cond_wait(&pool->work_came, &pool->mutex);
  }
  pthread_mutex_unlock(&pool->mutex);
  return state;
}

/// Joins the round of `state`, unless it has closed meanwhile.
static int join_round(pf_pool *pool, uint64_t state) {
  uint64_t round = state >> ROUND_SHIFT;
  while (state >> ROUND_SHIFT == round && (state & OPEN)) {
    if (atomic_compare_exchange_weak_explicit(&pool->state, &state, state + 1, memory_order_acq_rel,
                                              memory_order_acquire)) {
      return 1;
    }
  }
  return 0;
}

static void leave_round(pf_pool *pool) {
  uint64_t before = atomic_fetch_sub_explicit(&pool->state, 1, memory_order_acq_rel);
  if ((before & (OPEN | HELPERS)) != 1) return;  // others are in it, or the caller is still at work
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_signal(&pool->work_done);
  pthread_mutex_unlock(&pool->mutex);
}

static void *serve(void *argument) {
  pf_worker *self = argument;
  pf_pool *pool = self->pool;
  uint64_t seen = 0;
  for (;;) {
    uint64_t state = await_round(pool, seen);
    seen = state >> ROUND_SHIFT;
    if (atomic_load_explicit(&pool->stopping, memory_order_acquire)) return NULL;
    if (!join_round(pool, state)) continue;
    take_items(pool, self->index);
    leave_round(pool);
  }
}

static void begin_round(pf_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  uint64_t round = atomic_load_explicit(&pool->state, memory_order_relaxed) >> ROUND_SHIFT;
  // The round's number wraps after 2^32 rounds, which does no harm: only two that follow are told apart.
  atomic_store_explicit(&pool->state, (round + 1) << ROUND_SHIFT | OPEN, memory_order_release);
  pthread_cond_broadcast(&pool->work_came);
  pthread_mutex_unlock(&pool->mutex);
}

/// Lets no further helper in and waits for those that are.
static void end_round(pf_pool *pool) {
  uint64_t state = atomic_fetch_and_explicit(&pool->state, ~OPEN, memory_order_acq_rel);
  for (int spin = 0; spin < SPIN_LIMIT && (state & HELPERS); spin++) {
    pause_briefly();
    state = atomic_load_explicit(&pool->state, memory_order_acquire);
  }
  if (!(state & HELPERS)) return;
  pthread_mutex_lock(&pool->mutex);
  while (atomic_load_explicit(&pool->state, memory_order_acquire) & HELPERS) {
    pthread_cond_wait(&pool->work_done, &pool->mutex);
  }
  pthread_mutex_unlock(&pool->mutex);
}

static size_t start_workers(pf_pool *pool) {
  size_t started = 0;
  while (started + 1 < pool->threads) {
    pf_worker *worker = &pool->workers[started];
    *worker = (pf_worker){.pool = pool, .index = started + 1};
    if (pf_thread_start(&worker->thread, serve, worker) != 0) break;
    started++;
  }
  return started;
}

static void stop_workers(pf_pool *pool, size_t started) {
  atomic_store_explicit(&pool->stopping, 1, memory_order_release);
  begin_round(pool);
  for (size_t i = 0; i < started; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->work_came);
  pthread_cond_destroy(&pool->work_done);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->workers);
  free(pool);
}

pf_pool *pf_pool_create(size_t threads) {
  if (threads == 0) threads = 1;
  pf_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return NULL;
  pool->threads = threads;
  pool->workers = calloc(threads, sizeof *pool->workers);
  if (!pool->workers) {
    free(pool);
    return NULL;
  }
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->work_came, NULL);
  pthread_cond_init(&pool->work_done, NULL);
  size_t started = start_workers(pool);
  if (started + 1 < threads) {
    stop_workers(pool, started);
    return NULL;
  }
  return pool;
}

void pf_pool_destroy(pf_pool *pool) {
  if (pool) stop_workers(pool, pool->threads - 1);
}

size_t pf_pool_threads(const pf_pool *pool) { return pool->threads; }

void pf_pool_run(pf_pool *pool, size_t count, pf_body body, void *context) {
  if (count == 0) return;
  if (pool->threads == 1 || count == 1) {
    for (size_t item = 0; item < count; item++) body(context, item, 0);
    return;
  }
  pool->count = count;
  pool->body = body;
  pool->context = context;
  atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
  begin_round(pool);
  take_items(pool, 0);
  end_round(pool);
}
