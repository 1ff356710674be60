#define _GNU_SOURCE  // sigset_t and pthread_sigmask under -std=c11

#include "threads.h"

#include <signal.h>
#include <stddef.h>

#include "pf_thread.h"

// As glibc has it by default. musl gives 128 KiB and Darwin 512 KiB, which a host's callback may not know. Pages
// that nobody touches cost no memory.
#define STACK_BYTES ((size_t)8 << 20)

/// Signals that are sent to the process go to the host's own threads. What a thread's own fault raises is not
/// blocked: a fault that is blocked ends the process without the host's handler having seen it.
static void block_signals(sigset_t *before) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
  sigset_t set;
  sigfillset(&set);
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&set, faults[i]);
  pthread_sigmask(SIG_SETMASK, &set, before);
}

static int start(pthread_t *thread, int state, void *(*body)(void *), void *context) {
  pthread_attr_t attributes;
  int error = pthread_attr_init(&attributes);
  if (error) return error;
  error = pthread_attr_setstacksize(&attributes, STACK_BYTES);
  if (!error) error = pthread_attr_setdetachstate(&attributes, state);
  if (!error) {
    sigset_t before;
    block_signals(&before);
    error = pthread_create(thread, &attributes, body, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_attr_destroy(&attributes);
  return error;
}

int pf_thread_start(pthread_t *thread, void *(*body)(void *), void *context) {
  return start(thread, PTHREAD_CREATE_JOINABLE, body, context);
}

int pf_thread_detached(void *(*body)(void *), void *context) {
  pthread_t thread;
  return start(&thread, PTHREAD_CREATE_DETACHED, body, context);
}
