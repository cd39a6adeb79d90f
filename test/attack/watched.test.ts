/**
 * What backward reads is watched: after any operand or the result was changed, the gradient is the same or
 * refused. And what shares the memory of an operand is a view of it, so that a change of one has its place in
 * the history of the other.
 */
import { describe, expect, it } from "vitest";
import { autograd, noGrad, stack, type Tensor, tensor } from "../../src/index.js";
import { binaryRows, unaryRows } from "../../src/kernels/rows.js";
import { numel } from "../../src/shape.js";
import { type Case, cases } from "../autograd/cases.js";
import { elements } from "../fixtures/pytorch/read.js";
import { units } from "../hash.js";
import { effort } from "./effort.js";

const ofRows = (rows: object, shapes: number[][]): [string, Case[]][] =>
  Object.entries(
    rows as Record<string, { domain: readonly [number, number]; derivative?: unknown; gradA?: unknown }>,
  )
    .filter(([, row]) => row.derivative !== null && row.gradA !== null)
    .map(([name, { domain }]) => [
      name,
      [{ fn: (x, ...rest) => (x as any)[name](...rest), shapes, values: domain }],
    ]);

/** How operands lie in memory: in order, or with gaps, so that kernels read a copy. */
const layouts: Record<string, (x: Tensor) => Tensor> = {
  dense: (x) => x.mul(1),
  strided: (x) => stack([x, x], -1).select(-1, 0),
};

function leaves({ shapes, values = [-2, 2] }: Case): Tensor[] {
  const [low, high] = values as readonly [number, number];
  return shapes.map((shape, i) => {
    const given = values[i];
    const data = Array.isArray(given)
      ? Float64Array.from(given)
      : units(numel(shape), 20 + i).map((u) => low + ((u + 1) / 2) * (high - low));
    return tensor(data, { shape, requiresGrad: true });
  });
}

/** The gradients after `change` of the operands or the result; null where backward refuses. */
function gradients(
  c: Case,
  layout: (x: Tensor) => Tensor,
  createGraph: boolean,
  change: (all: Tensor[]) => void,
) {
  const xs = leaves(c);
  const operands = xs.map(layout);
  const out = c.fn(...operands);
  for (const x of operands)
    if (x.storage.overlaps(out.storage) && out !== x)
      expect(out.viewState?.base, "what shares memory is a view").toBe(x.viewState?.base ?? x);
  const weights = tensor(units(out.numel, 7), { shape: out.shape });
  noGrad(() => change([...operands, out]));
  try {
    const found = autograd.grad(out, xs, { gradOutputs: [weights], createGraph, allowUnused: true });
    return found.map((g) => (g === null ? null : Array.from(elements(g.detach()))));
  } catch (error) {
    if ((error as { code?: string }).code !== "SAVED_TENSOR_CHANGED") throw error;
    return null;
  }
}

/** In `npm test` one operation of eight. */
const chosen = <T>(items: T[]): T[] => items.filter((_, i) => effort > 1 || i % 8 === 0);
const all = [...Object.entries(cases), ...ofRows(unaryRows, [[3]]), ...ofRows(binaryRows, [[2, 3], [3]])];

describe.each(Object.keys(layouts))("%s operands", (layout) => {
  it.each(chosen(all))("%s", (_, own) => {
    for (const c of own)
      for (const createGraph of c.noSecondOrder === undefined ? [false, true] : [false]) {
        const expected = gradients(c, layouts[layout], createGraph, () => {});
        for (let i = 0; i <= c.shapes.length; i++) {
          const found = gradients(c, layouts[layout], createGraph, (tensors) => {
            // A result may be a view with elements that share memory.
            const { storage } = tensors[i];
            tensors[i].storage.array.subarray(storage.offset, storage.offset + storage.length).fill(0.4375);
            storage.changed();
          });
          if (found !== null) expect(found, `tensor ${i}, createGraph ${createGraph}`).toEqual(expected);
        }
      }
  });
});
