/**
 * Workers that end at any moment of their work: by process.exit, an error that nobody catches, terminate(),
 * with the whole process, or because they are done; several at once. Each trial is a process, so that one
 * that dies fails the test.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { addonPath } from "../native/addon.js";
import fc from "../property.js";
import { patience, times } from "./effort.js";

const script = fileURLToPath(new URL("./workers.mjs", import.meta.url));

const trial = fc.record({
  work: fc.constantFrom("fit", "run", "evaluate", "several", "compile", "eager", "load"),
  end: fc.constantFrom("exit", "throw", "terminate"),
  delay: fc.double({ min: 0, max: 60, noNaN: true }),
  /** Whether the end may come before the library was loaded. */
  early: fc.boolean(),
});

function run(trials: unknown[]) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [script, JSON.stringify([trials, addonPath])],
    { encoding: "utf8", timeout: 60_000 },
  );
  return { status, signal, stdout, stderr };
}

it(
  "a Worker that ends while it trains takes nobody along",
  () => {
    fc.assert(
      fc.property(fc.array(trial, { minLength: 4, maxLength: 6 }), (trials) => {
        expect(run(trials)).toEqual({
          status: 0,
          signal: null,
          stdout: `${trials.length} ended\n`,
          stderr: "",
        });
      }),
      // Moments do not come back: there is nothing to shrink.
      { numRuns: times(3), endOnFailure: true },
    );
  },
  patience(),
);

it(
  "a process ends while its Workers train",
  () => {
    fc.assert(
      fc.property(fc.array(trial, { minLength: 3, maxLength: 4 }), fc.nat(60), (trials, delay) => {
        const last = { work: "fit", end: "main", delay, early: false };
        const { status, signal, stderr } = run([...trials, last]);
        expect({ status, signal, stderr }).toEqual({ status: 7, signal: null, stderr: "" });
      }),
      { numRuns: times(1), endOnFailure: true },
    );
  },
  patience(),
);
