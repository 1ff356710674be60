#define _GNU_SOURCE
#include "pf_files.h"

#if defined(__linux__)
#include <fcntl.h>
#include <sys/vfs.h>

int64_t pf_file_system(int descriptor) {
  struct statfs status;
  if (fstatfs(descriptor, &status) != 0) return -1;
  return (int64_t)(uint32_t)status.f_type;
}

void pf_begin_sync(int descriptor, int64_t offset, int64_t count) {
  (void)sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}
#else
int64_t pf_file_system(int descriptor) {
  (void)descriptor;
  return 0;
}

void pf_begin_sync(int descriptor, int64_t offset, int64_t count) {
  (void)descriptor, (void)offset, (void)count;
}
#endif
