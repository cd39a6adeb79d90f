import { describe, expect, test } from "vitest";
import {
  arange,
  autograd,
  data,
  type FitOptions,
  type FitProgress,
  fit,
  manualSeed,
  nn,
  ones,
  optim,
  randn,
  randperm,
  type SimdgradError,
  type Tensor,
  tensor,
  train,
  zeros,
} from "../../src/index.js";

/** Points around three corners of a triangle, as many for each. */
function corners(count = 90): data.TensorDataset<[Tensor, Tensor]> {
  const centers = [
    [0, 3],
    [3, -2],
    [-3, -2],
  ];
  const points = Array.from({ length: count }, (_, i) =>
    centers[i % 3].map((at, d) => at + 0.5 * Math.sin(7 * i + d)),
  );
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  return new data.TensorDataset(tensor(points), tensor(labels));
}

function setup(options: Partial<FitOptions> & { dropout?: number; lr?: number } = {}) {
  const { dropout = 0, lr = 0.1, ...rest } = options;
  manualSeed(1);
  const model = new nn.Sequential(
    new nn.Linear(2, 16),
    new nn.ReLU(),
    new nn.Dropout(dropout),
    new nn.Linear(16, 3),
  );
  const optimizer = new optim.SGD(model.parameters(), { lr });
  return { model, optimizer, options: { optimizer, batchSize: 20, seed: 0, reportEvery: 0, ...rest } };
}

const weights = (model: nn.Module) => model.parameters().map((p) => p.toArray());

async function collect(run: AsyncIterable<FitProgress>): Promise<FitProgress[]> {
  const events: FitProgress[] = [];
  for await (const event of run) events.push(event);
  return events;
}

