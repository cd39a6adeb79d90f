import { describe, expect, test } from "vitest";
import {
  autograd,
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
  tensor,
  train as training,
  zeros,
} from "../../src/index.js";

const bits = (x: Tensor) => Array.from(x.detach().contiguous().data);

/** 45 samples: batches of 8 leave one of 5. */
function setup(seed: number) {
  manualSeed(seed);
  const model = new nn.Sequential(
    new nn.Linear(4, 16),
    new nn.ReLU(),
    new nn.Dropout(0.2),
    new nn.Linear(16, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const x = randn([45, 4]);
  const y = tensor(Int32Array.from({ length: 45 }, (_, i) => i % 3));
  return { model, optimizer, set: new data.TensorDataset(x, y) };
}

async function train(compile: boolean, more: object = {}) {
  const { model, optimizer, set } = setup(4);
  const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 2, gamma: 0.5 });
  const options = {
    optimizer,
    scheduler,
    epochs: 3,
    batchSize: 8,
    seed: 9,
    validation: set,
    compile,
    ...more,
  };
  const events = [];
  for await (const event of fit(model, set, options)) events.push({ ...event, imagesPerSecond: 0 });
  const validation = events.map((e) => e.validation && [e.validation.loss, e.validation.accuracy]);
  const seen = events.map((e, i) => ({ ...e, validation: validation[i] }));
  return { seen, weights: model.parameters().map(bits), grads: model.parameters().map((p) => bits(p.grad!)) };
}

describe("fit, compiled", () => {
  test.each([
    { schedulerUnit: "epoch", reportEvery: 1e9 },
    { schedulerUnit: "step", reportEvery: 1e9 },
    { schedulerUnit: "epoch", reportEvery: 0 },
  ])("gives the bits and the events of the eager one: %o", async (more) => {
    expect(await train(true, more)).toEqual(await train(false, more));
  });

  test.runIf(backend.name === "native")("leaves the event loop free while steps run", async () => {
    manualSeed(0);
    const model = new nn.Sequential(new nn.Linear(256, 1024), new nn.ReLU(), new nn.Linear(1024, 10));
    const set = new data.TensorDataset(randn([4096, 256]), tensor(new Int32Array(4096)));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.001 });
    const { steps } = await fit(model, set, { optimizer, epochs: 4, batchSize: 1024, reportEvery: 1e9 });
    clearInterval(timer);
    expect(steps).toBe(16);
    expect(ticks).toBeGreaterThan(8);
  });

  test.runIf(backend.name === "native")(
    "tensors that are being trained cannot be touched; a snapshot is consistent",
    async () => {
      const { model, optimizer, set } = setup(1);
      const run = fit(model, set, { optimizer, epochs: 400, batchSize: 8, reportEvery: 1e9 });
      const result = run.then((r) => r);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const weight = model.parameters()[0];
      const tryIt = (fn: () => unknown) => {
        try {
          fn();
          return "fine";
        } catch (error) {
          return (error as { code: string }).code;
        }
      };
      const outcomes = new Set<string>();
      for (let i = 0; i < 50; i++) {
        outcomes.add(tryIt(() => weight.item.call(weight)));
        outcomes.add(tryIt(() => model.forward(randn([2, 4]))));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(outcomes).toContain("TENSOR_IN_USE");
      // Programs of other functions over the model neither read nor write what the thread works on.
      const forward = compile((x: Tensor) => model.forward(x));
      const others = new Set<string>();
      for (let i = 0; i < 20; i++) {
        others.add(tryIt(() => forward(randn([2, 4]))));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(others).toContain("TENSOR_IN_USE");
      await expect(fit(model, set, { optimizer, epochs: 400, reportEvery: 1e9 })).rejects.toMatchObject({
        code: "TENSOR_IN_USE",
      });
      // A server may make a model for its predictions meanwhile.
      expect(tryIt(() => new nn.Linear(4, 16))).toBe("fine");
      const snapshot = await model.snapshot();
      expect(Object.keys(snapshot)).toEqual(Object.keys(model.stateDict()));
      expect(snapshot["0.weight"].data.every(Number.isFinite)).toBe(true);
      await result;
      expect(weight.data.every(Number.isFinite)).toBe(true);
    },
  );

  test("a step that cannot be compiled runs eagerly, with a warning", async () => {
    const { model, optimizer, set } = setup(2);
    const warnings: string[] = [];
    const note = (warning: Error) => warnings.push(warning.message);
    process.on("warning", note);
    const loss = (output: Tensor, target: Tensor) => {
      const value = nn.functional.crossEntropy(output, target);
      return value.item() > 1e9 ? value.mul(2) : value;
    };
    const { steps } = await fit(model, set, { optimizer, loss, batchSize: 8, epochs: 2 });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(steps).toBe(12);
    expect(warnings).toEqual([expect.stringMatching(/cannot be compiled.*item.*run\.test\.ts:\d+/)]);
  });
});

