import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { backend } from "../../src/index.js";

const program = fileURLToPath(new URL("./run.mjs", import.meta.url));

interface Run {
  hash: string;
  losses: number[];
  name: string;
  isa: string;
  threads: number;
  workerChunks: number;
  sourceHash: string;
  reason: string;
}

/** A training run in its own process, with only these settings. */
function train(settings: Record<string, string>, seed = 7): Run {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SIMDGRAD_|NODE_OPTIONS)/.test(name));
  const env = { ...Object.fromEntries(kept), ...settings };
  const child = spawnSync(process.execPath, [program, String(seed)], { env, encoding: "utf8" });
  expect(child.status, child.stderr).toBe(0);
  return JSON.parse(child.stdout);
}

/** The settings of the reference run: portable C++ without vectors, on one thread. */
const plain = { SIMDGRAD_BACKEND: "native", SIMDGRAD_ISA: "portable", SIMDGRAD_THREADS: "1" };
const isas = [...backend.isas];
const threads = ["1", "2", "4"];

describe.runIf(isas.length > 0)("one seed, the same bits", () => {
  let reference: Run;
  beforeAll(() => {
    reference = train(plain);
  });

  test("a run that has learnt something is compared", () => {
    expect(reference).toMatchObject({ name: "native", isa: "portable", threads: 1, workerChunks: 0 });
    expect(reference.losses.at(-1)!).toBeLessThan(0.6 * reference.losses[0]!);
    expect(train(plain, 8).hash).not.toBe(reference.hash);
  });

  test.each(isas.flatMap((isa) => threads.map((count) => [isa, count])))(
    "on %s with %s threads",
    (isa, count) => {
      const run = train({ SIMDGRAD_BACKEND: "native", SIMDGRAD_ISA: isa!, SIMDGRAD_THREADS: count! });
      // The run used these settings, and other threads did some of the work.
      expect(run).toMatchObject({ name: "native", isa, threads: Number(count) });
      if (count === "1") expect(run.workerChunks).toBe(0);
      else expect(run.workerChunks).toBeGreaterThan(0);
      expect(run.losses).toEqual(reference.losses);
      expect(run.hash).toBe(reference.hash);
    },
  );

  test("and the JS core tells the same story", () => {
    const run = train({ SIMDGRAD_BACKEND: "js" });
    expect(run.name).toBe("js");
    run.losses.forEach((loss, step) => {
      expect(Math.abs(loss / reference.losses[step]! - 1), `step ${step}`).toBeLessThan(1e-4);
    });
  });
});
