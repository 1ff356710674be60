// Memory that ends where nothing may be touched: the address sanitizer watches the bytes behind it, or else a page
// without access rights does, which works under emulation as well.
#define _GNU_SOURCE  // MAP_ANONYMOUS

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static struct block {
  void *base;
  size_t bytes;
} blocks[4096];
static size_t block_count;

static void keep(void *base, size_t bytes) {
  if (block_count == sizeof blocks / sizeof *blocks) fail("a case with too many pieces of memory");
  blocks[block_count++] = (struct block){base, bytes};
}

#if defined(SANITIZED)

static void *allocate(size_t bytes, size_t alignment) {
  void *base = NULL;
  if (posix_memalign(&base, alignment < 16 ? 16 : alignment, bytes > 0 ? bytes : 1) != 0) fail("no memory");
  keep(base, bytes);
  return base;
}

static void release(struct block block) { free(block.base); }

void watch_memory(void) {}

#else

static void *allocate(size_t bytes, size_t alignment) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t usable = (bytes + alignment + page - 1) / page * page;
  char *base = mmap(NULL, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED || mprotect(base + usable, page, PROT_NONE) != 0) fail("no memory");
  keep(base, usable + page);
  return base + usable - (bytes + alignment - 1) / alignment * alignment;
}

static void release(struct block block) { munmap(block.base, block.bytes); }

static void stray(int signal) {
  (void)signal;
  fail("an address outside of the memory it was given");
}

void watch_memory(void) {
  const struct sigaction action = {.sa_handler = stray};
  sigaction(SIGSEGV, &action, NULL);
  sigaction(SIGBUS, &action, NULL);
}

#endif

void free_memory(void) {
  while (block_count > 0) release(blocks[--block_count]);
}

// MARK: what cases ask for

static void *filled(size_t bytes, size_t alignment) {
  void *start = allocate(bytes, alignment);
  memset(start, 0xff, bytes);
  return start;
}

void *memory(size_t bytes) { return filled(bytes, 1); }
void *scratch(size_t bytes) { return filled(bytes, 64); }
float *blank_floats(size_t count) { return memory(count * sizeof(float)); }

float *random_floats(size_t count) {
  float *floats = blank_floats(count);
  for (size_t i = 0; i < count; i++) floats[i] = random_unit();
  return floats;
}

float *copy_of(const float *floats, size_t count) {
  return memcpy(blank_floats(count), floats, count * sizeof *floats);
}
