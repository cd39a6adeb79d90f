#include "cores.h"

#include "../system/system.h"

namespace simdgrad {

int usableCores(const char* root) {
  const double quota = quotaCores(root);
  int cores = affinityCores();
  if (quota > 0 && quota < cores) {
    // Rounded up: half a core still gets a thread.
    const int whole = static_cast<int>(quota);
    cores = whole + (quota > whole ? 1 : 0);
  }
  return cores < 1 ? 1 : cores;
}

}  // namespace simdgrad
