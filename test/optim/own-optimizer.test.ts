/**
 * Optimizers of a user's own, in Tensor operations: eager, compiled, on a thread, in fit, saved and resumed.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, test } from "vitest";
import {
  backend,
  compile,
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
  override update(p: Tensor, grad: Tensor, state: State, { lr, momentum }: optim.GroupTensors<Momentum>) {
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

type Make = (params: Given) => optim.Optimizer<any>;
const makers: [string, Make][] = [
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

const clones = (tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([key, x]) => [key, x.detach().clone()]));

const copyOf = ({ state, paramGroups }: optim.OptimizerState): optim.OptimizerState => ({
  paramGroups,
  state: Object.fromEntries(Object.entries(state).map(([i, entry]) => [i, clones(entry)])),
});

/** 45 samples: 6 batches of 8, the last one smaller. */
function problem(dtype: "float32" | "float64" = "float32") {
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
      const [saved, weights] = [copyOf(optimizer.stateDict()), clones(model.stateDict())];
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
      for (const [key, value] of Object.entries(optimizer.stateDict().state[0])) {
        expect(value.dtype).toBe("float64");
        expect(Array.from(value.data)).toEqual(Array.from(state[key].data));
      }
      step(x.to("float64"), y);
      expect(bits(model).flat().every(Number.isFinite)).toBe(true);
    });
  });

  test("MySGD is SGD, and MyAdam Adam", () => {
    backend.use(name);
    const run = (dtype: "float32" | "float64", make: Make) => {
      const { model, x, y } = problem(dtype);
      const step = stepOf(model, make(model.parameters()));
      for (let t = 0; t < 20; t++) step(x, y);
      return bits(model);
    };
    const sgd = (p: Given) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 });
    const adam = (p: Given) => new optim.Adam(p, { lr: 0.01 });
    const near = (dtype: "float32" | "float64", mine: Make, theirs: Make, atol: number) =>
      expectClose(run(dtype, mine).flat(), run(dtype, theirs).flat(), { rtol: 0, atol });
    // In float64 both round each product, sum and difference, in the same order.
    expect(run("float64", (p) => new MySGD(p))).toEqual(run("float64", sgd));
    // The kernel of float32 rounds once where operations round twice: 20 steps, each 3 roundings of numbers
    // below 1.
    near("float32", (p) => new MySGD(p), sgd, 20 * 3 * 2 ** -24);
    near("float64", (p) => new MyAdam(p), adam, 1e-12);
    // In float32 1 - 0.999^t has a relative error of 2^-24 / 1e-3 at t = 1, its root half of that; each step
    // is some 0.01.
    near("float32", (p) => new MyAdam(p), adam, 20 * 0.01 * (2 ** -25 / 1e-3));
  });
});

describe("state", () => {
  const p = () => new nn.Parameter(tensor([[1, 2]]));
  const step = (optimizer: optim.Optimizer<any>, ...params: nn.Parameter[]) => {
    for (const x of params) x.grad = tensor([[0.5, -0.5]]).to(x.dtype);
    optimizer.step();
  };

  test("has the number of the step of each parameter, and tensors of any shape", () => {
    const seen: number[] = [];
    class Counting extends optim.Optimizer {
      override update(_: Tensor, __: Tensor, state: State) {
        seen.push(state.step.item(), state.tensor("count", []).add_(2).item());
        expect(state.tensor("rows", [3, 1]).shape).toEqual([3, 1]);
      }
    }
    const [a, b] = [p(), new nn.Parameter(tensor([[1, 2]]).to("float64"))];
    const optimizer = new Counting([a, b]);
    step(optimizer, a);
    step(optimizer, a, b);
    // A gradient that is there is used again: a in its second step, b in its first.
    expect(seen).toEqual([1, 2, 2, 4, 1, 2]);
    const { state } = optimizer.stateDict();
    expect(Object.entries(state[0]).map(([key, x]) => [key, x.shape])).toEqual([
      ["step", []],
      ["count", []],
      ["rows", [3, 1]],
    ]);
    expect([state[0]["step"].item(), state[1]["step"].item()]).toEqual([2, 1]);
    expect(state[1]["count"].dtype).toBe("float64");
  });

  test("of a fresh optimizer is what is loaded; what was not saved is zero", () => {
    const [a, b] = [p(), p()];
    const [first, second] = [new MySGD([a]), new MySGD([b])];
    step(first, a);
    second.loadStateDict(copyOf(first.stateDict()));
    expect(second.stateDict().state[0]["momentumBuffer"].toArray()).toEqual([[0.5, -0.5]]);
    expect(second.stateDict().state[0]["step"].item()).toBe(1);
    const untouched = new MySGD([p()]).stateDict();
    second.loadStateDict(untouched);
    expect(second.stateDict().state).toEqual({});
    step(second, b);
    expect(second.stateDict().state[0]["momentumBuffer"].toArray()).toEqual([[0.5, -0.5]]);
  });

  test.each<[string, (dict: optim.OptimizerState) => void, RegExp]>([
    [
      "a tensor of another shape",
      (d) => (d.state[0]["momentumBuffer"] = tensor([1])),
      /momentumBuffer is \[1\]/,
    ],
    ["what is no tensor", (d) => (d.state[0]["momentumBuffer"] = 1 as any), /no momentumBuffer/],
    ["a name that is none", (d) => (d.state[0]["a b"] = tensor([1])), /"a b"/],
    ["a group without a hyperparameter", (d) => delete d.paramGroups[0]["momentum"], /no momentum/],
  ])("that has %s is refused, and nothing is changed", (_, change, message) => {
    const a = p();
    const optimizer = new MySGD([a]);
    step(optimizer, a);
    const before = JSON.stringify(optimizer.stateDict());
    const dict = copyOf(optimizer.stateDict());
    change(dict);
    expect(() => optimizer.loadStateDict(dict)).toThrowError(
      expect.objectContaining({ code: "STATE_DICT_MISMATCH", message: expect.stringMatching(message) }),
    );
    expect(JSON.stringify(optimizer.stateDict())).toBe(before);
  });
});

