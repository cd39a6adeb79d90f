import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { prebuildPath } from "./tools/prebuild.js";

const hasAddon = existsSync(process.env["SIMDGRAD_ADDON"] ?? prebuildPath());

// Without a compiler, there is nothing to compare the JavaScript core with, and everything else runs on that
// core.
const exclude = hasAddon
  ? configDefaults.exclude
  : [...configDefaults.exclude, "test/kernels/parity-*.test.ts", "test/kernels/ulp.test.ts"];

/** Tests that replace modules of the library or load it several times: each file needs its own process. */
const alone = [
  "test/attack/poisoned-memory.test.ts",
  "test/io/atomic.test.ts",
  "test/native/backend.test.ts",
  "test/plot/peers.test.ts",
  "test/train/full-disk.test.ts",
];

/** Tests in real browsers. */
const inBrowsers = ["test/browser/*.test.ts", "test/playground/*.test.ts"];

/** Tests of what users install and start: the package, the command, the examples, ranks under mpirun. */
const installed = ["package", "platforms", "distributed", "cli", "examples"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    // A third worker on two cores costs more than it gains: it loads the library again, and what waits for a
    // process that it started waits for a core.
    maxWorkers: availableParallelism(),
    // Files that vitest has transformed are kept for its next run: a second run begins three seconds earlier.
    experimental: { fsModuleCache: true },
    // Loading the library takes two seconds of a core, which is most of the time of most files. So all other
    // files share a process for each worker, and test/restore.ts restores what they change.
    projects: [
      {
        name: "shared",
        include: ["test/**/*.test.ts"],
        exclude: [...exclude, ...alone, ...inBrowsers, ...installed],
        isolate: false,
        setupFiles: ["test/restore.ts"],
      },
      {
        name: "installed",
        include: installed,
        exclude,
        isolate: false,
        setupFiles: ["test/restore.ts"],
        globalSetup: ["test/distributed/setup.ts", "test/package/setup.ts"],
      },
      { name: "alone", include: alone, exclude },
      { name: "browser", include: inBrowsers, isolate: false, globalSetup: "test/browser/setup.ts" },
    ].map((test) => ({
      test: {
        ...test,
        testTimeout: 180_000,
        hookTimeout: 180_000,
        ...(hasAddon ? {} : { env: { SIMDGRAD_BACKEND: "js" } }),
      },
    })),
  },
});
