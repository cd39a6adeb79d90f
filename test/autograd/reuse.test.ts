/** Backward reuses the memory of dead gradients, and never that of a tensor that other code holds. */
import { describe, expect, it } from "vitest";
import { allocateFrom, allocator } from "../../src/allocator.js";
import { autograd, manualSeed, nn, randn, type Tensor, tensor } from "../../src/index.js";

/** Large enough to be reused: 64 KB. */
const shape = [128, 128];
const layers = 12;

/** A chain in which each layer adds to a residual stream, so that gradients meet. */
function network(x: Tensor, between: (h: Tensor, layer: number) => Tensor = (h) => h): Tensor {
  let h = x;
  for (let layer = 0; layer < layers; layer++) h = between(h.add(h.tanh().mul(0.5)), layer);
  return h.square().mean();
}

const values = (x: Tensor) => x.contiguous().data.slice();

const leaf = () => randn(shape).requiresGrad_();

/** Keeps the gradients that pass through the operation. */
class Keep extends autograd.Function {
  static kept: Tensor[] = [];
  static forward(_: autograd.FunctionContext, x: Tensor): Tensor {
    return x.clone();
  }
  static backward(_: autograd.FunctionContext, g: Tensor): Tensor {
    const made = g.mul(1);
    Keep.kept.push(g, made);
    return made;
  }
}

interface Way {
  name: string;
  /** Runs backward and returns tensors that it gave away. A graph that stays rules out reuse. */
  keep(retainGraph: boolean): Tensor[];
}

const ways: Way[] = [
  {
    name: "the gradients that hooks get, and what hooks make of them",
    keep(retainGraph) {
      const kept: Tensor[] = [];
      const hook = (g: Tensor) => {
        const replaced = g.mul(2);
        kept.push(g, g.view([-1]), replaced);
        return replaced;
      };
      const x = leaf();
      x.registerHook(hook);
      network(x, (h) => {
        h.registerHook(hook);
        return h;
      }).backward(null, { retainGraph });
      return kept;
    },
  },
  {
    name: "gradients that pass through an autograd.Function",
    keep(retainGraph) {
      Keep.kept = [];
      network(leaf(), (h) => Keep.apply(h)).backward(null, { retainGraph });
      return Keep.kept;
    },
  },
  {
    name: "gradients of tensors that are not leaves",
    keep(retainGraph) {
      const kept: Tensor[] = [];
      network(leaf(), (h) => {
        h.retainGrad();
        kept.push(h);
        return h;
      }).backward(null, { retainGraph });
      return kept.map((h) => h.grad!);
    },
  },
  {
    name: "gradients of inputs",
    keep(retainGraph) {
      const x = leaf();
      const inner: Tensor[] = [];
      const loss = network(x, (h) => {
        inner.push(h);
        return h;
      });
      return autograd.grad(loss, [x, ...inner], { retainGraph }) as Tensor[];
    },
  },
  {
    name: "the cotangent",
    keep(retainGraph) {
      const g = randn(shape);
      leaf().mul(3).add(1).backward(g, { retainGraph });
      return [g];
    },
  },
];

describe("backward", () => {
  it.each(ways)("does not write over $name", ({ keep }) => {
    manualSeed(1);
    const expected = keep(true).map(values);
    manualSeed(1);
    const kept = keep(false);
    for (let round = 0; round < 3; round++) {
      keep(false);
      network(leaf()).backward();
    }
    expect(kept.map(values)).toEqual(expected);
  });

  it("gives the gradients of a backward that keeps its graph, which does not reuse memory", () => {
    const x = leaf();
    const gradient = (retainGraph: boolean) => {
      x.grad = null;
      network(x).backward({ retainGraph });
      return x.grad!.data.slice();
    };
    const kept = gradient(true);
    expect(gradient(false)).toEqual(kept);
    expect(gradient(false)).toEqual(kept);
  });

  it("needs memory for a few gradients, not for all of them", () => {
    const before = allocator;
    let allocated = 0;
    allocateFrom({
      ...before,
      uncleared(bytes) {
        if (bytes >= 128 * 128 * 4) allocated++;
        return before.uncleared(bytes);
      },
    });
    try {
      const x = leaf();
      const count = () => {
        const loss = network(x);
        allocated = 0;
        loss.backward();
        return allocated;
      };
      expect(count()).toBeLessThan(8);
      expect(count()).toBe(0);
    } finally {
      allocateFrom(before);
    }
  });

  it("is the same through a convolutional network as without reuse", () => {
    const net = new nn.Sequential(
      new nn.Conv2d(3, 8, 3, { padding: 1 }),
      new nn.BatchNorm2d(8),
      new nn.ReLU(),
      new nn.Conv2d(8, 8, 3, { padding: 1 }),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(8 * 16 * 16, 10),
    );
    const x = randn([8, 3, 32, 32]);
    const y = tensor([0, 1, 2, 3, 4, 5, 6, 7], { dtype: "int32" });
    const gradients = (retainGraph: boolean) => {
      net.zeroGrad();
      nn.functional.crossEntropy(net.forward(x), y).backward({ retainGraph });
      return [...net.parameters()].map((p) => p.grad!.data.slice());
    };
    const kept = gradients(true);
    expect(gradients(false)).toEqual(kept);
    expect(gradients(false)).toEqual(kept);
  });
});
