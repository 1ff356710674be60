// What the C library tells of files and Swift's view of it leaves out.
#ifndef PF_FILES_H
#define PF_FILES_H
#include <stdint.h>

/// The number of the kind of file system that an open file is on (statfs(2)), or 0 where the system has no such
/// numbers; -1 with errno where it cannot be had.
int64_t pf_file_system(int descriptor);

/// Asks the system to begin writing some bytes of a file to its disk and does not wait (sync_file_range(2)); a hint,
/// which promises nothing and takes no error away from a later fsync(2).
void pf_begin_sync(int descriptor, int64_t offset, int64_t count);

#endif
