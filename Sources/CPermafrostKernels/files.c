#include "pf_files.h"

#if defined(__linux__)
#include <sys/vfs.h>

int64_t pf_file_system(int descriptor) {
  struct statfs status;
  if (fstatfs(descriptor, &status) != 0) return -1;
  return (int64_t)(uint32_t)status.f_type;
}
#else
int64_t pf_file_system(int descriptor) {
  (void)descriptor;
  return 0;
}
#endif