describe("fit", () => {
  test("is a promise of what the training came to", async () => {
    const { model, options } = setup({ epochs: 5, validation: corners(30) });
    const result = await fit(model, corners(), options);
    expect(result).toMatchObject({ epochs: 5, steps: 25, completed: true });
    expect(result.loss).toBeLessThan(0.3);
    expect(result.accuracy).toBeGreaterThan(0.95);
    expect(result.validation?.accuracy).toBe(1);
  });

  test("is an async iterator: an event a step with reportEvery 0, and one at the end of each epoch", async () => {
    const { model, options } = setup({ epochs: 2 });
    const run = fit(model, corners(), options);
    const events = await collect(run);
    expect(events.map(({ type, epoch, step }) => `${type[0]}${epoch}:${step}`).join(" ")).toBe(
      "p1:1 p1:2 p1:3 p1:4 p1:5 e1:5 p2:6 p2:7 p2:8 p2:9 p2:10 e2:10",
    );
    const last = events.at(-1)!;
    expect(last).toMatchObject({ epochs: 2, steps: 10, lr: 0.1 });
    expect(last.imagesPerSecond).toBeGreaterThan(0);
    expect(await run).toMatchObject({ steps: 10, loss: last.loss, accuracy: last.accuracy });
  });

  test("loss and accuracy are means over the samples of the epoch, the smaller last batch included", async () => {
    const { model, options } = setup({ lr: 0 });
    const { loss, accuracy } = await train.evaluate(model, corners(50));
    const result = await fit(model, corners(50), options);
    expect(result.steps).toBe(3);
    expect(result.loss).toBeCloseTo(loss, 6);
    expect(result.accuracy).toBe(accuracy);
  });

  test("reports epochs only with reportEvery Infinity", async () => {
    const { model, options } = setup({ epochs: 3, reportEvery: Number.POSITIVE_INFINITY });
    const events = await collect(fit(model, corners(), options));
    expect(events.map(({ type }) => type)).toEqual(["epoch", "epoch", "epoch"]);
  });

  test("does nothing before it is awaited or iterated over", async () => {
    const { model, options } = setup();
    const before = weights(model);
    const run = fit(model, corners(), options);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(weights(model)).toEqual(before);
    await run;
    expect(weights(model)).not.toEqual(before);
  });

  test("break stops between two steps, and what was trained stays", async () => {
    const { model, optimizer, options } = setup({ epochs: 100 });
    model.eval();
    const run = fit(model, corners(), options);
    let after: unknown;
    for await (const { step } of run) {
      if (step < 3) continue;
      after = weights(model);
      break;
    }
    expect(weights(model)).toEqual(after);
    expect(await run).toMatchObject({ steps: 3, epochs: 0, completed: false });
    expect(optimizer.stateDict().state[0].step.item()).toBe(3);
    expect(model.training).toBe(false);
  });

  test("a run that is ended before it began resolves too", async () => {
    const { model, options } = setup();
    const run = fit(model, corners(), options);
    await run.return();
    expect(await run).toMatchObject({ steps: 0, completed: false });
  });

  test("a signal stops within one step and rejects with its reason", async () => {
    const controller = new AbortController();
    const { model, options } = setup({ epochs: 100, signal: controller.signal });
    const run = fit(model, corners(), options);
    const steps: number[] = [];
    const reason = new Error("enough");
    const iterate = async () => {
      for await (const { step } of run) {
        steps.push(step);
        if (step === 4) controller.abort(reason);
      }
    };
    await expect(iterate()).rejects.toBe(reason);
    await expect(run).rejects.toBe(reason);
    expect(steps.at(-1)).toBe(4);
    expect(run.progress).toMatchObject({ step: 4, epoch: 1 });
  });

  test("a signal that was aborted before changes nothing", async () => {
    const { model, options } = setup({ signal: AbortSignal.abort() });
    const before = weights(model);
    const untouched = {
      length: 90,
      batch: () => {
        throw new Error("the data was read");
      },
    };
    await expect(fit(model, untouched, options)).rejects.toMatchObject({ name: "AbortError" });
    expect(weights(model)).toEqual(before);
  });

  test("who awaits a run takes no events from who iterates over it", async () => {
    const { model, options } = setup();
    const run = fit(model, corners(), options);
    const first = await run.next();
    const result = Promise.resolve(run);
    const rest = await collect(run);
    expect([first.value!.step, ...rest.map(({ step }) => step)]).toEqual([1, 2, 3, 4, 5, 5]);
    expect(await result).toMatchObject({ steps: 5 });
  });

  test("timers run while it trains: one of them ends a run that would not end", async () => {
    const controller = new AbortController();
    const { model, options } = setup({ epochs: 1e9, signal: controller.signal, reportEvery: 1e9 });
    setTimeout(() => controller.abort(), 100);
    // An array: a DataLoader would give turns of its own.
    const batches = [corners().batch(Int32Array.of(0, 1, 2))];
    await expect(fit(model, batches, options)).rejects.toMatchObject({ name: "AbortError" });
  });

  test("a NaN loss stops before the step that would use it", async () => {
    let calls = 0;
    let before: unknown;
    const { model, options } = setup({
      epochs: 3,
      compile: false, // this loss counts its calls
      loss: (output, target) => {
        const loss = nn.functional.crossEntropy(output, target);
        if (++calls < 8) return loss;
        before = weights(model);
        return loss.mul(Number.NaN);
      },
    });
    const error = (await fit(model, corners(), options).catch((e: unknown) => e)) as SimdgradError;
    expect(error.code).toBe("NAN_LOSS");
    expect(error.message).toBe(
      "fit: the loss is NaN: epoch 2, step 8, learning rate 0.1; inputs and output are finite: look at the loss function, or try a lower learning rate",
    );
    expect(weights(model)).toEqual(before);
  });

  test("a compiled step that fails is repeated as it was, dropout and all, to say why", async () => {
    /** Its output is zero, and one over it infinite, as soon as dropout drops something. */
    class Lottery extends nn.Module {
      weight = new nn.Parameter(tensor([1, 1, 1]));
      dropout = new nn.Dropout(0.01);
      forward(x: Tensor): Tensor {
        const order = randperm(3).to("float32");
        return this.dropout.forward(x.mul(this.weight)).mul(order.add(1)).prod(1);
      }
    }
    const tried = async (seed: number, compile: boolean) => {
      const model = new Lottery();
      const optimizer = new optim.SGD(model.parameters(), { lr: 1e-4 });
      const set = new data.TensorDataset(ones([2000, 3]), zeros([2000]));
      const loss = (output: Tensor) => output.pow(-1).mean();
      const run = fit(model, set, { optimizer, loss, batchSize: 1, seed, compile });
      const { message } = (await run.catch((e: unknown) => e)) as SimdgradError;
      return { message, step: run.progress.step, weights: weights(model) };
    };
    for (let seed = 0; seed < 8; seed++) {
      const compiled = await tried(seed, true);
      expect(compiled.message).toMatch(/^fit: the loss is Infinity: epoch 1, step \d+/);
      expect(compiled).toEqual(await tried(seed, false));
    }
  });

  test("a learning rate that is much too high is such a case", async () => {
    const { model, options } = setup({ epochs: 50, lr: 1e30 });
    await expect(fit(model, corners(), options)).rejects.toMatchObject({
      code: "NAN_LOSS",
      message: expect.stringMatching(/; the output of the model is not finite: try a lower learning rate/),
    });
  });

  test.each([
    ["inputs", Number.NaN, 0],
    ["inputs", Infinity, 0],
    ["targets", 0, Number.NaN],
  ])("%s of %d and %d are named as the cause", async (what, input, target) => {
    const model = new nn.Linear(1, 1);
    const set = new data.TensorDataset(tensor([[1], [input]]), tensor([[0], [target]]));
    const options = { optimizer: new optim.SGD(model.parameters()), loss: new nn.MSELoss() };
    await expect(fit(model, set, options)).rejects.toThrow(
      new RegExp(`step 1, .*; the ${what} of this batch hold NaN or infinite values$`),
    );
  });

  test.each([
    ["epoch", [0.1, 0.1, 0.01, 0.01]],
    ["step", [0.1, 0.01, 0.001, 0.0001]],
  ] as const)("a scheduler steps once a %s", async (schedulerUnit, expected) => {
    const { model, optimizer, options } = setup({ epochs: 2, schedulerUnit });
    const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.1 });
    const used: number[] = [];
    const loss = (output: Tensor, target: Tensor) => {
      used.push(optimizer.paramGroups[0].lr);
      return nn.functional.crossEntropy(output, target);
    };
    await fit(model, corners(40), { ...options, scheduler, loss, compile: false });
    expect(used).toHaveLength(4);
    for (const [i, lr] of expected.entries()) expect(used[i]).toBeCloseTo(lr, 10);
  });

  test("one seed gives the same bits, dropout included, and another one others", async () => {
    let drawn = 0;
    const run = async (seed: number) => {
      const { model, options } = setup({ dropout: 0.5, epochs: 2, seed });
      randn([8 * ++drawn]); // the generator is elsewhere every time
      await fit(model, corners(), options);
      return weights(model);
    };
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
  });

  test("a consumer may put the model into eval mode between events", async () => {
    const { model, options } = setup();
    const modes: boolean[] = [];
    const loss = (output: Tensor, target: Tensor) => {
      modes.push(model.training);
      return nn.functional.crossEntropy(output, target);
    };
    for await (const _ of fit(model, corners(), { ...options, loss, compile: false })) model.eval();
    expect(modes).toEqual([true, true, true, true, true]);
  });

  test("regression has no accuracy", async () => {
    const model = new nn.Sequential(new nn.Linear(1, 1));
    const x = arange(20).reshape([20, 1]).div(20);
    const set = new data.TensorDataset(x, x.mul(2));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const result = await fit(model, set, { optimizer, epochs: 60, batchSize: 5, loss: new nn.MSELoss() });
    expect(result.accuracy).toBeNull();
    expect(result.loss).toBeLessThan(0.05);
  });

  test("takes a DataLoader with its own batch size", async () => {
    const { model, options } = setup({ epochs: 2 });
    const loader = new data.DataLoader(corners(), { batchSize: 45 });
    expect(await fit(model, loader, options)).toMatchObject({ steps: 4, epochs: 2 });
  });

  test("a source that ends early is an error that says in which epoch", async () => {
    const { model, options } = setup({ epochs: 2 });
    const once = (function* () {
      yield corners().batch(Int32Array.of(0, 1, 2));
    })();
    await expect(fit(model, once, options)).rejects.toMatchObject({
      code: "EMPTY_DATASET",
      message: expect.stringContaining("epoch 2"),
    });
  });

  test("an error of the data set arrives as it is, and the modes are restored", async () => {
    const { model, options } = setup();
    model.eval();
    const reason = new Error("the disk is gone");
    const broken = {
      length: 90,
      batch: () => {
        throw reason;
      },
    };
    await expect(fit(model, broken, options)).rejects.toBe(reason);
    expect(model.training).toBe(false);
  });

  test.each([
    ["epochs", { epochs: 0 }],
    ["epochs", { epochs: 1.5 }],
    ["reportEvery", { reportEvery: -1 }],
    ["schedulerUnit", { schedulerUnit: "batch" }],
    ["signal", { signal: {} }],
    ["loss", { loss: 3 }],
    ["batchSize", { batchSize: 0 }],
    ["validation", { validation: 5 }],
    ["optimizer", { optimizer: undefined }],
  ])("a wrong %s is an error at the call: %o", (name, wrong) => {
    const { model, options } = setup();
    expect(() => fit(model, corners(), { ...options, ...wrong } as FitOptions)).toThrow(name);
  });
});

