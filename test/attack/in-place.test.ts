/**
 * Random programs of views, changes in place and reads over a few tensors, against the same programs without
 * any change in place: there a tensor is a list of positions in a value that is replaced, never written.
 * Values, gradients, and the bits of compiled programs.
 */
import { describe, expect, it } from "vitest";
import {
  arange,
  autograd,
  backend,
  compile,
  type DType,
  type Tensor,
  tensor,
  zeros,
  zerosLike,
} from "../../src/index.js";
import { units } from "../hash.js";
import fc from "../property.js";
import { patience, times } from "./effort.js";

/** Views; `n` selects one of a kind. Null if the tensor has no such view. */
const views: ((x: Tensor, n: number) => Tensor | null)[] = [
  (x, n) => (x.ndim < 2 ? null : x.transpose(n % x.ndim, (n + 1) % x.ndim)),
  (x, n) => (x.ndim === 0 ? null : x.slice([n % 2, null, 1 + (n % 3)])),
  (x, n) => (x.ndim === 0 || x.shape.at(-1)! < 2 ? null : x.narrow(-1, n % 2, x.shape.at(-1)! - 1)),
  (x, n) => (x.numel === 0 || x.ndim === 0 ? null : x.select(n % x.ndim, n % x.shape[n % x.ndim])),
  (x) => x.reshape(-1),
  (x, n) => (x.ndim > 3 ? null : x.unsqueeze(n % (x.ndim + 1))),
  (x) => x.squeeze(),
  (x) => (x.ndim < 2 ? null : x.diagonal()),
  (x) => (x.ndim > 2 ? null : x.expand(2, ...x.shape)),
  (x, n) => (x.numel === 0 || x.ndim === 0 ? null : x.index(n % x.shape[0])),
];

/** A new value of x, and the change of x to it. */
interface Form {
  fn(x: Tensor, y: Tensor | number): Tensor;
  change(x: Tensor, y: Tensor | number): Tensor;
  /** Whether backward of `fn` reads an operand or the result. */
  saves?: true;
}
const forms: Form[] = [
  { fn: (x, y) => x.add(y), change: (x, y) => x.add_(y) },
  { fn: (x, y) => x.sub(y, { alpha: 0.5 }), change: (x, y) => x.sub_(y, { alpha: 0.5 }) },
  { fn: (x, y) => x.mul(y), change: (x, y) => x.mul_(y), saves: true },
  { fn: (x) => x.div(2), change: (x) => x.div_(2) },
  { fn: (x) => x.sin(), change: (x) => x.sin_(), saves: true },
  { fn: (x) => x.sigmoid(), change: (x) => x.sigmoid_(), saves: true },
  {
    fn: (x, y) => x.mul(0).add(y),
    change: (x, y) => (typeof y === "number" ? x.fill_(y) : x.copy_(y)),
  },
  { fn: (x) => x.mul(0), change: (x) => x.zero_() },
  {
    fn: (x) => x.clamp({ min: -0.5, max: 0.5 }),
    change: (x) => x.clamp_({ min: -0.5, max: 0.5 }),
    saves: true,
  },
  { fn: (x) => x.maskedFill(x.gt(0.25), 0.125), change: (x) => x.maskedFill_(x.gt(0.25), 0.125) },
  {
    fn: (x, y) => (typeof y === "number" ? x.mul(0.5) : x.lerp(y, 0.25)),
    change: (x, y) => (typeof y === "number" ? x.mul_(0.5) : x.lerp_(y, 0.25)),
  },
  {
    fn: (x) => (x.ndim === 0 ? x.mul(1) : x.cumsum(0)),
    change: (x) => (x.ndim === 0 ? x.mul_(1) : x.cumsum_(0)),
  },
];

