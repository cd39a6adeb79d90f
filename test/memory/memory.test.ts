import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { backend } from "../../src/index.js";

const program = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Network {
  steps: number;
  batch: number;
  inputs: number;
  hidden: number;
  /**
   * Growth in MB that is not a leak, from the lowest point after warm-up (the second fifth) to the lowest at
   * the end (the last fifth). The programs run with a young generation of three halves of 1 MB (`young`),
   * which V8 cannot double. 8 MB over 18,000 steps are 470 bytes a step, less than one Tensor object with its
   * shape, strides and storage. Where activations are ArrayBuffers, what waits for a collection comes on top,
   * and one that was kept in each of 600 steps would be 77.
   */
  allowed: number;
}

/**
 * Many steps of a network whose tensors lie in slabs; fewer of one whose activations are ArrayBuffers of
 * their own.
 */
const networks: [string, Network][] = [
  ["30,000 steps of a small network", { steps: 30_000, batch: 8, inputs: 4, hidden: 16, allowed: 8 }],
  ["1,000 steps with 128 KB activations", { steps: 1_000, batch: 128, inputs: 64, hidden: 256, allowed: 64 }],
];

const young = "--max-semi-space-size=1";

/** Resident memory of a process of this size in MB, of which Node itself takes 45. */
const total = 200;

const growth = ({ steps, batch, inputs, hidden }: Network, on: string, ...more: string[]) =>
  growthOf([program("./steps.mjs"), steps, batch, inputs, hidden, ...more], on);

function growthOf(command: (string | number)[], on: string) {
  const args = [young, ...command.map(String)];
  const env = { ...process.env, SIMDGRAD_BACKEND: on, NODE_OPTIONS: "" };
  const child = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  expect(child.status, child.stderr).toBe(0);
  const result = JSON.parse(child.stdout) as { backend: string; rss: number[]; loss: number };
  expect(result).toMatchObject({ backend: on, rss: { length: 100 } });
  expect(result.loss).toBeLessThan(0.1); // it did train
  const { rss } = result;
  return { grown: Math.min(...rss.slice(80)) - Math.min(...rss.slice(20, 40)), peak: Math.max(...rss) };
}

describe.each(backend.isas.length > 0 ? ["native", "js"] : ["js"])("resident memory on %s", (on) => {
  test.each(networks)("stays flat over %s in one synchronous loop", (_, network) => {
    const { grown, peak } = growth(network, on);
    expect(grown).toBeLessThan(network.allowed);
    expect(peak).toBeLessThan(total);
  });
});

/**
 * Kept, the memory between the calls of 1,000 recordings would be 200 MB. JavaScript's part of them waits for
 * V8 to collect it.
 */
test.skipIf(backend.isas.length === 0)(
  "dropped recordings leave resident memory flat in a synchronous loop",
  () => {
    expect(growthOf([program("./recordings.mjs"), 1_000, 256, 16, 64], "native").grown).toBeLessThan(64);
  },
);

/**
 * 100 jobs between two samples, 9,000 in all. V8 takes an object with a finalizer for alive until it goes
 * over the whole heap: of each job that had one, 2 kB stayed until then.
 */
test.skipIf(backend.isas.length === 0)("the jobs of a run are gone with the next small collection", () => {
  const child = spawnSync(process.execPath, ["--expose-gc", program("./epochs.mjs"), "9000"], {
    encoding: "utf8",
  });
  expect(child.status, child.stderr).toBe(0);
  const { heap } = JSON.parse(child.stdout) as { heap: number[] };
  expect(heap.length).toBeGreaterThan(50);
  expect(Math.max(...heap) - Math.min(...heap)).toBeLessThan(5);
});

/**
 * The weights of 4 heads of 2048 tokens are 64 MB, and those of 4096 tokens 256 MB. Where the mask needs a
 * gradient, the formula stores them.
 */
test.skipIf(backend.isas.length === 0 || process.platform !== "linux")(
  "attention of 4096 tokens stores no matrix of weights",
  () => {
    const beyond = (tokens: number, ...more: string[]) => {
      const args = [program("./attention.mjs"), String(tokens), "4", "64", ...more];
      const child = spawnSync(process.execPath, args, { encoding: "utf8" });
      expect(child.status, child.stderr).toBe(0);
      return (JSON.parse(child.stdout) as { beyond: number }).beyond;
    };
    expect(beyond(4096)).toBeLessThan(64);
    expect(beyond(2048, "mask")).toBeGreaterThan(64);
  },
);

test("a program that keeps its losses is seen to grow", () => {
  const network = networks[0]![1];
  expect(growth(network, "js", "leak").grown).toBeGreaterThan(network.allowed);
});
