/** What a replay is: one call of native code, while `fn` rests. */
import { describe, expect, test, vi } from "vitest";
import { backend, compile, data, nn, ones, optim, type Tensor, tensor } from "../../src/index.js";
import { k, nativeAddon, withKernels } from "../../src/kernels/backend.js";
import type { Kernels } from "../../src/kernels/schema.js";

describe.skipIf(backend.name !== "native")("a replay", () => {
  const optimizers = Object.entries(optim).filter(
    ([name, value]) => name !== "Optimizer" && typeof value === "function",
  ) as [string, typeof optim.AdamW][];

  test.each(optimizers)("is one native call, and no JavaScript of the function, with %s", (_, Optimizer) => {
    const model = new nn.Sequential(
      new nn.Linear(6, 5),
      new nn.Tanh(),
      new nn.Dropout(0.1),
      new nn.Linear(5, 3),
    );
    const optimizer = new Optimizer(model.parameters(), { lr: 0.01 });
    const lossFn = new nn.CrossEntropyLoss({ labelSmoothing: 0.1 });
    const fn = vi.fn((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = lossFn.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    const step = compile(fn);
    const [x, y] = [ones([4, 6]), tensor([0, 1, 2, 1], { dtype: "int32" })];
    const replay = vi.spyOn(nativeAddon().addon, "replay");
    let kernels = 0;
    const counted = Object.fromEntries(
      Object.entries(k).map(([name, kernel]) => [
        name,
        (...args: unknown[]) => {
          kernels++;
          return (kernel as (...args: unknown[]) => number)(...args);
        },
      ]),
    ) as unknown as Kernels;
    withKernels(counted, () => {
      step(x, y);
      expect([fn.mock.calls.length, replay.mock.calls.length]).toEqual([2, 1]);
      for (let i = 0; i < 10; i++) step(x, y);
      expect([fn.mock.calls.length, replay.mock.calls.length]).toEqual([2, 11]);
      expect(kernels).toBe(0);
      fn(x, y);
      expect(kernels).toBeGreaterThan(10);
    });
    replay.mockRestore();
  });

  test("on a thread has one native program, and so one arena", async () => {
    const create = vi.spyOn(nativeAddon().addon, "createProgram");
    const model = new nn.Linear(6, 5);
    const loader = new data.DataLoader(new data.TensorDataset(ones([8, 6])), { batchSize: 4 });
    await compile((x: Tensor) => model.forward(x).sum()).run(loader, { epochs: 3 });
    expect(create).toHaveBeenCalledTimes(1);
    create.mockRestore();
  });
});