describe("train.evaluate", () => {
  /** Says class 1 whenever the input is above 0. */
  class Sign extends nn.Module {
    forward(x: Tensor): Tensor {
      return x.mul(tensor([[-1, 1]]));
    }
  }
  const set = () =>
    new data.TensorDataset(tensor([[1], [2], [-1], [3], [2]]), tensor(Int32Array.of(1, 1, 0, 0, 0)));

  test("counts hits, and which class was taken for which", async () => {
    const result = await train.evaluate(new Sign(), set(), { batchSize: 2, confusion: true });
    expect(result).toMatchObject({ accuracy: 0.6, correct: 3, samples: 5 });
    expect(result.confusion).toEqual([
      [1, 2],
      [0, 2],
    ]);
  });

  test("the loss is the mean over all samples whatever the batches", async () => {
    const whole = await train.evaluate(new Sign(), set(), { batchSize: 5 });
    const pieces = await train.evaluate(new Sign(), set(), { batchSize: 2 });
    expect(pieces.loss).toBeCloseTo(whole.loss, 6);
  });

  test("runs in eval mode without gradients, and restores each module's own mode", async () => {
    const model = new nn.Sequential(new nn.Linear(1, 2), new nn.Dropout(0.9));
    model[0].eval();
    const seen: boolean[] = [];
    model.registerForwardHook(() => {
      seen.push(model.training, model[1].training, autograd.isGradEnabled());
    });
    await train.evaluate(model, set());
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([false]));
    expect([model.training, model[0].training, model[1].training]).toEqual([true, false, true]);
  });

  test("modes are restored after an error too", async () => {
    const model = new nn.Sequential(new nn.Linear(3, 2));
    await expect(train.evaluate(model, set())).rejects.toThrow(/Sequential/);
    expect(model.training).toBe(true);
  });

  test("stops at a signal", async () => {
    const stopped = train.evaluate(new Sign(), set(), { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });

  test("no batches are an error", async () => {
    await expect(train.evaluate(new Sign(), [])).rejects.toMatchObject({ code: "EMPTY_DATASET" });
    const uneven = [[randn([2, 1]), tensor(Int32Array.of(1))]] as const;
    await expect(train.evaluate(new Sign(), uneven)).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
  });
});
