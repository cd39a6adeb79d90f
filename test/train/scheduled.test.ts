/** Schedulers that are stepped after each step, while a native thread makes the steps. */
import { describe, expect, test } from "vitest";
import { compile, data, fit, manualSeed, nn, optim, randn, type Tensor, zeros } from "../../src/index.js";

const bits = (model: nn.Module) => model.parameters().flatMap((p) => [...p.data]);

function setup() {
  manualSeed(5);
  const model = new nn.Linear(4, 1);
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  return { model, optimizer, set: new data.TensorDataset(randn([48, 4]), randn([48, 1])) };
}

describe("a step that reads a hyperparameter as a plain number", () => {
  test.each(["lr", "momentum"] as const)("%s, sees it as it is in each step", async (name) => {
    const trained = async (compiled: boolean) => {
      const { model, optimizer, set } = setup();
      const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 0.2, totalSteps: 12 });
      const loss = (output: Tensor, target: Tensor) =>
        nn.functional.mseLoss(output, target).mul(1 + optimizer.paramGroups[0][name]);
      const options = { optimizer, scheduler, schedulerUnit: "step", loss, batchSize: 8, epochs: 2 } as const;
      await fit(model, set, { ...options, seed: 1, compile: compiled, reportEvery: 1e9 });
      return bits(model);
    };
    expect(await trained(true)).toEqual(await trained(false));
  });

  test("a rate that stays for some steps is recorded once for all of them", async () => {
    const { model, optimizer, set } = setup();
    const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 3, gamma: 0.5 });
    const seen: number[] = [];
    const loss = (output: Tensor, target: Tensor) => {
      seen.push(optimizer.paramGroups[0].lr);
      return nn.functional.mseLoss(output, target).mul(optimizer.paramGroups[0].lr);
    };
    await fit(model, set, {
      ...{ optimizer, scheduler, schedulerUnit: "step", loss, batchSize: 8, reportEvery: 1e9 },
    });
    // Two traces for each of two rates.
    expect(seen).toEqual([0.1, 0.1, 0.05, 0.05]);
  });
});

describe("a momentum that changes from step to step", () => {
  test("is followed by one recording, on a thread", async () => {
    const trained = async (compiled: boolean) => {
      const { model, optimizer, set } = setup();
      const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 0.2, totalSteps: 12 });
      let calls = 0;
      const loss = (output: Tensor, target: Tensor) => {
        calls++;
        return nn.functional.mseLoss(output, target);
      };
      const options = { optimizer, scheduler, schedulerUnit: "step", loss, batchSize: 8, epochs: 2 } as const;
      await fit(model, set, { ...options, seed: 1, compile: compiled, reportEvery: 1e9 });
      return { calls, bits: bits(model) };
    };
    const [threaded, eager] = [await trained(true), await trained(false)];
    expect(threaded.bits).toEqual(eager.bits);
    expect([threaded.calls, eager.calls]).toEqual([2, 12]);
  });

  test("is followed by one recording, in calls; one that becomes 0 is recorded again", () => {
    const { model, optimizer } = setup();
    const step = compile((x: Tensor) => {
      optimizer.zeroGrad();
      model.forward(x).square().mean().backward();
      optimizer.step();
    });
    const recordings = [0.9, 0.85, 0.8, 0, 0].map((momentum) => {
      optimizer.paramGroups[0].momentum = momentum;
      step(zeros([2, 4]));
      return step.recordings;
    });
    expect(recordings).toEqual([1, 1, 1, 2, 2]);
  });
});
