#pragma once
// How many cores this process may use. `root` is put before the paths of the system's files: tests write their own.

namespace simdgrad {

/** Cores in the affinity mask. */
int affinityCores();

/** CPU quota of the control group (v1 or v2) in cores, the smallest of it and its ancestors; 0 when there is none. */
double quotaCores(const char* root = "");

/** min(affinity, quota rounded up), at least 1. */
int usableCores(const char* root = "");

}  // namespace simdgrad
