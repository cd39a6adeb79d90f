#pragma once

// The version of the library. The JavaScript of another version does not use this addon: the arguments of
// kernels may differ. package.json and src/version.ts say the same (test/structure).
#define SIMDGRAD_VERSION "0.1.0"
