/** Optimizers and learning rate schedules, step by step, against PyTorch. */
import { describe, expect, it } from "vitest";
import { type DType, type nn, optim, tensor } from "../../src/index.js";
import { Parameter } from "../../src/nn/parameter.js";
import { expectClose } from "../close.js";
import { load } from "../fixtures/pytorch/read.js";
import { units } from "../hash.js";

const { runs, schedules } = load<{
  runs: { name: string; options?: Record<string, any>; after: number[][] }[];
  schedules: { name: "StepLR" | "CosineAnnealingLR"; options: any; lrs: number[][] }[];
}>("optim");

const shapes = [[3, 2], [2]];

/** Where each parameter lies in the eight numbers of a step. */
const ranges = [
  [0, 6],
  [6, 8],
];

/**
 * Parameters after each of 12 steps; see `optimizers` in make.py. Parameter 1 has no gradient in steps 4 and
 * 5.
 */
function run(
  dtype: DType,
  make: (params: nn.Parameter[]) => optim.Optimizer<any>,
  between?: (optimizer: optim.Optimizer<any>, t: number) => void,
): number[][] {
  const part = (values: Float64Array, i: number) =>
    tensor(values.slice(ranges[i][0], ranges[i][1]), { shape: shapes[i] }).to(dtype);
  const params = shapes.map((_, i) => new Parameter(part(units(8, 7), i)));
  const optimizer = make(params);
  const after: number[][] = [];
  for (let t = 0; t < 12; t++) {
    for (const [i, p] of params.entries())
      p.grad = i === 1 && (t === 4 || t === 5) ? null : part(units(8, 100 + t), i);
    optimizer.step();
    between?.(optimizer, t);
    after.push(params.flatMap((p) => Array.from(p.data)));
  }
  return after;
}

/**
 * 12 steps of about five operations on numbers near 1; in Adam's first steps m / √v is a quotient of small
 * numbers, whose relative error enters the parameter times lr.
 */
const tolerances = { float64: { rtol: 1e-12, atol: 1e-13 }, float32: { rtol: 1e-5, atol: 2e-6 } };

describe.each(["float64", "float32"] as const)("%s", (dtype) => {
  const check = (actual: number[][], expected: number[][]) => {
    for (const [t, values] of expected.entries())
      expectClose(actual[t], values, tolerances[dtype], `step ${t + 1}`);
  };
  const plain = runs.filter((r) => r.options !== undefined);
  it.each(plain)("$name $options", ({ name, options, after }) => {
    const Optimizer = optim[name as "SGD" | "Adam" | "AdamW"];
    check(
      run(dtype, (params) => new Optimizer(params, options)),
      after,
    );
  });

  it("groups with options of their own", () => {
    const groups = (p: nn.Parameter[]) => [
      { params: [p[0]], lr: 0.5 },
      { params: [p[1]], weightDecay: 0.1 },
    ];
    check(
      run(dtype, (p) => new optim.SGD(groups(p), { lr: 0.1, momentum: 0.9 })),
      runs.find((r) => r.name === "SGD groups")!.after,
    );
  });

  it("a learning rate that changes on the way", () => {
    check(
      run(
        dtype,
        (p) => new optim.Adam(p, { lr: 0.1 }),
        (optimizer, t) => {
          if (t === 5) for (const group of optimizer.paramGroups) group.lr /= 2;
        },
      ),
      runs.find((r) => r.name === "Adam lr")!.after,
    );
  });
});

it("the cases hold every option of the optimizers", () => {
  const seen = new Set(runs.flatMap((r) => Object.keys(r.options ?? {}).map((key) => `${r.name} ${key}`)));
  const p = new Parameter(tensor([1]));
  for (const Optimizer of [optim.SGD, optim.Adam, optim.AdamW])
    for (const key of Object.keys(new Optimizer([p]).paramGroups[0]))
      if (key !== "params") expect(seen).toContain(`${Optimizer.name} ${key}`);
});

describe("schedules", () => {
  it.each(schedules)("$name $options", ({ name, options, lrs }) => {
    const [a, b] = [0, 0].map((v) => new Parameter(tensor([v])));
    const optimizer = new optim.SGD([{ params: [a] }, { params: [b], lr: 0.5 }], { lr: 0.1 });
    const scheduler = new optim.lrScheduler[name](optimizer, options);
    for (const expected of lrs) {
      scheduler.step();
      // PyTorch computes each rate from the last one; we compute it from the first: some ten roundings.
      expectClose(scheduler.getLastLr(), expected, { rtol: 1e-13, atol: 1e-16 }, name);
    }
  });
});
