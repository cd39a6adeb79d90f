/**
 * Backward reuses memory that operations keep for their own rules, and dead gradients. Random programs keep
 * tensors in every way that a user can. Released memory is filled with NaN, so that a tensor that still reads
 * it differs from the same tensor of a run without release.
 */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { allocateFrom, allocator } from "../../src/allocator.js";
import { withGradMode } from "../../src/autograd/grad-mode.js";
import { autograd, cat, manualSeed, nn, randn, type Tensor } from "../../src/index.js";
import { onRelease } from "../../src/tensor/reuse.js";
import fc from "../property.js";

/** Released memory so far, in bytes. */
let released = 0;

beforeEach(() => {
  released = 0;
  onRelease.call = (array) => {
    released += array.byteLength;
    // NaN in float32 and float64; -1 in int32, which no index of a kernel may be.
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).fill(0xff);
  };
});
afterEach(() => {
  onRelease.call = null;
});

const { functional: F } = nn;

/** Tensors have this shape [batch, channels, side, side]: 64 KB, large enough to be reused. */
const shape = [4, 16, 16, 16];

/** What the user keeps, read when all is done. */
type Keep = (x: Tensor) => Tensor;

class Doubled extends autograd.Function {
  static keep: Keep = (x) => x;
  static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
    ctx.saveForBackward(x);
    return Doubled.keep(x.mul(2));
  }
  static backward(ctx: autograd.FunctionContext, g: Tensor): Tensor {
    Doubled.keep(g);
    Doubled.keep(ctx.savedTensors[0]);
    return Doubled.keep(g.mul(2));
  }
}

interface Layers {
  norm: nn.LayerNorm;
  batchNorm: nn.BatchNorm2d;
  linear: nn.Linear;
  conv: nn.Conv2d;
  lstm: nn.LSTM;
  gru: nn.GRU;
}

const makeLayers = (): Layers => ({
  norm: new nn.LayerNorm(16),
  batchNorm: new nn.BatchNorm2d(16),
  linear: new nn.Linear(16, 16),
  conv: new nn.Conv2d(16, 16, 3, { padding: 1 }),
  lstm: new nn.LSTM(16, 16, { projSize: 8 }),
  gru: new nn.GRU(16, 16),
});

const channelsLast = (x: Tensor) => x.permute([0, 2, 3, 1]);
const channelsFirst = (x: Tensor) => x.permute([0, 3, 1, 2]);

/** Operations that keep tensors for their rules, and some that return views or write in place. */
const operations: Record<string, (x: Tensor, layers: Layers, keep: Keep) => Tensor> = {
  tanh: (x) => x.tanh(),
  residual: (x) => x.add(x.mul(0.5).sigmoid()),
  dropout: (x) => F.dropout(x, { p: 0.3 }),
  maxPool: (x) => F.maxPool2d(x, 3, { stride: 1, padding: 1 }),
  maxPoolWithIndices: (x, _, keep) => {
    const [y, indices] = F.maxPool2d(x, 3, { stride: 1, padding: 1, returnIndices: true });
    keep(indices);
    return y;
  },
  conv: (x, { conv }) => conv.forward(x),
  batchNorm: (x, { batchNorm }) => batchNorm.forward(x),
  layerNorm: (x, { norm }) => channelsFirst(norm.forward(channelsLast(x))),
  linear: (x, { linear }) => channelsFirst(linear.forward(channelsLast(x))),
  matmul: (x, { linear }) => channelsFirst(channelsLast(x).matmul(linear.weight)),
  attention: (x) => {
    const rows = x.flatten(2).transpose(1, 2).unsqueeze(1);
    return F.scaledDotProductAttention(rows, rows, rows, { dropoutP: 0.2 }).transpose(2, 3).reshape(shape);
  },
  lstm: (x, { lstm }, keep) => {
    const [y, [h]] = lstm.forward(x.permute([2, 0, 3, 1]).flatten(1, 2));
    keep(h);
    return cat([y, y], 2).reshape([16, 4, 16, 16]).permute([1, 3, 0, 2]);
  },
  gru: (x, { gru }) =>
    gru
      .forward(x.flatten(1, 2).permute([1, 0, 2]))[0]
      .permute([1, 0, 2])
      .reshape(shape),
  view: (x) => x.flatten(1).view(shape),
  inPlace: (x) => x.mul(1).add_(0.5),
  custom: (x) => Doubled.apply(x),
};

/** Ways to keep what passes between two operations. */
const ways: Record<string, (x: Tensor, keep: Keep) => void> = {
  nothing: () => {},
  result: (x, keep) => void keep(x),
  view: (x, keep) => void keep(x.narrow(0, 1, 2)),
  detached: (x, keep) => void keep(x.detach().flatten()),
  gradient: (x, keep) =>
    void x.registerHook((g) => {
      keep(g);
    }),
  replacedGradient: (x, keep) => void x.registerHook((g) => keep(g.mul(0.5))),
  retained: (x, keep) => {
    x.retainGrad();
    keep(x);
  },
};

const endings = ["backward", "twice", "grad", "gradOfInner", "createGraph", "thrown", "within"] as const;

