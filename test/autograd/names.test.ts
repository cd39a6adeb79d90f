/** The error of a second backward names the function that the user called, not an operation inside it. */
import { describe, expect, it } from "vitest";
import { Node } from "../../src/autograd/graph.js";
import { nn, ones, Tensor, zeros } from "../../src/index.js";
import { calls } from "../attack/calls.js";
import { moreCalls } from "../attack/more-calls.js";

const F = nn.functional;
const x = () => ones([2, 3], { requiresGrad: true });
const y = () => zeros([2, 3]);

class Net extends nn.Module {
  norm = new nn.LayerNorm(3);
  forward(x: Tensor): Tensor {
    return this.norm.forward(x.softmax(-1));
  }
}
class Own extends nn.Module {
  forward(x: Tensor): Tensor {
    return x.logSoftmax(-1).square();
  }
}

const composites: Record<string, () => Tensor> = {
  layerNorm: () => F.layerNorm(x(), 3),
  rmsNorm: () => F.rmsNorm(x(), 3),
  groupNorm: () => F.groupNorm(x(), 3),
  smoothL1Loss: () => F.smoothL1Loss(x(), y()),
  huberLoss: () => F.huberLoss(x(), y()),
  mseLoss: () => F.mseLoss(x(), y()),
  klDiv: () => F.klDiv(x(), y()),
  normalize: () => F.normalize(x()),
  softsign: () => F.softsign(x()),
  mish: () => F.mish(x()),
  scaledDotProductAttention: () => F.scaledDotProductAttention(x(), y(), y()),
  std: () => x().std(),
  logit: () => x().mul(0.5).logit(1e-6),
  addcmul: () => x().addcmul(x(), x()),
  mul_: () => x().mul(1).mul_(x()),
  LayerNorm: () => new nn.LayerNorm(3).forward(x()),
  SmoothL1Loss: () => new nn.SmoothL1Loss().forward(x(), y()),
  "LayerNorm in a model": () => new Net().forward(x()),
  "square in a model": () => new Own().forward(x()),
};
/** All nodes that an output depends on. */
function nodesOf(output: unknown): Node[] {
  const found = new Set<Node>();
  const visit = (edge: unknown) => {
    if (!(edge instanceof Node) || found.has(edge)) return;
    found.add(edge);
    edge.edges.forEach(visit);
  };
  for (const x of [output].flat(3)) if (x instanceof Tensor) visit(x.gradFn);
  return [...found];
}

describe("nodes", () => {
  const rows = [...calls, ...moreCalls].flatMap(([args, names]) =>
    names
      .split(" ")
      .filter((name) => /^(nn\.functional|Tensor)\./.test(name))
      .map((name) => [name, args] as const),
  );
  it.each(rows)("of %s bear its name", (name, make) => {
    const args = make();
    const called = name.split(".").at(-1)!;
    // In place, a leaf with a gradient is refused; some are not differentiable.
    const isInPlace = called.endsWith("_");
    for (const [i, a] of args.flat().entries())
      if (a instanceof Tensor && a.isLeaf && a.dtype.startsWith("float") && !(isInPlace && i === 0))
        a.requiresGrad = true;
    const fn = name.startsWith("Tensor.") ? ([x, ...rest]: any) => x[called](...rest) : null;
    const output = fn === null ? (F as any)[called](...args) : fn(args);
    expect(new Set(nodesOf(output).map((node) => node.calledAs))).toEqual(
      new Set(nodesOf(output).length > 0 ? [called] : []),
    );
  });
});

describe("a second backward", () => {
  it.each(Object.entries(composites))("of %s names it", (name, call) => {
    const out = call().sum();
    out.backward();
    const expected = name.split(" ")[0];
    expect(() => out.backward()).toThrow(
      new RegExp(`^backward: an earlier backward freed the saved tensors of ${expected}:`),
    );
  });
});
