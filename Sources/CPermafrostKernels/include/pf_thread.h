// Threads of a guest in somebody else's process.
#ifndef PF_THREAD_H
#define PF_THREAD_H

/// Runs `body(context)` on a new thread, which ends with it and for which nobody waits. Zero, or the number of
/// the error for which there is no thread; then `body` is not called.
int pf_thread_detached(void *(*body)(void *context), void *context);

#endif
