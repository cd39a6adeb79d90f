#pragma once
// Memory between two guard pages.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace simdgrad::test {

class Guarded {
 public:
  Guarded() = default;
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { release(); }

  enum class Side { front, back, middle };

  /** Places `bytes` bytes: right after a guard page, right before one, or somewhere between. */
  unsigned char* place(size_t bytes, Side side, size_t shift) {
    if (bytes + 2 * page() > capacity_) reserve(2 * bytes + 4 * page());
    if (side == Side::front) return memory_;
    if (side == Side::back) return memory_ + capacity_ - bytes;
    return memory_ + page() / 2 + shift;
  }
  unsigned char* begin() const { return memory_; }
  unsigned char* end() const { return memory_ + capacity_; }

 private:
  static size_t page() {
    static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    return size;
  }
  void reserve(size_t bytes) {
    release();
    capacity_ = (bytes + page() - 1) / page() * page();
    void* all = mmap(nullptr, capacity_ + 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memory_ = static_cast<unsigned char*>(all) + page();
    if (all == MAP_FAILED || mprotect(memory_, capacity_, PROT_READ | PROT_WRITE) != 0) {
      std::perror("mmap");
      std::abort();
    }
  }
  void release() {
    if (memory_) munmap(memory_ - page(), capacity_ + 2 * page());
    memory_ = nullptr;
    capacity_ = 0;
  }

  unsigned char* memory_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace simdgrad::test
