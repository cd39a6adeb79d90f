// Memory of several processes: files of /dev/shm, as shm_open makes them. That function is in another library
// before glibc 2.34.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>

#include "../system.h"

namespace simdgrad {

namespace {

struct Name {
  char text[64];
  explicit Name(uint64_t number) { snprintf(text, sizeof text, "/dev/shm/simdgrad-%016llx", static_cast<unsigned long long>(number)); }
};

/** Maps a file, and closes it. */
void* mapped(int file, size_t bytes) {
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

void* makeSharedMemory(uint64_t number, size_t bytes) {
  const Name name(number);
  const int file = open(name.text, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return nullptr;
  // Without the room a later write would end the process with SIGBUS.
  const bool enough = posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0;
  if (!enough) close(file);
  void* const memory = enough ? mapped(file, bytes) : nullptr;
  if (!memory) unlink(name.text);
  return memory;
}

void* findSharedMemory(uint64_t number, size_t bytes) {
  const int file = open(Name(number).text, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return nullptr;
  if (lseek(file, 0, SEEK_END) == static_cast<off_t>(bytes)) return mapped(file, bytes);
  close(file);
  return nullptr;
}

void hideSharedMemory(uint64_t number) { unlink(Name(number).text); }

}  // namespace simdgrad
