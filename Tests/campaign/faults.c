// Loaded in front of the C library: what some file systems and clocks do, chosen by environment variables.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// A file system without hard links.
int link(const char *path, const char *new_path) {
  if (getenv("FAULT_LINK")) {
    errno = EPERM;
    return -1;
  }
  int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
  return real(path, new_path);
}

// A file system that cannot sync a folder.
int fsync(int descriptor) {
  struct stat status;
  if (getenv("FAULT_SYNC") && fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EINVAL;
    return -1;
  }
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  return real(descriptor);
}

// A wall clock that jumps a year ahead and back.
int clock_gettime(clockid_t clock, struct timespec *time) {
  static int jumps;
  int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, time);
  if (getenv("FAULT_CLOCK") && clock == CLOCK_REALTIME && result == 0) {
    time->tv_sec += (jumps++ % 2 ? 1 : -1) * 365L * 24 * 60 * 60;
  }
  return result;
}
