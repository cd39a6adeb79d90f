// The path of the addon for this machine, for tools and tests. Two systems with the same processor may differ
// in their C library.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder under prebuilds/ for this machine. The library (src/kernels/backend.ts) tries the folders of
 * both C libraries.
 */
export function prebuildName() {
  const musl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  return `${process.platform}-${process.arch}${musl ? "-musl" : ""}`;
}

/** The path of the addon for this machine. The file exists only after a build. */
export function prebuildPath() {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
  return join(root, "prebuilds", prebuildName(), "simdgrad.node");
}
