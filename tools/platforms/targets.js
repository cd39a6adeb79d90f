// The platforms that the package has an addon for, and how `npm run build:all` compiles each on a Linux x64
// machine. native/sources.json has the sources and flags that they share. The source hash covers this file.

/**
 * `system` and `arch` are keys of `systems` and `isas` in native/sources.json. `compilers` in the order of
 * preference: a GCC, or zig's clang for a target triple. `run` says how `npm run test:platforms` runs it.
 *
 * The versions are those of the oldest systems that Node 20 supports, or older: glibc 2.17, macOS 10.15 (x64)
 * and 11 (arm64), Windows 10.
 */
export const targets = {
  // A machine of this kind builds it with its own compiler (tools/build-native.js): steps take 3 to 6 % less
  // time than with zig's.
  "linux-x64": { system: "linux", arch: "x64", compilers: [{ zig: "x86_64-linux-gnu.2.17" }] },
  "linux-arm64": {
    system: "linux",
    arch: "arm64",
    compilers: [{ gcc: "aarch64-linux-gnu-g++" }, { zig: "aarch64-linux-gnu.2.17" }],
  },
  "linux-x64-musl": { system: "linux", arch: "x64", compilers: [{ zig: "x86_64-linux-musl" }] },
  "linux-arm64-musl": { system: "linux", arch: "arm64", compilers: [{ zig: "aarch64-linux-musl" }] },
  "win32-x64": { system: "win32", arch: "x64", compilers: [{ zig: "x86_64-windows-gnu" }] },
  "win32-arm64": { system: "win32", arch: "arm64", compilers: [{ zig: "aarch64-windows-gnu" }] },
  "darwin-x64": { system: "darwin", arch: "x64", compilers: [{ zig: "x86_64-macos.10.15" }], macos: "10.15" },
  "darwin-arm64": {
    system: "darwin",
    arch: "arm64",
    compilers: [{ zig: "aarch64-macos.11.0" }],
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
  ],
  // zig turns off the 512-bit forms of AVX-512 unless they are asked for.
  isas: { avx512: ["-mevex512"] },
};

/**
 * How the linker makes the addon. `exports` are the functions that Node looks up; everything else stays
 * inside.
 */
export const exports = ["napi_register_module_v1", "node_api_module_get_api_version_v1"];
