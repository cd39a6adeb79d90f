/** A backend is three parts: another one is laid beside the two that there are without a change elsewhere. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ordinary } from "../../src/allocator.js";
import {
  backend,
  compile,
  data,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { nativeAddon } from "../../src/kernels/backend.js";
import type { Backend } from "../../src/kernels/backend-value.js";
import { inUse, put } from "../../src/kernels/in-use.js";
import { jsBackend } from "../../src/kernels/js-backend.js";

/** Bits of a model after eager steps, compiled ones and a run. */
async function trained(): Promise<number[]> {
  manualSeed(3);
  const model = new nn.Sequential(
    new nn.Linear(40, 40),
    new nn.ReLU(),
    new nn.Dropout(0.2),
    new nn.Linear(40, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const fn = (x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const set = new data.TensorDataset(
    randn([64, 40]),
    tensor(Int32Array.from({ length: 64 }, (_, i) => i % 3)),
  );
  const loader = new data.DataLoader(set, { batchSize: 32 });
  const step = compile(fn);
  for (const [x, y] of loader) {
    fn(x, y);
    step(x, y);
  }
  await step.run(loader);
  return model.parameters().flatMap((p) => [...p.data]);
}

describe("another backend", () => {
  let before: Backend;
  beforeEach(() => {
    before = inUse;
  });
  afterEach(() => put(before));

  test("runs kernels and gives memory; without a replay, programs are calls of its kernels", async () => {
    put(jsBackend);
    const expected = await trained();
    const calls = vi.fn();
    const kernels = Object.fromEntries(
      Object.entries(jsBackend.kernels).map(([name, kernel]) => [
        name,
        (...args: unknown[]) => {
          calls(name);
          return (kernel as (...args: unknown[]) => number)(...args);
        },
      ]),
    ) as unknown as Backend["kernels"];
    const allocate = { uncleared: vi.fn(ordinary.uncleared), shared: vi.fn(ordinary.shared) };
    put({ name: "js", kernels, allocate, replay: null });
    expect(await trained()).toEqual(expected);
    // Two eager steps, two compiled ones, two of the run. Each counts once; adamStep is called once for all
    // parameters or for each half, depending on where a slab of memory ends.
    expect(calls.mock.calls.filter(([name]) => name === "increment")).toHaveLength(6);
    expect(allocate.uncleared).toHaveBeenCalled();
    expect(allocate.shared).toHaveBeenCalled();
  });

  test.runIf(backend.name === "native")(
    "replays programs; without threads, a run replays them here",
    async () => {
      const expected = await trained();
      const { addon, block } = nativeAddon();
      const { createProgram, releaseProgram, profile, kernelNames, ops } = addon;
      const replay = vi.fn(addon.replay);
      const programs = { createProgram, releaseProgram, profile, kernelNames, ops, replay };
      put({ ...before, replay: { programs, block } });
      expect(await trained()).toEqual(expected);
      // Two calls; and two steps of the run, which fetch their batches by a program.
      expect(replay).toHaveBeenCalledTimes(2 + 2 * 2);
    },
  );
});
