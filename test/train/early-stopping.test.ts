import { describe, expect, test } from "vitest";
import {
  data,
  fit,
  Generator,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
  train,
} from "../../src/index.js";

describe("EarlyStopping", () => {
  test.each<[string, train.EarlyStoppingOptions, number[], number, number]>([
    ["stops after so many values without a better one", { patience: 2 }, [5, 4, 4.5, 4.2, 1], 4, 2],
    ["a better one begins anew", { patience: 2 }, [5, 6, 4, 6, 6, 6], 5, 3],
    ["a little better is no better", { patience: 2, minDelta: 0.5 }, [5, 4.8, 4.6, 1], 3, 1],
    ["as good is no better", { patience: 1 }, [5, 5], 2, 1],
    ["large values may be the good ones", { patience: 1, mode: "max" }, [1, 2, 3, 2], 4, 3],
    ["NaN is never better", { patience: 2 }, [5, Number.NaN, Number.NaN], 3, 1],
    ["not even than nothing", { patience: 3 }, [Number.NaN, 2, 3, 3, 3], 5, 2],
  ])("%s", (_, options, values, stop, bestStep) => {
    const stopping = new train.EarlyStopping(options);
    const at = values.findIndex((value) => stopping.step(value)) + 1;
    expect([at, stopping.bestStep, stopping.stopped, stopping.best]).toEqual([
      stop,
      bestStep,
      true,
      values[bestStep - 1],
    ]);
  });

  test("ends a run and gives back the weights of its best epoch", async () => {
    manualSeed(1);
    const x = randn([30, 4]);
    const labels = tensor(Int32Array.from({ length: 30 }, (_, i) => (i * 7) % 3));
    const other = new data.TensorDataset(randn([30, 4]), labels);
    const model = new nn.Sequential(new nn.Linear(4, 32), new nn.ReLU(), new nn.Linear(32, 3));
    // Labels are noise: the training loss falls, and the validation loss soon rises.
    const stopping = new train.EarlyStopping({ patience: 2 });
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
    const losses: number[] = [];
    for await (const event of fit(model, new data.TensorDataset(x, labels), {
      ...{ optimizer, epochs: 100, batchSize: 10, seed: 1, validation: other, reportEvery: 0 },
    })) {
      if (event.type === "epoch") losses.push(event.validation!.loss);
      if (stopping.step(event, model)) break;
    }
    expect(losses.length).toBeLessThan(50);
    expect(losses.length).toBe(stopping.bestStep + 2);
    const best = Math.min(...losses);
    expect(stopping.best).toBe(best);
    expect((await train.evaluate(model, other)).loss).not.toBe(best);
    stopping.restore(model);
    expect((await train.evaluate(model, other)).loss).toBe(best);
  });

  test("an event within an epoch changes nothing", () => {
    const stopping = new train.EarlyStopping({ patience: 1 });
    const event = { type: "progress", loss: 1, accuracy: 0.5 } as never;
    expect([stopping.step(event), stopping.step(event), stopping.best]).toEqual([false, false, null]);
  });

  test.each<[string, () => unknown, string]>([
    ["a patience of 0", () => new train.EarlyStopping({ patience: 0 }), "INVALID_OPTION"],
    ["a negative minDelta", () => new train.EarlyStopping({ minDelta: -1 }), "INVALID_OPTION"],
    ["a mode that is none", () => new train.EarlyStopping({ mode: "least" as never }), "INVALID_OPTION"],
    ["a misspelt option", () => new train.EarlyStopping({ min_delta: 1 } as never), "UNKNOWN_OPTION"],
    [
      "no weights to restore",
      () => new train.EarlyStopping().restore(new nn.Linear(1, 1)),
      "NO_BEST_WEIGHTS",
    ],
    [
      "an accuracy where there is none",
      () =>
        new train.EarlyStopping({ mode: "max" }).step({ type: "epoch", loss: 1, accuracy: null } as never),
      "NOT_CLASSIFICATION",
    ],
  ])("%s is an error", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe("an L1 penalty is a line in the loss", () => {
  const generator = new Generator(3);
  const dataset = new data.TensorDataset(randn([24, 5], { generator }), randn([24, 1], { generator }));
  const trained = async (strength: number, compile: boolean) => {
    manualSeed(2);
    const model = new nn.Linear(5, 1);
    const l1 = () => model.parameters().reduce((sum, p) => sum.add(p.abs().sum()), tensor(0));
    const loss = (output: Tensor, y: Tensor) => nn.functional.mseLoss(output, y).add(l1().mul(strength));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.05 });
    await fit(model, dataset, { optimizer, loss, epochs: 60, batchSize: 8, seed: 1, compile });
    return [...model.weight.data];
  };

  test("compiled and eager agree to the bit, and weights shrink", async () => {
    const size = (weights: number[]) => weights.reduce((sum, w) => sum + Math.abs(w), 0);
    const penalised = await trained(0.5, true);
    expect(penalised).toEqual(await trained(0.5, false));
    expect(size(penalised)).toBeLessThan(0.5 * size(await trained(0, true)));
  });

  test("its gradient is the sign of each weight", () => {
    const w = tensor([[-2, 0.5, 0]], { requiresGrad: true });
    w.abs().sum().mul(0.1).backward();
    expect(w.grad!.toArray()).toEqual([[-0.1, 0.1, 0].map(Math.fround)]);
  });
});
