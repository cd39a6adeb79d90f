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

  /** A training step whose traces are counted, and the bytes of the arenas that are made for it. */
  function counted(dropout: number) {
    const model = new nn.Sequential(
      new nn.Linear(6, 8),
      new nn.ReLU(),
      new nn.Dropout(dropout),
      new nn.Linear(8, 3),
    );
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const fn = vi.fn((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    const create = vi.spyOn(nativeAddon().addon, "createProgram");
    const arenas = () => {
      const own = create.mock.calls.filter(([, lender]) => lender === undefined);
      return own.map(([{ arenaBytes }]) => arenaBytes).filter((bytes) => bytes > 0);
    };
    const y = tensor(Int32Array.from({ length: 16 }, (_, i) => i % 3));
    const set = new data.TensorDataset(ones([16, 6]), y);
    return { fn, arenas, step: compile(fn), loader: new data.DataLoader(set, { batchSize: 4 }) };
  }

  test.each([
    ["with calls first", 0, true],
    ["with runs first", 0, false],
    // The thread has a generator of its own, so another native program, but no other arena.
    ["with calls first, and random numbers", 0.5, true],
    ["with runs first, and random numbers", 0.5, false],
  ])("on a thread is of the same recording and in the same arena, %s", async (_, dropout, callsFirst) => {
    const { fn, arenas, step, loader } = counted(dropout);
    const [x, y] = [...loader][0];
    const call = () => void step(x, y);
    if (callsFirst) call();
    await step.run(loader, { epochs: 3 });
    call();
    await step.run(loader);
    expect([fn.mock.calls.length, step.recordings, arenas().length]).toEqual([2, 1, 1]);
    vi.restoreAllMocks();
  });

  test("while a thread works in the arena has another one", async () => {
    const model = new nn.Sequential(new nn.Linear(6, 64), new nn.ReLU(), new nn.Linear(64, 1));
    const step = compile((x: Tensor) => model.forward(x).sum());
    const set = new data.TensorDataset(ones([4000, 6]));
    const expected = step(ones([4, 6])).item();
    let over = false;
    const running = step.run(new data.DataLoader(set, { batchSize: 4 }), { epochs: 20 }).finally(() => {
      over = true;
    });
    for (let i = 0; i < 20; i++) {
      expect(step(ones([4, 6])).item()).toBe(expected);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(over).toBe(false);
    expect((await running).result!.item()).toBe(expected);
    expect(step.recordings).toBe(1);
  });
});
