/** How a run fetches its batches: a program of its own, whose results are the arguments of the function. */
import { describe, expect, test, vi } from "vitest";
import {
  backend,
  compile,
  data,
  fit,
  manualSeed,
  nn,
  ones,
  optim,
  randn,
  type Tensor,
  train,
  zeros,
} from "../../src/index.js";

const bits = (x: Tensor) => Array.from(x.detach().contiguous().data);

type Batches = { length: number; batch(indices: Int32Array): [Tensor, Tensor] };

/** Data sets over 12 samples of 3 numbers, by what their batches are. */
const sets: [string, () => Batches][] = [
  ["rows", () => new data.TensorDataset(randn([12, 3]), randn([12, 3])) as never],
  [
    "the same tensors each time, in memory that can be transferred",
    () => {
      const [x, y] = [randn([500, 3]), randn([500, 3])];
      return { length: 12, batch: () => [x, y] };
    },
  ],
  [
    "the same tensors each time, in shared memory",
    () => {
      const [x, y] = [randn([4, 3]), randn([4, 3])];
      return { length: 12, batch: () => [x, y] };
    },
  ],
  [
    "one tensor twice",
    () => {
      const rows = new data.TensorDataset(randn([12, 3]));
      const batch = (i: Int32Array) => rows.batch(i)[0] as Tensor;
      return {
        length: 12,
        batch: (i) => {
          const x = batch(i);
          return [x, x];
        },
      };
    },
  ],
  [
    "views of one tensor",
    () => {
      const rows = new data.TensorDataset(randn([12, 6]));
      return {
        length: 12,
        batch: (i) => {
          const both = rows.batch(i)[0] as Tensor;
          return [both.narrow(1, 0, 3), both.narrow(1, 3, 3)];
        },
      };
    },
  ],
  [
    "drawn by the generator that the function draws from",
    () => {
      const rows = new data.TensorDataset(randn([12, 3]), randn([12, 3]));
      return {
        length: 12,
        batch: (i) => {
          const [x, y] = rows.batch(i) as [Tensor, Tensor];
          return [x.add(randn([i.length, 3])), y];
        },
      };
    },
  ],
];

/** Steps that draw random numbers and train, and what they return: the loss, and a view of an input. */
function setup(make: () => Batches) {
  manualSeed(11);
  const model = new nn.Sequential(new nn.Linear(3, 8), new nn.Dropout(0.3), new nn.Linear(8, 3));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });
  const fn = (x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = nn.functional.mseLoss(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return [loss, x.narrow(0, 0, 1)];
  };
  const loader = new data.DataLoader(make(), { batchSize: 5, shuffle: true, seed: 2 });
  manualSeed(12);
  return { model, fn, loader };
}

describe("a run over batches that are", () => {
  test.each(sets)("%s is the loop over them", async (_, make) => {
    const eager = setup(make);
    const seen: number[][] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      let left: Tensor[] = [];
      for (const [x, y] of eager.loader) left = eager.fn(x, y);
      seen.push(left.flatMap(bits));
    }
    const ran = setup(make);
    const step = compile(ran.fn);
    const results: Tensor[][] = [];
    for (let epoch = 0; epoch < 3; epoch++) results.push((await step.run(ran.loader)).result!);
    // Also those of the first epochs: no later step has written to them.
    expect(results.map((left) => left.flatMap(bits))).toEqual(seen);
    expect(ran.model.parameters().map(bits)).toEqual(eager.model.parameters().map(bits));
  });
});

/** What `fn` throws, by its code; "fine" for nothing. */
async function code(fn: () => unknown): Promise<string> {
  try {
    await fn();
    return "fine";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("batches that cannot be arguments", () => {
  const rows = () => new data.TensorDataset(randn([8, 2]));
  const loaderOf = (batch: (i: Int32Array) => unknown) =>
    new data.DataLoader({ length: 8, batch } as never, { batchSize: 4 });
  test.each<[string, () => (i: Int32Array) => unknown, string]>([
    ["no list", () => () => zeros([4]), "INVALID_VALUE"],
    ["a list of records", () => () => [{ x: zeros([4]) }], "INVALID_ARGUMENT"],
    [
      "part of a graph",
      () => {
        const encoder = new nn.Linear(2, 2);
        const set = rows();
        return (i) => [encoder.forward(set.batch(i)[0])];
      },
      "NOT_A_LEAF",
    ],
  ])("%s are refused as in a call", async (_, make, expected) => {
    const step = compile((...args: Tensor[]) => args[0]);
    expect(await code(() => step.run(loaderOf(make())))).toBe(expected);
  });

  test("a function that changes one of two that share memory is refused, and trained eagerly by fit", async () => {
    const set = rows();
    const loader = loaderOf((i) => {
      const x = set.batch(i)[0];
      return [x, x];
    });
    const step = compile((x: Tensor, y: Tensor) => x.mul_(2).add(y).sum());
    expect(await code(() => step.run(loader as never))).toBe("SHARED_MEMORY");
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const model = new nn.Linear(2, 2);
    class Halving extends nn.Module {
      inner = model;
      forward(x: Tensor): Tensor {
        return this.inner.forward(x.mul_(0.5));
      }
    }
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const options = { optimizer, loss: new nn.MSELoss() };
    expect((await fit(new Halving(), loader as never, options)).steps).toBe(2);
    expect(warn.mock.calls.map(([message]) => String(message))).toEqual([
      expect.stringContaining("shares memory with another argument"),
    ]);
    vi.restoreAllMocks();
  });
});

test("the validation of fit is traced once for all epochs", async () => {
  const model = new nn.Linear(3, 1);
  const calls = { train: 0, eval: 0 };
  model.registerForwardHook(() => {
    calls[model.training ? "train" : "eval"]++;
  });
  const set = new data.TensorDataset(randn([8, 3]), randn([8, 1]));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const options = { optimizer, loss: new nn.MSELoss(), batchSize: 8, epochs: 4, validation: set };
  const { validation } = await fit(model, set, options);
  expect(calls).toEqual({ train: 2, eval: 2 });
  const alone = await train.evaluate(model, set, { loss: new nn.MSELoss() });
  expect([validation!.loss, validation!.samples]).toEqual([alone.loss, 8]);
});

test.runIf(backend.name === "native")("two runs of one function take turns", async () => {
  const model = new nn.Linear(3, 1);
  const step = compile((x: Tensor) => model.forward(x).sum());
  const loaderOf = (value: number) =>
    new data.DataLoader(new data.TensorDataset(ones([4000, 3]).mul(value)), { batchSize: 1 });
  const alone = [];
  for (const value of [1, 2]) alone.push((await step.run(loaderOf(value))).result!.item());
  const both = await Promise.all(
    [1, 2].map(async (value) => await step.run(loaderOf(value), { epochs: 30 })),
  );
  expect(both.map(({ steps }) => steps)).toEqual([120_000, 120_000]);
  expect(both.map(({ result }) => result!.item())).toEqual(alone);
});

test("a batch that cannot be traced ends a stretch: the steps before it count", async () => {
  const step = compile((x: Tensor) => {
    if (x.shape[0] < 4) throw new Error("a small batch");
    return x.sum();
  });
  const seen: number[] = [];
  const loader = new data.DataLoader(new data.TensorDataset(ones([10, 2])), { batchSize: 4 });
  const run = step.run(loader, { onProgress: ({ steps }) => seen.push(steps) });
  await expect(run).rejects.toThrow("a small batch");
  expect(seen).toEqual([2]);
});
