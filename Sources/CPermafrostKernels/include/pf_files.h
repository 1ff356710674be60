// What the C library tells of files and Swift's view of it leaves out.
#ifndef PF_FILES_H
#define PF_FILES_H
#include <stdint.h>

/// The number of the kind of file system that an open file is on (statfs(2)), or 0 where the system has no such
/// numbers; -1 with errno where it cannot be had.
int64_t pf_file_system(int descriptor);

#endif
