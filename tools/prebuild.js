// Where the addon for this machine is written, and where tools and tests look for it. Two systems with the
// same processor may differ in their C library.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder under prebuilds/ for this machine. The library (src/kernels/backend.ts) looks in the folders for
 * both C libraries.
 */
export function prebuildName() {
  const musl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  return `${process.platform}-${process.arch}${musl ? "-musl" : ""}`;
}

/** The path of the addon for this machine. It may not have been built. */
export function prebuildPath() {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
  return join(root, "prebuilds", prebuildName(), "simdgrad.node");
}
