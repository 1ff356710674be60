// A small pool of threads, owned by whoever creates it. Nothing is global.
#ifndef PF_POOL_H
#define PF_POOL_H
#include <stddef.h>

typedef struct pf_pool pf_pool;

/// A pool in which `threads` threads work, the caller's own included; NULL when a thread cannot be had.
pf_pool *pf_pool_create(size_t threads);

/// Waits for the threads to end. NULL is ignored.
void pf_pool_destroy(pf_pool *pool);

size_t pf_pool_threads(const pf_pool *pool);

/// Calls `body(context, item, worker)` once for each item in 0..<count, on every thread of the pool, and
/// returns when all have returned. Items are handed out in ascending order, one at a time; `worker` is below
/// the pool's thread count and no two calls under way at once share it. One caller at a time.
void pf_pool_run(pf_pool *pool, size_t count, void (*body)(void *context, size_t item, size_t worker),
                 void *context);

#endif
