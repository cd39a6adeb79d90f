// Where the addon for this machine is put, and looked for by tools and tests. Two systems of one processor
// differ by their C library.
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder under prebuilds/ for this machine; the library (src/kernels/backend.ts) looks into those of both
 * C libraries.
 */
export function prebuildName() {
  const musl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
  return `${process.platform}-${process.arch}${musl ? "-musl" : ""}`;
}

/** The addon for this machine, which may not have been built. */
export function prebuildPath() {
  const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
  return join(root, "prebuilds", prebuildName(), "simdgrad.node");
}