describe("mistakes", () => {
  type Update = (p: Tensor, grad: Tensor, state: State, group: { lr: Tensor }) => unknown;
  const stepWith = (update: Update) => {
    class Own extends optim.Optimizer<{ lr: number }> {}
    Object.assign(Own.prototype, { update });
    const p = new nn.Parameter(tensor([1, 2]));
    const optimizer = new Own([p], { lr: 0.1 });
    p.grad = tensor([1, 1]);
    return { optimizer, step: () => optimizer.step() };
  };

  test.each<[string, string, () => unknown, RegExp]>([
    [
      "no update",
      "NO_UPDATE",
      () => new (class Own extends optim.Optimizer {})([tensor([1])]),
      /Own: an optimizer has a method update/,
    ],
    [
      "an update that is no method",
      "NO_UPDATE",
      () =>
        new (class Own extends optim.Optimizer {
          override update = () => {};
        })([tensor([1])]),
      /method/,
    ],
    ["a new value instead of a change", "INVALID_UPDATE", stepWith((p, g) => p.sub(g)).step, /in place/],
    ["an async update", "INVALID_UPDATE", stepWith(() => Promise.reject(new Error("late"))).step, /in place/],
    [
      "a hyperparameter changed",
      "READ_ONLY",
      stepWith((_, __, ___, { lr }) => void lr.mul_(2)).step,
      /hyper/,
    ],
    ["the step changed", "READ_ONLY", stepWith((_, __, { step }) => void step.add_(2)).step, /state\.step/],
    [
      "state of another shape",
      "STATE_SHAPE",
      stepWith((_, __, state) => void [state.tensor("m"), state.tensor("m", [3])]).step,
      /m has another shape: \[2\] for \[3\]/,
    ],
    ["a name with a dot", "INVALID_STATE_NAME", stepWith((_, __, s) => void s.tensor("a.b")).step, /a\.b/],
    ["the name step", "INVALID_STATE_NAME", stepWith((_, __, s) => void s.tensor("step")).step, /not step/],
    ["a shape that is none", "SHAPE_MISMATCH", stepWith((_, __, s) => void s.tensor("m", [-1])).step, /-1/],
    ["options that are none", "INVALID_OPTIONS", () => new MyLion([tensor([1])], 3 as any), /MyLion/],
    [
      "a hyperparameter that is no number",
      "INVALID_HYPERPARAMETER",
      () => new MySGD([tensor([1])], { lr: "0.1" as any }),
      /MySGD: lr is a number/,
    ],
    [
      "one that is set to none",
      "INVALID_HYPERPARAMETER",
      () => {
        new MySGD([tensor([1])]).paramGroups[0].lr = Number.NaN;
      },
      /MySGD: lr is finite/,
    ],
    [
      "a state loaded from another shape",
      "STATE_SHAPE",
      () => {
        const { optimizer, step } = stepWith((_, __, state) => void state.tensor("m"));
        const { paramGroups } = optimizer.stateDict();
        optimizer.loadStateDict({ paramGroups, state: { 0: { step: tensor(1), m: tensor([1, 2, 3]) } } });
        step();
      },
      /\[3\] for \[2\]/,
    ],
  ])("%s", (_, code, run, message) => {
    expect(run).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  test("a value that was changed by mistake is put back", () => {
    const { optimizer, step } = stepWith((p, _, state, { lr }) => {
      if (state.step.item() === 1) lr.mul_(2);
      p.sub_(lr);
    });
    expect(step).toThrow(/hyperparameter/);
    step();
    expect(optimizer.paramGroups[0].lr).toBe(0.1);
    expect(Array.from(optimizer.paramGroups[0].params[0].data)).toEqual(
      Array.from(tensor([1, 2]).sub(tensor(0.2)).sub(tensor(0.1)).data),
    );
  });
});
