/**
 * The addons of the package and the WebAssembly module. Programs that copy what an application needs (as
 * Next.js and Vercel do) read the code and look for `join(__dirname, …)` of a `node:path` that is required
 * there, so each path is written out; Turbopack does not find template literals. This file and its bundled
 * form lie at the same depth: in src/kernels and dist/parts.
 */
import { programLibrary } from "./elf.js";

const files: Record<string, () => string> = {
  "linux-x64"() {
    return require("node:path").join(__dirname, "../../prebuilds/linux-x64/simdgrad.node");
  },
  "linux-arm64"() {
    return require("node:path").join(__dirname, "../../prebuilds/linux-arm64/simdgrad.node");
  },
  "linux-x64-musl"() {
    return require("node:path").join(__dirname, "../../prebuilds/linux-x64-musl/simdgrad.node");
  },
  "linux-arm64-musl"() {
    return require("node:path").join(__dirname, "../../prebuilds/linux-arm64-musl/simdgrad.node");
  },
  "darwin-x64"() {
    return require("node:path").join(__dirname, "../../prebuilds/darwin-x64/simdgrad.node");
  },
  "darwin-arm64"() {
    return require("node:path").join(__dirname, "../../prebuilds/darwin-arm64/simdgrad.node");
  },
  "win32-x64"() {
    return require("node:path").join(__dirname, "../../prebuilds/win32-x64/simdgrad.node");
  },
  "win32-arm64"() {
    return require("node:path").join(__dirname, "../../prebuilds/win32-arm64/simdgrad.node");
  },
};

/** The names of the folders under prebuilds/: the platforms that the package has an addon for. */
export const platforms: readonly string[] = Object.keys(files);

/** The path of a platform's addon, for code that runs from the package. */
export const prebuilt = (platform: string): string | undefined => files[platform]?.();

/** The path of the WebAssembly module, likewise. */
export function wasmModule(): string {
  return require("node:path").join(__dirname, "../../wasm/simdgrad.wasm");
}

/** This platform. Linux with musl as its C library is one of its own. */
export function thisPlatform(): string {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === "linux" && programLibrary(process.execPath) === "musl" ? `${name}-musl` : name;
}
