#pragma once
// How many cores this process may use. `root` is prepended to the paths of system files, so that tests can
// provide their own.

namespace simdgrad {

/** Cores in the affinity mask. */
int affinityCores();

/**
 * The CPU quota of the control group (v1 or v2) in cores: the minimum over the group and its ancestors. 0
 * when there is none.
 */
double quotaCores(const char* root = "");

/** min(affinity, quota rounded up), at least 1. */
int usableCores(const char* root = "");

}  // namespace simdgrad
