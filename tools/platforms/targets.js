// The platforms that the package has an addon for, and how `npm run build:all` compiles each on a Linux x64
// machine. native/sources.json has the sources and flags that they share. The source hash covers this file.

/**
 * `system` and `arch` are keys of `systems` and `isas` in native/sources.json. `compilers` in the order of
 * preference: a GCC, or zig's clang for a target triple. `isas`: the instruction sets that the addon has; all
 * of its processor if there is no list. `kernels`: the target whose kernels it is linked with. Kernels need
 * nothing of a C library but memcpy and memset.
 *
 * The portable kernels are four times slower than WebAssembly. So only linux-x64, on which they are tested,
 * has them, compiled for size (native/sources.json): 0.1 MB of the compressed addon. Processors for arm64 all
 * have NEON. A processor for x64 with FMA and without AVX2 (AMD, 2012 to 2014) runs WebAssembly on the other
 * systems. macOS does not say whether there is AVX-512, and all Macs with FMA have AVX2.
 *
 * The versions are those of the oldest systems that Node 20 supports, or older: glibc 2.17, macOS 10.15 (x64)
 * and 11 (arm64), Windows 10.
 */
export const targets = {
  // A machine of this kind builds it with its own compiler (tools/build-native.js): steps take 3 to 6 % less
  // time than with zig's. The other addons are zig's: GCC makes those for arm64 a third larger.
  "linux-x64": {
    system: "linux",
    arch: "x64",
    compilers: [{ gcc: "x86_64-linux-gnu-g++" }, { zig: "x86_64-linux-gnu.2.17" }],
  },
  "linux-arm64": {
    system: "linux",
    arch: "arm64",
    compilers: [{ zig: "aarch64-linux-gnu.2.17" }],
    isas: ["neon"],
  },
  "linux-x64-musl": {
    system: "linux",
    arch: "x64",
    compilers: [{ zig: "x86_64-linux-musl" }],
    isas: ["avx2", "avx512"],
  },
  "linux-arm64-musl": {
    system: "linux",
    arch: "arm64",
    compilers: [{ zig: "aarch64-linux-musl" }],
    isas: ["neon"],
    kernels: "linux-arm64",
  },
  "win32-x64": {
    system: "win32",
    arch: "x64",
    compilers: [{ zig: "x86_64-windows-gnu" }],
    isas: ["avx2", "avx512"],
  },
  "win32-arm64": {
    system: "win32",
    arch: "arm64",
    compilers: [{ zig: "aarch64-windows-gnu" }],
    isas: ["neon"],
  },
  "darwin-x64": {
    system: "darwin",
    arch: "x64",
    compilers: [{ zig: "x86_64-macos.10.15" }],
    isas: ["avx2"],
    macos: "10.15",
  },
  "darwin-arm64": {
    system: "darwin",
    arch: "arm64",
    compilers: [{ zig: "aarch64-macos.11.0" }],
    isas: ["neon"],
    macos: "11.0",
  },
};

/** Flags that zig's clang needs besides those of native/sources.json; `isas`: for one instruction set. */
export const zigFlags = {
  all: [
    // Flags of GCC in the list.
    "-Wno-unknown-warning-option",
    // Conversions that GCC does not report.
    "-Wno-unused-const-variable",
    "-Wno-unused-lambda-capture",
    // zig adds debug information, which takes time and is stripped.
    "-g0",
  ],
  // zig turns off the 512-bit forms of AVX-512 unless they are asked for.
  isas: { avx512: ["-mevex512"] },
};

/**
 * How the linker makes the addon. `exports` are the functions that Node looks up; everything else stays
 * inside.
 */
export const exports = ["napi_register_module_v1", "node_api_module_get_api_version_v1"];