describe("step.run", () => {
  const make = () => {
    const { model, optimizer, set } = setup(6);
    const fn = (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    };
    const loader = new data.DataLoader(set, { batchSize: 8, shuffle: true, seed: 3 });
    return { model, fn, loader };
  };

  test("makes the steps of an eager loop: over a loader, and over its batches", async () => {
    const eager = make();
    manualSeed(8);
    let last: Tensor | undefined;
    for (let epoch = 0, steps = 0; epoch < 3; epoch++)
      for (const [x, y] of eager.loader) if (steps++ < 16) last = eager.fn(x, y);
    for (const batches of [false, true]) {
      const { model, fn, loader } = make();
      manualSeed(8);
      const source = batches ? { [Symbol.iterator]: () => loader[Symbol.iterator]() } : loader;
      const seen: number[] = [];
      const ran = await compile(fn).run(source, { steps: 16, onProgress: ({ steps }) => seen.push(steps) });
      expect([ran.steps, ran.epoch, seen.at(-1)]).toEqual([16, 3, 16]);
      expect(bits(ran.result!)).toEqual(bits(last!));
      expect(model.parameters().map(bits)).toEqual(eager.model.parameters().map(bits));
    }
  });

  test("stops at a signal, goes on afterwards, and says what is wrong with a source", async () => {
    const { model, fn, loader } = make();
    const step = compile(fn);
    await expect(step.run(loader, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    const controller = new AbortController();
    const running = step.run(loader, { epochs: 1e6, signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    controller.abort();
    expect(model.parameters().every((p) => p.data.every(Number.isFinite))).toBe(true);
    expect((await step.run(loader)).steps).toBeLessThanOrEqual(6);
    await expect(step.run([])).rejects.toMatchObject({ code: "EMPTY_DATASET" });
    const bad = [[randn([2, 4]), tensor(Int32Array.of(0, 7))] as [Tensor, Tensor]];
    await expect(step.run(bad)).rejects.toMatchObject({ code: "LABEL_OUT_OF_RANGE" });
    const wrong = [[randn([2, 5]), tensor(Int32Array.of(0, 1))] as [Tensor, Tensor]];
    await expect(step.run(wrong)).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
    const throwing = (function* () {
      yield [randn([2, 4]), tensor(Int32Array.of(0, 1))] as [Tensor, Tensor];
      throw new Error("no more");
    })();
    await expect(step.run(throwing)).rejects.toThrow("no more");
    const twice = (function* () {
      for (let i = 0; i < 2; i++) yield [randn([2, 4]), tensor(Int32Array.of(0, 1))] as [Tensor, Tensor];
    })();
    await expect(step.run(twice, { steps: 3 })).rejects.toMatchObject({
      code: "SOURCE_ENDED",
      message: expect.stringContaining("after 2 steps"),
    });
    await expect(step.run(loader, { steps: 0 })).rejects.toThrow(/steps is an integer >= 1/);
  });
});

test("gradients read from what a thread trains are those of eager, and stay what they were", async () => {
  const read = async (compiled: boolean) => {
    const { model, optimizer, set } = setup(2);
    const [weight] = model.parameters();
    const kept: [Tensor, unknown][] = [];
    const keep = (g: Tensor) => kept.push([g, bits(g)]);
    const options = { optimizer, batchSize: 8, epochs: 2, seed: 4, reportEvery: 0, compile: compiled };
    for await (const _ of fit(model, set, options)) keep(weight.grad!);
    const step = (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      nn.functional.crossEntropy(model.forward(x), y).backward();
      optimizer.step();
      return weight.grad!;
    };
    const loader = new data.DataLoader(set, { batchSize: 8 });
    const several = compile(step);
    for (let i = 0; i < 3; i++) {
      if (compiled) keep((await several.run(loader)).result!);
      else keep([...loader].map(([x, y]) => step(x, y)).at(-1)!);
    }
    for (const [gradient, was] of kept) expect(bits(gradient)).toEqual(was);
    return kept.map(([, was]) => was);
  };
  expect(await read(true)).toEqual(await read(false));
});

test("evaluate looks at every sample once, and finds what an eager look finds", async () => {
  const { model, set } = setup(7);
  const compiled = await training.evaluate(model, set, { batchSize: 8 });
  const eager = await training.evaluate(model, set, { batchSize: 8, confusion: true });
  const facts = ({ loss, accuracy, correct, samples }: typeof eager) => [loss, accuracy, correct, samples];
  expect(facts(compiled)).toEqual(facts(eager));
  expect(compiled.samples).toBe(45);
});

test.runIf(backend.name === "native")(
  "what evaluate reads may be read meanwhile, and not changed",
  async () => {
    const code = async (fn: () => unknown) => {
      try {
        await fn();
        return "fine";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    // Neighbours in memory: the optimizer of both makes one kernel call, which begins at the other one.
    const [other, model] = [new nn.Linear(4, 3), new nn.Linear(4, 3)];
    const ofBoth = new optim.SGD([...other.parameters(), ...model.parameters()], { lr: 0.1 });
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    for (const each of [other, model])
      each
        .forward(randn([2, 4]))
        .sum()
        .backward();
    const untouched = bits(other.weight);
    const set = new data.TensorDataset(randn([400_000, 4]), tensor(new Int32Array(400_000)));
    const alone = await training.evaluate(model, set, { batchSize: 10 });
    const running = training.evaluate(model, set, { batchSize: 10 });
    let over = false;
    const end = running.finally(() => {
      over = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const step = compile(() => optimizer.step());
    const writes = [
      () => fit(model, set, { optimizer }),
      () => optimizer.step(),
      () => ofBoth.step(),
      () => step(),
      () => model.loadStateDict(other.stateDict()),
      () => autograd.noGrad(() => model.weight.narrow(0, 1, 1).mul_(0)),
    ];
    const reads = [
      () => model.weight.data,
      () => model.forward(randn([2, 4])),
      () => compile((x: Tensor) => model.forward(x))(randn([2, 4])),
      () => model.snapshot(),
      () => new optim.SGD(other.parameters(), { lr: 0.1 }).step(),
      () => new nn.Linear(4, 16), // its parameters are behind the last ones of the slab
    ];
    const outcomes = [];
    for (const fn of writes) outcomes.push(await code(fn));
    expect(bits(other.weight)).toEqual(untouched);
    for (const fn of reads) outcomes.push(await code(fn));
    expect(over).toBe(false);
    expect(outcomes).toEqual([...writes.map(() => "TENSOR_IN_USE"), ...reads.map(() => "fine")]);
    const second = await training.evaluate(model, set, { batchSize: 10 });
    expect([(await end).loss, second.loss]).toEqual([alone.loss, alone.loss]);
    expect(await code(writes[1])).toBe("fine");
  },
);

test("another loader is another data set, also when it has the same form", async () => {
  const fn = compile((x: Tensor) => x.sum());
  const loaderOf = (value: number) =>
    new data.DataLoader(new data.TensorDataset(tensor(new Float32Array(8).fill(value))), { batchSize: 8 });
  const [a, b] = [loaderOf(1), loaderOf(2)];
  const sums = [];
  for (const loader of [a, b, a]) sums.push((await fn.run(loader)).result!);
  expect(sums.map((sum) => sum.item())).toEqual([8, 16, 8]);
});

test("what a run gave stays when another one follows", async () => {
  const total = new nn.Parameter(zeros([]), { requiresGrad: false });
  const fn = compile((x: Tensor) => total.add_(x.sum()).mul(1));
  const loader = new data.DataLoader(new data.TensorDataset(ones([8])), { batchSize: 4 });
  const results = [];
  for (let i = 0; i < 3; i++) results.push((await fn.run(loader)).result!);
  expect(results.map((sum) => sum.item())).toEqual([8, 16, 24]);
});

test("a data set that looks at its indices is fetched by JavaScript", async () => {
  const seen: number[] = [];
  const rows = {
    length: 10,
    batch: (indices: Int32Array) => {
      for (const i of indices) seen.push(i);
      return [tensor(Float32Array.from(indices))] as [Tensor];
    },
  };
  const loader = new data.DataLoader(rows, { batchSize: 4 });
  const { steps, result } = await compile((x: Tensor) => x.sum()).run(loader, { epochs: 2 });
  expect([steps, result!.item()]).toEqual([6, 17]);
  expect(seen).toEqual([...Array(10).keys(), ...Array(10).keys()]);
});

test.runIf(backend.name === "native")("snapshots asked for at once are each of one step", async () => {
  // Two parameters with one gradient are equal after every step, and between two of its halves they are not.
  class Twins extends nn.Module {
    a = new nn.Parameter(zeros([200_000]));
    b = new nn.Parameter(zeros([200_000]));
    forward(x: Tensor): Tensor {
      return this.a.mul(x.mean()).add(this.b.mul(x.mean())).sub(1).square().mean().mul(1e5);
    }
  }
  const model = new Twins();
  const optimizer = new optim.Adam([{ params: [model.a] }, { params: [model.b] }], { lr: 1e-3 });
  const set = new data.TensorDataset(randn([64, 4]).add(1), zeros([64]));
  const run = fit(model, set, {
    ...{ optimizer, batchSize: 8, epochs: 40, reportEvery: 1e9 },
    loss: (output: Tensor) => output,
  });
  const result = run.then((r) => r);
  const differ: boolean[] = [];
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    const three = await Promise.all([model.snapshot(), model.snapshot(), model.snapshot()]);
    for (const { a, b } of three) differ.push(!bits(a).every((v, j) => v === b.data[j]));
  }
  await result;
  expect(differ).toEqual(differ.map(() => false));
});
