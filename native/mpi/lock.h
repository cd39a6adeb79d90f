#pragma once
// A lock for a few instructions or one step of an exchange. It needs no destructor when the process ends.

#include <atomic>

#include "../system/system.h"

namespace simdgrad::mpi {

class Lock {
 public:
  explicit Lock(std::atomic<bool>& taken) : taken_(taken) {
    while (taken_.exchange(true, std::memory_order_acquire)) yieldCore();
  }
  ~Lock() { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool>& taken_;
};

}  // namespace simdgrad::mpi