const step = fc.record({
  what: fc.constantFrom("view", "view", "change", "change", "change", "make", "read"),
  kind: fc.nat(1000),
  on: fc.nat(1000),
  other: fc.option(fc.nat(1000)),
  n: fc.nat(30),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A program with tensors chosen: of several that are held, by number. */
type Line =
  | { what: "view"; on: number; view: (x: Tensor) => Tensor }
  | { what: "change" | "make"; form: Form; on: number; other: number | null; by: number }
  | { what: "read"; on: number; by: number };

const at = (x: Tensor) => Array.from(x.contiguous().data);

/** The program without changes in place: the lines that make sense, what is held at the end, and the loss. */
function functionally(steps: readonly Step[], inputs: readonly Tensor[], fixed: number) {
  const bases = inputs.map((x) => x.reshape(-1));
  const changes = inputs.map(() => 0);
  const places = (x: Tensor) => arange(x.numel, { dtype: "int32" }).reshape(x.shape);
  const held = inputs.map((x, base) => ({ base, where: places(x) }));
  const value = ({ base, where }: (typeof held)[number]) =>
    bases[base].indexSelect(0, where.reshape(-1)).reshape(where.shape);
  const hold = (x: Tensor) => {
    held.push({ base: bases.length, where: places(x) });
    bases.push(x.reshape(-1));
    changes.push(0);
  };
  const read: { base: number; changes: number }[] = [];
  const lines: Line[] = [];
  let loss = zeros([], { dtype: inputs[0].dtype });
  for (const { what, kind, on: given, other: second, n } of steps) {
    const on = given % held.length;
    const cell = held[on];
    if (what === "view") {
      const view = views[kind % views.length];
      const where = view(cell.where, n);
      if (where === null) continue;
      lines.push({ what, on, view: (x) => view(x, n)! });
      if (where.storage === cell.where.storage) held.push({ base: cell.base, where });
      else hold(value({ base: cell.base, where }));
      continue;
    }
    const by = 0.5 + (n % 5) / 4;
    if (what === "read") {
      lines.push({ what, on, by });
      loss = loss.add(value(cell).mul(by).sum());
      continue;
    }
    const form = forms[kind % forms.length];
    const other = second === null ? null : second % held.length;
    const operand = other === null ? by : value(held[other]);
    if (typeof operand !== "number" && !fits(operand, cell.where)) continue;
    lines.push({ what: what as "change" | "make", form, on, other, by });
    const next = form.fn(value(cell), operand);
    const reads = (base: number) => read.push({ base, changes: changes[base] });
    if (what === "make") {
      hold(next);
      // The result too: sigmoid has its gradient from it.
      if (form.saves) for (const { base } of [cell, held[other ?? on], held[held.length - 1]]) reads(base);
      continue;
    }
    const positions = at(cell.where);
    if (cell.base < fixed || new Set(positions).size < positions.length) {
      lines.pop();
      continue;
    }
    if (form.saves && other !== null && held[other].base !== cell.base) reads(held[other].base);
    changes[cell.base]++;
    bases[cell.base] = bases[cell.base].indexCopy(0, cell.where.reshape(-1), next.reshape(-1));
  }
  // Everything is read at the end, so that a wrong history of anything shows.
  for (const [on, cell] of held.entries()) {
    lines.push({ what: "read", on, by: 1 + on / 8 });
    loss = loss.add(
      value(cell)
        .mul(1 + on / 8)
        .sum(),
    );
  }
  /** Whether backward may find that something which it reads was changed. */
  const changed = read.some(({ base, changes: then }) => changes[base] > then);
  return { lines, held: held.map(value), loss, changed };
}

/** Whether the shape of y is that of x, or broadcasts to it. */
function fits(y: Tensor, x: Tensor): boolean {
  const lead = x.ndim - y.ndim;
  return lead >= 0 && y.shape.every((size, d) => size === 1 || size === x.shape[d + lead]);
}

/** The program as it is written. */
function inPlace(lines: readonly Line[], inputs: readonly Tensor[]) {
  const held = [...inputs];
  let loss = zeros([], { dtype: inputs[0].dtype });
  for (const line of lines) {
    const x = held[line.on];
    if (line.what === "view") held.push(line.view(x));
    else if (line.what === "read") loss = loss.add(x.mul(line.by).sum());
    else {
      const y = line.other === null ? line.by : held[line.other];
      if (line.what === "make") held.push(line.form.fn(x, y));
      else expect(line.form.change(x, y)).toBe(x);
    }
  }
  return { held, loss };
}

const random = (shape: number[], seed: number, dtype: DType, requiresGrad = false) =>
  tensor(
    units(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape, dtype, requiresGrad },
  );

/** Two leaves, and three tensors without a gradient of which one has no elements. */
const worlds = (dtype: DType) => [
  random([3, 4], 1, dtype, true),
  random([4], 2, dtype, true),
  random([3, 4], 3, dtype),
  random([2, 3], 4, dtype),
  random([0, 4], 5, dtype),
];

/** Gradients of the loss, and of the sum of their squares. */
function gradientsOf(loss: Tensor, leaves: Tensor[]): Tensor[] {
  const first = autograd.grad(loss, leaves, { createGraph: true, allowUnused: true });
  let squares = zeros([], { dtype: "float64" });
  for (const g of first) if (g !== null) squares = squares.add(g.square().sum());
  const second = squares.requiresGrad ? autograd.grad(squares, leaves, { allowUnused: true }) : [null, null];
  return [...first, ...second].map((g, i) => g ?? zerosLike(leaves[i % 2]));
}

describe("programs of views and changes in place", () => {
  it("have the values and gradients of programs without them", { timeout: patience() }, () => {
    let [programs, refused] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { minLength: 4, maxLength: 24 }), (steps) => {
        const former = worlds("float64");
        const expected = functionally(steps, former, 2);
        const inputs = worlds("float64");
        const found = inPlace(expected.lines, inputs);
        for (const [i, x] of found.held.entries()) {
          expect(x.shape).toEqual(expected.held[i].shape);
          expect(at(x)).toEqual(at(expected.held[i]).map((v) => expect.closeTo(v, 9)));
        }
        programs++;
        if (!expected.loss.requiresGrad) return;
        const want = gradientsOf(expected.loss, former.slice(0, 2));
        try {
          const got = gradientsOf(found.loss, inputs.slice(0, 2));
          expect(got.map(at)).toEqual(want.map((g) => at(g).map((v) => expect.closeTo(v, 8))));
        } catch (error) {
          if ((error as { code?: string }).code !== "SAVED_TENSOR_CHANGED") throw error;
          expect(expected.changed).toBe(true);
          refused++;
        }
      }),
      { numRuns: times(300) },
    );
    expect(refused).toBeLessThan(programs / 2);
  });
});

