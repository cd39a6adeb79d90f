import { describe, expect, test } from "vitest";
import { backend, data, fit, manualSeed, nn, optim, randn, type Tensor, tensor } from "../../src/index.js";

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