interface Program {
  steps: { operation: string; way: string }[];
  ending: (typeof endings)[number];
}

/** Shape and a hash of the bytes. */
function print(x: Tensor): string {
  const { buffer, byteOffset, byteLength } = x.contiguous().data;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return `[${x.shape}] ${createHash("sha1").update(bytes).digest("hex")}`;
}

/** All that was kept, and the gradients of the leaves. */
function outcome({ steps, ending }: Program, release: boolean): string[] {
  manualSeed(3);
  const layers = makeLayers();
  const parameters = Object.values(layers).flatMap((layer: nn.Module) => layer.parameters());
  const kept: Tensor[] = [];
  const keep: Keep = (x) => {
    kept.push(x);
    return x;
  };
  Doubled.keep = keep;
  const x = randn(shape).requiresGrad_();
  const retainGraph = !release;
  const inner: Tensor[] = [];
  const forward = () => {
    let h = x;
    for (const { operation, way } of steps) {
      h = operations[operation](h, layers, keep);
      ways[way](h, keep);
      inner.push(h);
    }
    return h.square().mean();
  };
  let failing = false;
  const loss = forward();
  switch (ending) {
    case "backward":
      loss.backward({ retainGraph });
      break;
    case "twice":
      loss.backward({ retainGraph: true });
      loss.backward({ retainGraph });
      break;
    case "grad":
      keep(autograd.grad(loss, x, { retainGraph: true })[0]!);
      keep(autograd.grad(loss, x, { retainGraph })[0]!);
      break;
    case "gradOfInner":
      for (const g of autograd.grad(loss, inner, { retainGraph, allowUnused: true })) if (g) keep(g);
      break;
    case "createGraph": {
      const g = autograd.grad(loss, x, { createGraph: true })[0]!;
      keep(g);
      g.square().sum().backward({ retainGraph: true });
      loss.backward({ retainGraph });
      break;
    }
    case "thrown":
      inner[0].registerHook(() => {
        if (failing) throw new Error("in the middle");
      });
      failing = true;
      expect(() => loss.backward({ retainGraph })).toThrow("in the middle");
      failing = false;
      break;
    case "within":
      // A backward of another graph inside a hook of this one.
      x.registerHook(() => {
        const y = randn(shape).requiresGrad_();
        withGradMode(true, () => operations["dropout"](y, layers, keep).tanh().sum()).backward({
          retainGraph,
        });
        keep(y.grad!);
      });
      loss.backward({ retainGraph });
      break;
  }
  // What other steps do must not reach what was kept.
  for (let round = 0; round < 2; round++) {
    manualSeed(4);
    forward().backward({ retainGraph });
  }
  const leaves = [x, ...parameters].flatMap((leaf) => (leaf.grad === null ? [] : [leaf.grad]));
  const grads = kept.flatMap((one) => (one.grad === null ? [] : [one.grad]));
  return [...kept, ...grads, ...leaves].map(print);
}

const programs = fc.record({
  steps: fc.array(
    fc.record({
      operation: fc.constantFrom(...Object.keys(operations)),
      way: fc.constantFrom(...Object.keys(ways)),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  ending: fc.constantFrom(...endings),
});

describe("release of memory in backward", () => {
  it.each(Object.keys(operations))("%s, kept in every way", (operation) => {
    for (const way of Object.keys(ways)) {
      const program: Program = {
        steps: [
          { operation, way },
          { operation: "tanh", way },
        ],
        ending: "backward",
      };
      expect(outcome(program, true)).toEqual(outcome(program, false));
    }
  });

  it.each(["dropout", "maxPool", "linear", "layerNorm", "lstm", "gru", "attention"])(
    "%s takes the memory for its own rule from the step before",
    (operation) => {
      manualSeed(5);
      const layers = makeLayers();
      const x = randn(shape).requiresGrad_();
      let count = 0;
      const before = allocator;
      allocateFrom({
        ...before,
        uncleared(bytes) {
          count++;
          return before.uncleared(bytes);
        },
      });
      const forward = () => {
        count = 0;
        return operations[operation](x, layers, (kept) => kept);
      };
      try {
        // Forwards without backward use up what waits.
        for (let i = 0; i < 40; i++) forward();
        const y = forward();
        const all = count;
        y.backward(y.detach());
        forward();
        expect(count).toBeLessThan(all);
      } finally {
        allocateFrom(before);
      }
    },
  );

  it("keeps what a gradient with a graph of its own reads", () => {
    const x = randn(shape).requiresGrad_();
    const v = randn(shape).requiresGrad_();
    const loss = F.dropout(x, { p: 0.5 }).mul(v).sum();
    const [g] = autograd.grad(loss, [x], { createGraph: true });
    loss.backward();
    v.grad = null;
    g!.sum().backward();
    expect([...new Set(v.grad!.data)].sort()).toEqual([0, 2]);
  });

  it("random programs", () => {
    fc.assert(
      fc.property(programs, (program) => {
        expect(outcome(program, true)).toEqual(outcome(program, false));
      }),
      { numRuns: 60 },
    );
    expect(released).toBeGreaterThan(0);
  });
});
