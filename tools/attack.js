// Attacks the library: the files of test/attack, with many more cases than `npm test` tries, the fuzzer of
// the addon's boundary, and ranks that are killed.
//
//   npm run attack -- [effort] [seed]
//
// effort multiplies the number of cases (default 20). The default seed comes from the clock.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const [effort = "20", seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
for (const [name, value] of Object.entries({ effort, seed }))
  if (!(Number(value) > 0)) {
    console.error(`attack: ${name} is a number > 0: ${value}`);
    process.exit(1);
  }
console.log(`attack: effort ${effort}, seed ${seed}; repeat with: npm run attack -- ${effort} ${seed}`);
const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");
const files = ["test/attack", "test/native/fuzz.test.ts", "test/distributed/kills.test.ts"];
const { status } = spawnSync(process.execPath, [vitest, "run", ...files], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, SIMDGRAD_ATTACK: effort, SIMDGRAD_TEST_SEED: seed },
});
process.exitCode = status ?? 1;
