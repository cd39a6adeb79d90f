/** Optimizers of a user's own, in Tensor operations: eager, compiled, on a thread, in fit, saved and resumed. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, test } from "vitest";
import {
  backend,
  compile,
  type DType,
  data,
  fit,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { expectClose } from "../close.js";
import { units } from "../hash.js";

type State = optim.ParameterState;
type Numbers<Name extends string> = Record<Name, Tensor>;
type Given = Iterable<Tensor> | Iterable<optim.ParamGroupOptions<any>>;

interface Momentum {
  lr: number;
  momentum: number;
}

class MySGD extends optim.Optimizer<Momentum> {
  constructor(params: Given, options: Partial<Momentum> = {}) {
    super(params, { lr: 0.1, momentum: 0.9, ...options });
  }
  override update(p: Tensor, grad: Tensor, state: State, { lr, momentum }: Numbers<"lr" | "momentum">) {
    const buffer = state.tensor("momentumBuffer");
    buffer.mul_(momentum).add_(grad);
    p.sub_(buffer.mul(lr));
  }
}

/** Adam, with hyperparameters of every kind. */
class MyAdam extends optim.Optimizer<{
  lr: number;
  betas: readonly [number, number];
  eps: number;
  corrected: boolean;
}> {
  constructor(params: Given, options: object = {}) {
    super(params, { lr: 0.01, betas: [0.9, 0.999], eps: 1e-8, corrected: true, ...options });
  }
  override update(
    p: Tensor,
    grad: Tensor,
    state: State,
    {
      lr,
      betas: [beta1, beta2],
      eps,
      corrected,
    }: Numbers<"lr" | "eps"> & { betas: readonly [Tensor, Tensor]; corrected: boolean },
  ) {
    const [m, v] = [state.tensor("expAvg"), state.tensor("expAvgSq")];
    m.mul_(beta1).add_(grad.mul(beta1.neg().add(1)));
    v.mul_(beta2).add_(grad.mul(grad).mul(beta2.neg().add(1)));
    const rest = (beta: Tensor) => beta.pow(state.step).neg().add(1);
    const [first, second] = corrected ? [rest(beta1), rest(beta2)] : [1, 1];
    p.sub_(m.div(first).mul(lr).div(v.div(second).sqrt().add(eps)));
  }
}

/** Goes by signs (Chen et al., 2023); its constructor is that of the base. */
class MyLion extends optim.Optimizer<{ lr: number; beta1: number; beta2: number }> {
  override update(p: Tensor, grad: Tensor, state: State, group: Numbers<"lr" | "beta1" | "beta2">) {
    const m = state.tensor("expAvg");
    const mixed = (beta: Tensor) => m.mul(beta).add(grad.mul(beta.neg().add(1)));
    p.sub_(mixed(group.beta1).sign().mul(group.lr));
    m.copy_(mixed(group.beta2));
  }
}

const makers: [string, (params: Given) => optim.Optimizer<any>][] = [
  ["MySGD", (p) => new MySGD(p)],
  ["MyAdam", (p) => new MyAdam(p)],
  ["MyLion", (p) => new MyLion(p, { lr: 0.01, beta1: 0.9, beta2: 0.99 })],
];

const folder = mkdtempSync(join(tmpdir(), "simdgrad-own-optimizer-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const before = backend.name;
afterEach(() => {
  backend.use(before);
});
const backends = (["native", "js"] as const).filter((name) => name === "js" || before === "native");

const bits = (model: nn.Module) => model.parameters().map((p) => Array.from(p.data));

/** 45 samples: 6 batches of 8, the last one smaller. */
function problem(dtype: DType = "float32") {
  manualSeed(3);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3)).to(dtype);
  const x = randn([45, 4]).to(dtype);
  const y = tensor(Int32Array.from({ length: 45 }, (_, i) => i % 3));
  return { model, x, y, set: new data.TensorDataset(x, y) };
}

const lossOf = new nn.CrossEntropyLoss();
const stepOf = (model: nn.Module, optimizer: optim.Optimizer<any>) => (x: Tensor, y: Tensor) => {
  optimizer.zeroGrad();
  const loss = lossOf.forward((model as nn.Sequential).forward(x), y);
  loss.backward();
  optimizer.step();
  return loss;
};

