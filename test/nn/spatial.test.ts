/** Convolution and pooling against PyTorch: values, gradients, and (by difference quotients) gradients of gradients. */
import { describe, expect, it } from "vitest";
import { autograd, cat, gradcheck, nn, type Tensor } from "../../src/index.js";
import { expectClose, tolerances } from "../close.js";
import { decode, elements, load, type StoredCase, toTensor } from "../fixtures/pytorch/read.js";

const F = nn.functional as unknown as Record<string, (...args: any[]) => any>;
const cases = load<(StoredCase & { arguments: unknown[] })[]>("spatial");

const isConvolution = (op: string) => op.startsWith("conv");

function run(op: string, inputs: Tensor[], given: unknown[], options: object): Tensor {
  if (op === "maxPool2dIndices")
    return F["maxPool2d"](inputs[0], ...given, { ...options, returnIndices: true })[1];
  const operands = isConvolution(op) ? [inputs[0], inputs[1], inputs[2] ?? null] : inputs;
  const hasOptions = Object.keys(options).length > 0;
  return F[op](...operands, ...given, ...(hasOptions ? [options] : []));
}

const ops = [...new Set(cases.map((c) => c.op))];
const describeCase = (c: (typeof cases)[number]) =>
  `${c.op} ${JSON.stringify(c.inputs.map((x) => x[1]))} ${JSON.stringify([c.arguments, c.options])}`;

describe.each(["float64", "float32"] as const)("in %s", (dtype) => {
  it.each(ops)("%s", (op) => {
    for (const c of cases.filter((other) => other.op === op)) {
      const what = describeCase(c);
      const leaves = c.inputs.map((x) => toTensor(x, dtype));
      for (const [j, x] of leaves.entries()) if (c.grads?.[j]) x.requiresGrad = true;
      const y = run(op, leaves, c.arguments, c.options);
      expect(y.shape, what).toEqual(c.output[1]);
      expectClose(elements(y), decode(c.output[2]), tolerances[dtype], what);
      if (c.cotangent === undefined) continue;
      y.backward(toTensor(c.cotangent, dtype));
      for (const [j, g] of c.grads!.entries())
        if (g !== null)
          expectClose(elements(leaves[j].grad!), decode(g[2]), tolerances[dtype], `${what}, gradient ${j}`);
    }
  });
});

it("gradients of gradients", () => {
  const small = cases.filter(
    (c) => c.grads !== undefined && c.inputs[0][2].every((v) => typeof v === "number"),
  );
  for (const op of ops.filter((name) => name !== "maxPool2dIndices")) {
    const c = small.filter((other) => other.op === op && other.inputs[0][1][0] !== 0).at(1)!;
    const inputs = c.inputs.map((x) => toTensor(x));
    for (const x of inputs) x.requiresGrad = true;
    const gradients = (...xs: Tensor[]) => {
      const y = run(op, xs, c.arguments, c.options).square().sum();
      const grads = autograd.grad(y, xs, { createGraph: true });
      return cat(grads.map((g) => g!.flatten()));
    };
    expect(gradcheck(gradients, inputs), describeCase(c)).toBe(true);
  }
});
