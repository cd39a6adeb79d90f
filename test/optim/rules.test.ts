/** Optimizers that are rows, over 100 steps, against PyTorch; saved states; and in compiled steps. */
import { describe, expect, it } from "vitest";
import { compile, type DType, manualSeed, nn, optim, randn, type Tensor, tensor } from "../../src/index.js";
import { expectClose } from "../close.js";
import { load } from "../fixtures/pytorch/read.js";
import { units } from "../hash.js";

const rows = ["Adagrad", "RMSprop", "Adadelta", "Adamax", "NAdam", "RAdam", "Rprop"] as const;
type Name = (typeof rows)[number];
type Make = new (params: Iterable<Tensor>, options?: Record<string, any>) => optim.Optimizer<any>;
const optimizerOf = (name: Name) => optim[name] as unknown as Make;

const { runs, defaults } = load<{
  runs: { name: Name; options: Record<string, any>; after: number[][] }[];
  defaults: Record<Name, Record<string, unknown>>;
}>("rules");

const shapes = [[3, 2], [2]];
const part = (values: Float64Array, i: number, dtype: DType) =>
  tensor(i === 0 ? values.slice(0, 6) : values.slice(6), { shape: shapes[i] }).to(dtype);
const start = (dtype: DType) => shapes.map((_, i) => new nn.Parameter(part(units(8, 7), i, dtype)));

/** Step `t` of rules.py: parameter 1 has no gradient in steps 4 and 5. */
function step(optimizer: optim.Optimizer<any>, params: nn.Parameter[], t: number): void {
  for (const [i, p] of params.entries())
    p.grad = i === 1 && (t === 4 || t === 5) ? null : part(units(8, 100 + t), i, p.dtype);
  optimizer.step();
}

const values = (params: nn.Parameter[]) => params.flatMap((p) => Array.from(p.data));

/** PyTorch keeps NAdam's product of momenta in float32, whatever the parameters are. */
const float32Product = { rtol: 1e-7, atol: 1e-7 };
/** 100 steps of some ten roundings each, of numbers near 1. */
const tolerances = { float64: { rtol: 1e-11, atol: 1e-12 }, float32: { rtol: 1e-5, atol: 1e-5 } };

describe.each(["float64", "float32"] as const)("%s", (dtype) => {
  it.each(runs)("$name $options", ({ name, options, after }) => {
    const params = start(dtype);
    const tolerance = name === "NAdam" && dtype === "float64" ? float32Product : tolerances[dtype];
    const optimizer = new (optimizerOf(name))(params, options);
    for (let t = 0; t < 100; t++) {
      step(optimizer, params, t);
      const expected = after.find(([at]) => at === t);
      if (expected !== undefined) expectClose(values(params), expected.slice(1), tolerance, `step ${t + 1}`);
    }
  });
});

describe.each(rows)("%s", (name) => {
  const make = (params: nn.Parameter[], options?: object) => new (optimizerOf(name))(params, options);

  it("has PyTorch's options with PyTorch's defaults, and each is in a case", () => {
    const { params, ...group } = make(start("float32")).paramGroups[0];
    expect(group).toEqual(defaults[name]);
    expect(params).toHaveLength(2);
    const seen = new Set(runs.filter((r) => r.name === name).flatMap((r) => Object.keys(r.options)));
    expect([...seen].sort()).toEqual(Object.keys(group).sort());
  });

  it("goes on from a saved state as if nothing had happened", () => {
    const [a, b] = [start("float32"), start("float32")];
    const [first, second] = [make(a), make(b)];
    for (const t of [0, 1, 2, 3]) step(first, a, t);
    for (const t of [0, 1, 2]) step(second, b, t);
    const c = b.map((p) => new nn.Parameter(p.detach()));
    const third = make(c);
    third.loadStateDict(second.stateDict());
    step(third, c, 3);
    expect(values(c)).toEqual(values(a));
  });

  it("in groups, each with options of its own, is as many optimizers", () => {
    const [a, b] = [start("float32"), start("float32")];
    const grouped = new (optimizerOf(name) as any)([{ params: [a[0]], lr: 0.5 }, { params: [a[1]] }], {
      lr: 0.25,
    });
    const single = [make([b[0]], { lr: 0.5 }), make([b[1]], { lr: 0.25 })];
    for (const t of [0, 1, 2]) {
      step(grouped, a, t);
      for (const [i, p] of b.entries()) p.grad = part(units(8, 100 + t), i, "float32");
      for (const o of single) o.step();
    }
    expect(values(a)).toEqual(values(b));
  });

  it("makes the same steps compiled, with a learning rate that changes", () => {
    const build = () => {
      manualSeed(3);
      const model = new nn.Sequential(new nn.Linear(4, 5), new nn.Tanh(), new nn.Linear(5, 1));
      const optimizer = make(model.parameters());
      const train = (x: Tensor) => {
        optimizer.zeroGrad();
        const loss = model.forward(x).square().mean();
        loss.backward();
        optimizer.step();
        return loss;
      };
      return { model, optimizer, train };
    };
    const [eager, traced] = [build(), build()];
    const compiled = compile(traced.train);
    manualSeed(5);
    for (let i = 0; i < 6; i++) {
      const x = randn([3, 4]);
      for (const { optimizer } of [eager, traced]) optimizer.paramGroups[0].lr = 0.1 / (i + 1);
      expect(compiled(x).item()).toBe(eager.train(x).item());
    }
    expect(values(traced.model.parameters())).toEqual(values(eager.model.parameters()));
  });

  it("refuses options out of range", () => {
    for (const options of [{ lr: -1 }, { lr: Number.NaN }, { maximize: 1 }])
      expect(() => make(start("float32"), options)).toThrowError(
        expect.objectContaining({ code: "INVALID_HYPERPARAMETER" }),
      );
    expect(() => make(start("float32"), { misspelt: 1 })).toThrow(`${name}: unknown option: misspelt`);
  });
});

it.each<[Name, object, RegExp]>([
  ["Adamax", { betas: [0.9, 1] }, /Adamax: betas\[1\] is in \[0, 1\): 1/],
  ["NAdam", { betas: [0.9] }, /NAdam: betas are 2 numbers: \[0.9\]/],
  ["Rprop", { etas: [0.5, 1] }, /Rprop: etas\[1\] is >= 1/],
  ["Adadelta", { rho: 1.5 }, /Adadelta: rho is in \[0, 1/],
])("%s %j", (name, options, message) => {
  expect(() => new (optimizerOf(name))(start("float32"), options)).toThrow(message);
});