describe.each(backends)("on %s kernels", (name) => {
  describe.each(makers)("%s", (_, make) => {
    it.each(["float32", "float64"] as const)("has one result in eager and compiled steps: %s", (dtype) => {
      backend.use(name);
      const run = (compiled: boolean) => {
        const { model, x, y } = problem(dtype);
        const optimizer = make(model.parameters());
        const step = compiled ? compile(stepOf(model, optimizer)) : stepOf(model, optimizer);
        for (let t = 0; t < 6; t++) {
          if (t === 3) optimizer.paramGroups[0].lr = 0.003; // without a recording of its own
          step(x, y);
        }
        if ("recordings" in step) expect(step.recordings).toBe(1);
        return bits(model);
      };
      const eager = run(false);
      expect(run(true)).toEqual(eager);
      expect(eager.flat().every(Number.isFinite)).toBe(true);
      expect(eager).not.toEqual(bits(problem(dtype).model));
    });

    test("and in step.run and fit, with a schedule", async () => {
      backend.use(name);
      const eager = async (unit: "step" | "epoch", how: "eager" | "fit" | "fit eagerly" | "run") => {
        const { model, set } = problem();
        const optimizer = make(model.parameters());
        const scheduler = new optim.lrScheduler.ExponentialLR(optimizer, { gamma: 0.8 });
        const loader = new data.DataLoader(set, { batchSize: 8 });
        const step = stepOf(model, optimizer);
        if (how.startsWith("fit"))
          await fit(model, loader, {
            ...{ optimizer, scheduler, schedulerUnit: unit, epochs: 2, compile: how === "fit" },
          });
        const many = compile(step);
        for (let epoch = 0; epoch < 2 && !how.startsWith("fit"); epoch++) {
          if (how === "run") await many.run(loader as any);
          else
            for (const [x, y] of loader as any) {
              step(x, y);
              if (unit === "step") scheduler.step();
            }
          if (unit === "epoch") scheduler.step();
        }
        return bits(model);
      };
      const byStep = await eager("step", "eager");
      expect(await eager("step", "fit")).toEqual(byStep);
      expect(await eager("step", "fit eagerly")).toEqual(byStep);
      const byEpoch = await eager("epoch", "eager");
      expect(byEpoch).not.toEqual(byStep);
      expect(await eager("epoch", "fit")).toEqual(byEpoch);
      expect(await eager("epoch", "run")).toEqual(byEpoch);
    });

    it.each([true, false])("goes on from a checkpoint to the same bits, compiled: %s", async (compiled) => {
      backend.use(name);
      const begin = (more: object) => {
        const { model, set } = problem();
        const optimizer = make(model.parameters());
        const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 18 });
        const options = {
          optimizer,
          scheduler,
          schedulerUnit: "step" as const,
          epochs: 3,
          batchSize: 8,
          seed: 5,
        };
        return { model, run: fit(model, set, { reportEvery: 0, compile: compiled, ...options, ...more }) };
      };
      const whole = begin({});
      await whole.run;
      const checkpoint = join(folder, `${files++}.ckpt`);
      for (const stop of [4, 5]) {
        let events = 0;
        for await (const _event of begin({ checkpoint, resume: true }).run) if (++events === stop) break;
        expect(existsSync(checkpoint)).toBe(true);
      }
      const resumed = begin({ checkpoint, resume: true });
      await resumed.run;
      expect(bits(resumed.model)).toEqual(bits(whole.model));
    });

    test("a compiled step goes on after loadStateDict", () => {
      backend.use(name);
      const { model, x, y } = problem();
      const optimizer = make(model.parameters());
      const step = compile(stepOf(model, optimizer));
      for (let t = 0; t < 3; t++) step(x, y);
      const copies = (state: optim.OptimizerState): optim.OptimizerState => ({
        paramGroups: state.paramGroups,
        state: Object.fromEntries(
          Object.entries(state.state).map(([i, entry]) => [
            i,
            Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, value.clone()])),
          ]),
        ),
      });
      const [saved, weights] = [copies(optimizer.stateDict()), model.snapshot()];
      for (let t = 0; t < 3; t++) step(x, y);
      const after = bits(model);
      optimizer.loadStateDict(saved);
      model.loadStateDict(weights);
      for (let t = 0; t < 3; t++) step(x, y);
      expect(bits(model)).toEqual(after);
      expect(step.recordings).toBe(1);
    });

    test("a module that is cast takes its state along", () => {
      backend.use(name);
      const { model, x, y } = problem();
      const optimizer = make(model.parameters());
      const step = stepOf(model, optimizer);
      step(x, y);
      const state = optimizer.stateDict().state[0];
      model.to("float64");
      expect(optimizer.stateDict().state[0]["step"].item()).toBe(1);
      for (const [key, value] of Object.entries(optimizer.stateDict().state[0]))
        expect(Array.from(value.data)).toEqual(Array.from(state[key].data));
      step(x.to("float64"), y);
      expect(bits(model).flat().every(Number.isFinite)).toBe(true);
    });
  });

  /** SGD and MySGD round in the same order: momentum times buffer plus gradient, learning rate times buffer. */
  it("MySGD comes to the bits of SGD, MyAdam near those of Adam", () => {
    backend.use(name);
    const run = (make: (p: nn.Parameter[]) => optim.Optimizer<any>) => {
      const { model, x, y } = problem();
      const step = stepOf(model, make(model.parameters() as nn.Parameter[]));
      for (let t = 0; t < 20; t++) step(x, y);
      return bits(model);
    };
    expect(run((p) => new MySGD(p))).toEqual(run((p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 })));
    // Here 1 - beta^t is rounded in float32, relative error 6e-8 / 1e-3 at t = 1; 20 steps of 0.01 each.
    const tolerance = { rtol: 0, atol: 20 * 0.01 * 1e-4 };
    expectClose(
      run((p) => new MyAdam(p)).flat(),
      run((p) => new optim.Adam(p, { lr: 0.01 })).flat(),
      tolerance,
      "MyAdam",
    );
  });
});