/**
 * Two calls of the function on fresh inputs, as bits, with the gradients and the tensor from outside that
 * they leave.
 */
function outcome(lines: readonly Line[], compiled: boolean): unknown {
  const [p, q, outside, x, y] = worlds("float32");
  const run = (a: Tensor, b: Tensor) => {
    const { held, loss } = inPlace(lines, [p, q, outside.detach(), a, b]);
    if (loss.requiresGrad) loss.backward();
    return [loss, ...held.slice(5)];
  };
  const step = compiled ? compile(run) : run;
  try {
    return [0, 1].map(() => {
      for (const leaf of [p, q]) leaf.grad = null;
      const args = [x.clone(), y.clone()] as const;
      const results = step(...args);
      return [...results, p.grad, q.grad, outside, ...args].map((t) => (t === null ? null : at(t.detach())));
    });
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

describe.each(["js", ...(backend.isas.length > 0 ? ["native"] : [])] as const)("compiled, %s", (name) => {
  it("have the bits of eager", { timeout: patience() }, () => {
    const before = backend.name;
    backend.use(name as typeof before);
    try {
      fc.assert(
        fc.property(fc.array(step, { minLength: 4, maxLength: 24 }), (steps) => {
          const { lines } = functionally(steps, worlds("float32"), 2);
          expect(outcome(lines, true)).toEqual(outcome(lines, false));
        }),
        { numRuns: times(150) },
      );
    } finally {
      backend.use(before);
    }
  });
});
