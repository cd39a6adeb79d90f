import { existsSync } from "node:fs";
import { configDefaults, defineConfig } from "vitest/config";
import { prebuildPath } from "./tools/prebuild.js";

const hasAddon = existsSync(process.env["SIMDGRAD_ADDON"] ?? prebuildPath());

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // Where no compiler is, there is nothing to compare the JavaScript core with, and it is what everything else runs on.
    ...(hasAddon
      ? {}
      : {
          exclude: [...configDefaults.exclude, "test/kernels/parity-*.test.ts", "test/kernels/ulp.test.ts"],
          env: { SIMDGRAD_BACKEND: "js" },
        }),
  },
});
