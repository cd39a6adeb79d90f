/**
 * The addons of the package. Programs that copy what an application needs (Next.js, Vercel) read the code and
 * look for `__dirname` with a text behind it, so each path is written out. @vercel/nft finds it in a
 * `return`, but not as the body of an arrow function. This file and its bundled form lie at the same depth:
 * in src/kernels and dist/parts.
 */
import { programLibrary } from "./elf.js";

const files: Record<string, () => string> = {
  "linux-x64"() {
    return `${__dirname}/../../prebuilds/linux-x64/simdgrad.node`;
  },
  "linux-arm64"() {
    return `${__dirname}/../../prebuilds/linux-arm64/simdgrad.node`;
  },
  "linux-x64-musl"() {
    return `${__dirname}/../../prebuilds/linux-x64-musl/simdgrad.node`;
  },
  "linux-arm64-musl"() {
    return `${__dirname}/../../prebuilds/linux-arm64-musl/simdgrad.node`;
  },
  "darwin-x64"() {
    return `${__dirname}/../../prebuilds/darwin-x64/simdgrad.node`;
  },
  "darwin-arm64"() {
    return `${__dirname}/../../prebuilds/darwin-arm64/simdgrad.node`;
  },
  "win32-x64"() {
    return `${__dirname}/../../prebuilds/win32-x64/simdgrad.node`;
  },
  "win32-arm64"() {
    return `${__dirname}/../../prebuilds/win32-arm64/simdgrad.node`;
  },
};

/** The names of the folders under prebuilds/: the platforms that the package has an addon for. */
export const platforms: readonly string[] = Object.keys(files);

/** The path of a platform's addon, for code that runs from the package. */
export const prebuilt = (platform: string): string | undefined => files[platform]?.();

/** This platform. Linux with musl as its C library is one of its own. */
export function thisPlatform(): string {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === "linux" && programLibrary(process.execPath) === "musl" ? `${name}-musl` : name;
}
