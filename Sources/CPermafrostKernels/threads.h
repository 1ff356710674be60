#ifndef PF_THREADS_H
#define PF_THREADS_H
#include <pthread.h>

/// Starts a thread that somebody joins; as `pf_thread_detached` otherwise.
int pf_thread_start(pthread_t *thread, void *(*body)(void *), void *context);

#endif
