#pragma once

namespace simdgrad {

/**
 * How many threads this process can run at once: min(affinityCores, quotaCores rounded up), at least 1.
 * `root` is that of quotaCores.
 */
int usableCores(const char* root = "");

}  // namespace simdgrad
