/** Kernels whose memory for intermediate results runs out, at each of the places that ask for it. */
import { afterEach, describe, expect, it } from "vitest";
import {
  backend,
  compile,
  manualSeed,
  nn,
  noGrad,
  randn,
  setFloat32MatmulPrecision,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.js";
import { addon, built } from "./addon.js";

const { functional: F } = nn;

/** Loss and gradients of a function of random operands. */
function throughBackward(shapes: readonly number[][], f: (...xs: Tensor[]) => Tensor): () => Tensor[] {
  const xs = shapes.map((shape) => randn(shape).requiresGrad_());
  return () => {
    for (const x of xs) x.grad = null;
    const y = f(...xs);
    y.backward(y.detach());
    return [y.detach(), ...xs.map((x) => x.grad!)];
  };
}

const convolution = (x: number[], w: number[], options = {}) =>
  throughBackward([x, w, [w[0]]], (a, b, c) => F.conv2d(a, b, c, options));

const recurrent = (layer: nn.Module, shape: number[]) =>
  throughBackward([shape], (x) => (layer.forward(x) as Tensor[])[0]);

const product = (m: number, k: number, n: number) =>
  throughBackward(
    [
      [m, k],
      [k, n],
    ],
    (a, b) => a.matmul(b),
  );

/** Each makes its operands, and returns a function that computes with them. */
const workloads: Record<string, () => () => Tensor[]> = {
  "a product": () => product(70, 300, 90),
  "a deep product": () => product(130, 2100, 40),
  "products of a few rows": () => {
    const [a, b, c, d] = [randn([300, 3]).T, randn([300, 200]), randn([700, 2]).T, randn([700, 900])];
    return () => [a.matmul(b), a.narrow(0, 0, 1).matmul(b), c.matmul(d)];
  },
  "a product of bfloat16": () => {
    const run = product(70, 1500, 90);
    return () => {
      setFloat32MatmulPrecision("medium");
      try {
        return run();
      } finally {
        setFloat32MatmulPrecision("highest");
      }
    };
  },
  "sums of long rows and columns": () => {
    const [x, rows, columns] = [randn([100_000]), randn([40, 9000]), randn([3000, 300])];
    return () => [x.sum(), rows.sum(1), x.max(), columns.sum(0)];
  },
  softmax: () => throughBackward([[2, 50_000]], (x) => F.softmax(x, -1).mul(F.logSoftmax(x, -1))),
  "cross entropy of many classes": () => {
    const target = tensor([1, 2], { dtype: "int32" });
    return throughBackward([[2, 20_000]], (x) => F.crossEntropy(x, target, { labelSmoothing: 0.1 }));
  },
  "layer norm": () =>
    throughBackward([[64, 48], [48], [48]], (x, w, b) => F.layerNorm(x, [48], { weight: w, bias: b })),
  "group norm": () => {
    const norm = new nn.GroupNorm(2, 8);
    return throughBackward([[4, 8, 9, 9]], (x) => norm.forward(x));
  },
  "batch norm": () => {
    const [images, rows] = [new nn.BatchNorm2d(8), new nn.BatchNorm1d(24)];
    const a = throughBackward([[4, 8, 9, 9]], (x) => images.forward(x));
    const b = throughBackward([[40, 24]], (x) => rows.forward(x));
    return () => [...a(), ...b()];
  },
  "batch norm of running statistics": () => {
    const [images, rows] = [new nn.BatchNorm2d(8).eval(), new nn.BatchNorm1d(24).eval()];
    const [x, y] = [randn([4, 8, 9, 9]), randn([40, 24])];
    return () => noGrad(() => [images.forward(x), rows.forward(y)]);
  },
  "a convolution": () => convolution([4, 16, 20, 20], [24, 16, 3, 3], { padding: 1 }),
  "a convolution with a stride": () => convolution([4, 16, 20, 20], [24, 16, 3, 3], { stride: 2 }),
  "a convolution of one pixel": () => convolution([4, 16, 5, 5], [24, 16, 1, 1]),
  "a convolution of few channels": () => convolution([3, 2, 20, 20], [3, 2, 5, 5]),
  "a depthwise convolution": () => convolution([3, 8, 20, 20], [8, 1, 3, 3], { groups: 8, padding: 1 }),
  "a convolution of many small images": () => convolution([40, 16, 6, 6], [24, 16, 3, 3], { padding: 1 }),
  "a convolution of long rows": () => convolution([2, 4, 1, 2000], [64, 4, 1, 80], { stride: [1, 4] }),
  pooling: () => throughBackward([[2, 3, 12, 12]], (x) => F.maxPool2d(x, 2).add(F.avgPool2d(x, 2))),
  attention: () => {
    const shape = [2, 4, 70, 16];
    return throughBackward([shape, shape, shape], (q, k, v) => F.scaledDotProductAttention(q, k, v));
  },
  "attention of one query": () => {
    const [q, k, v] = [
      [1, 4, 1, 16],
      [1, 4, 600, 16],
      [1, 4, 600, 16],
    ].map((shape) => randn(shape));
    return () => [F.scaledDotProductAttention(q, k, v)];
  },
  lstm: () => recurrent(new nn.LSTM(8, 24, { projSize: 12 }), [5, 20, 8]),
  gru: () => recurrent(new nn.GRU(8, 24), [5, 20, 8]),
  "a chain with a reduction": () => {
    const [x, y] = [randn([64, 512]), randn([64, 512])];
    const step = compile((a: Tensor, b: Tensor) => a.mul(b).tanh().add(a).sum());
    const rows = compile((a: Tensor, b: Tensor) => a.mul(b).tanh().add(a).sum(0));
    step(x, y);
    rows(x, y);
    return () => [step(x, y), rows(x, y)];
  },
};

const bytesOf = (tensors: readonly Tensor[]) =>
  tensors.map((x) => Buffer.from(x.contiguous().data.slice().buffer).toString("latin1"));

describe.skipIf(!built || backend.name !== "native")("without memory for intermediate results", () => {
  const threads = backend.threads;
  afterEach(() => {
    addon.limitScratch(-1);
    backend.setThreads(threads);
  });

  it.each(Object.keys(workloads))("%s throws OUT_OF_MEMORY, and the next call is right", (name) => {
    manualSeed(1);
    const run = workloads[name]();
    const expected = bytesOf(run());
    for (const count of [1, 3]) {
      backend.setThreads(count);
      let failures = 0;
      for (let times = 0; ; times++) {
        addon.limitScratch(times);
        try {
          run();
          break;
        } catch (error) {
          expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
          expect((error as Error).message).toMatch(/there is no memory for intermediate results$/);
          failures++;
        } finally {
          addon.limitScratch(-1);
        }
      }
      expect(failures).toBeGreaterThan(0);
      expect(bytesOf(run()).every((bytes, i) => bytes === expected[i])).toBe(true);
    }
  });

  it("throws a RangeError", () => {
    const x = zeros([100_000]);
    addon.limitScratch(0);
    expect(() => x.sum()).toThrow(RangeError);
  });

  it("a recorded step throws a SimdgradError and can be called again", () => {
    const x = randn([100_000]);
    const step = compile((a: Tensor) => a.sum());
    const sum = step(x).item();
    addon.limitScratch(0);
    expect(() => step(x)).toThrow("there is no memory for intermediate results");
    addon.limitScratch(-1);
    expect(step(x).item()).toBe(sum);
  });
});
