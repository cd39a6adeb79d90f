/**
 * Memory that its owner takes away: transferred to another thread, detached, made smaller. What needs it says
 * DETACHED, on either backend; what belongs to somebody else stays where it is.
 */
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import {
  backend,
  compile,
  data,
  fit,
  nn,
  ones,
  optim,
  randn,
  Tensor,
  tensor,
  train,
  zeros,
} from "../../src/index.js";
import { numel } from "../../src/shape.js";
import { type Case, cases } from "../autograd/cases.js";
import { units } from "../hash.js";

const take = (x: { buffer: ArrayBufferLike }) => structuredClone(x, { transfer: [x.buffer as ArrayBuffer] });

/** A tensor over an array of the user, whose memory is gone. */
function gone(x: Tensor): Tensor {
  const array = x.toTransferable().data;
  const out = tensor(array, { shape: x.shape, dtype: x.dtype, requiresGrad: x.requiresGrad });
  take(array);
  return out;
}

function inputsOf({ shapes, values = [-2, 2] }: Case): Tensor[] {
  const [low, high] = values as readonly [number, number];
  return shapes.map((shape, i) => {
    const given = values[i];
    const array = Array.isArray(given)
      ? Float64Array.from(given)
      : units(numel(shape), 20 + i).map((u) => low + ((u + 1) / 2) * (high - low));
    return tensor(array, { shape, requiresGrad: true });
  });
}

const codeOf = (fn: () => unknown): string => {
  try {
    fn();
    return "";
  } catch (error) {
    return (error as { code?: string }).code ?? String((error as Error).stack);
  }
};

const backends = backend.isas.length > 0 ? (["native", "js"] as const) : (["js"] as const);

/** Called with a tensor of [6] whose memory is gone: what has no case of a gradient. */
const more: Record<string, (x: Tensor) => unknown> = {
  data: (x) => x.data,
  toArray: (x) => x.toArray(),
  toJSON: (x) => JSON.stringify(x),
  toString: (x: Tensor) => String(x),
  toTransferable: (x) => x.toTransferable(),
  item: (x) => x.select(0, 2).item(),
  "to int32": (x) => x.to("int32"),
  "to float64": (x) => x.to("float64"),
  cumsum: (x) => x.cumsum(0),
  argmax: (x) => x.argmax(0),
  argsort: (x) => x.argsort(0),
  eq: (x) => x.eq(1),
  nonzero: (x) => x.nonzero(),
  unique: (x) => x.unique(),
  topk: (x) => x.topk(2),
  bincount: (x) => x.to("int32").bincount(),
  add_: (x) => x.detach().add_(1),
  "copy_ from": (x) => zeros([6]).copy_(x),
  "copy_ to": (x) => x.detach().copy_(zeros([6])),
  fill_: (x) => x.detach().fill_(1),
  zero_: (x) => x.detach().zero_(),
  "indices of indexSelect": (x) => zeros([6, 2]).indexSelect(0, gone(x.detach().contiguous())),
  "a compiled call": (x) => compile((y: Tensor) => y.mul(2))(x),
  "a module": (x) => new nn.Linear(6, 2).forward(x),
  "an optimizer": (x) => {
    const optimizer = new optim.SGD([x], { lr: 0.1 });
    x.grad = ones([6]);
    optimizer.step();
  },
};

describe.each(backends)("memory that is gone, on %s", (on) => {
  test("is DETACHED in every operation that reads it, and in no other", () => {
    backend.use(on);
    const wrong: string[] = [];
    for (const [name, rows] of Object.entries(cases))
      for (const [row, c] of rows.entries()) {
        const inputs = inputsOf(c);
        for (let i = 0; i < inputs.length; i++) {
          if (inputs[i]!.numel === 0 || (c.fn.length > 0 && i >= c.fn.length)) continue;
          const given = inputs.map((x, j) => (j === i ? gone(x) : x));
          // Making a view reads no values; reading the view does.
          const code = codeOf(() => c.fn(...given).add(0));
          if (code !== "DETACHED") wrong.push(`${name}[${row}], input ${i}: ${code || "no error"}`);
        }
      }
    expect(wrong).toEqual([]);
  });

  test.each(Object.keys(more))("is DETACHED in %s", (name) => {
    backend.use(on);
    expect(codeOf(() => more[name]!(gone(randn([6]).mul(4))))).toBe("DETACHED");
  });

  test("is DETACHED in fit and evaluate", async () => {
    backend.use(on);
    const [x, y] = [randn([8, 2]), zeros([8], { dtype: "int32" })];
    const of = (x: Tensor, y: Tensor) => new data.TensorDataset(x, y);
    for (const make of [() => of(gone(x), y), () => of(x, gone(y))]) {
      const model = () => new nn.Sequential(new nn.Linear(2, 2));
      const runs: (() => Promise<unknown>)[] = [
        async () => {
          const trained = model();
          const optimizer = new optim.SGD(trained.parameters(), { lr: 0.1 });
          await fit(trained, make(), { optimizer, epochs: 1, batchSize: 4 });
        },
        async () => train.evaluate(model(), make(), { batchSize: 4 }),
        async () => [...new data.DataLoader(make(), { batchSize: 4 })],
      ];
      for (const run of runs)
        expect(
          await run().then(
            () => "no error",
            (error: { code: string }) => error.code ?? error,
          ),
        ).toBe("DETACHED");
    }
  });

  test("is DETACHED in the replay of a step that was recorded before, whose memory it is", () => {
    backend.use(on);
    const array = new Float32Array(4).fill(3);
    const weight = tensor(array);
    const step = compile((x: Tensor) => x.mul(weight));
    expect(step(ones([4])).toArray()).toEqual([3, 3, 3, 3]);
    take(array);
    expect(codeOf(() => step(ones([4])))).toBe("DETACHED");
    const x = new Float32Array(4).fill(2);
    const twice = compile((x: Tensor) => x.mul(2));
    expect(twice(tensor(x)).toArray()).toEqual([4, 4, 4, 4]);
    const input = tensor(x);
    take(x);
    expect(codeOf(() => twice(input))).toBe("DETACHED");
  });

  test("a buffer that shrinks is DETACHED when an element is missing", () => {
    backend.use(on);
    const buffer = new (ArrayBuffer as any)(16, { maxByteLength: 16 });
    const x = tensor(new Float32Array(buffer));
    expect(x.add(1).toArray()).toEqual([1, 1, 1, 1]);
    buffer.resize(8);
    expect(codeOf(() => x.add(1))).toBe("DETACHED");
  });

  test.each([[[2]], [[100]], [[5000]]])(
    "what is transferred of a tensor of %j leaves all others alone",
    (shape) => {
      backend.use(on);
      const big = ones([2000]);
      const before = [ones(shape), tensor([1, 2])];
      const x = ones(shape);
      const constant = big.mul(0.123);
      const { buffer } = x.data;
      try {
        structuredClone(x.data, { transfer: [buffer as ArrayBuffer] });
      } catch (error) {
        // Shared memory is no transferable object
        expect((error as Error).name).toMatch(/^(DataCloneError|TypeError)$/);
      }
      expect("transfer" in buffer && buffer instanceof SharedArrayBuffer).toBe(false);
      expect(before[0]!.sum().item()).toBe(shape[0]);
      expect(before[1]!.add(1).toArray()).toEqual([2, 3]);
      expect(big.mul(0.123).toArray()).toEqual(constant.toArray());
      expect(big.mul(0.5).sum().item()).toBe(1000);
      expect(zeros(shape).add(1).sum().item()).toBe(shape[0]);
    },
  );
});

describe("a tensor in a message", () => {
  const tensors: [string, () => Tensor][] = [
    [
      "small",
      () =>
        tensor([
          [1, 2.5],
          [3, 4],
        ]),
    ],
    ["scalar", () => tensor(7)],
    ["empty", () => zeros([0, 3])],
    ["large", () => randn([50, 60])],
    ["view", () => randn([50, 60]).transpose(0, 1)],
    ["slice", () => randn([7, 5]).slice([2, 6], [1, 4]).transpose(0, 1)],
    ["expanded", () => randn([1, 5]).expand([3, 5])],
    ["bool", () => tensor([true, false])],
    ["int32", () => tensor([1, -2], { dtype: "int32" })],
    ["uint8", () => tensor([1, 255], { dtype: "uint8" })],
    ["float64", () => tensor([0.1], { dtype: "float64" })],
    ["with gradients", () => tensor([1, 2], { requiresGrad: true }).mul(2)],
  ];

  test.each(tensors)("%s: is refused as it is, and comes back from its transferable form", (_, make) => {
    const x = make();
    for (const message of [x, { inside: [x] }])
      expect(() => structuredClone(message)).toThrow(
        expect.objectContaining({
          name: "DataCloneError",
          message: expect.stringMatching(/x\.toTransferable\(\).*Tensor\.from/),
        }),
      );
    const form = x.toTransferable();
    expect(form.data.buffer).toBeInstanceOf(ArrayBuffer);
    expect(form.data.buffer.byteLength).toBe(x.numel * form.data.BYTES_PER_ELEMENT);
    for (const transfer of [[], [form.data.buffer]]) {
      const y = Tensor.from(structuredClone(form, { transfer }));
      expect(y.toArray()).toEqual(x.toArray());
      expect([y.shape, y.dtype, y.requiresGrad, y.isLeaf]).toEqual([x.shape, x.dtype, false, true]);
    }
    expect(form.data.length).toBe(0);
  });

  test("is a copy: neither side sees what the other writes", () => {
    const x = tensor([1, 2]);
    const y = Tensor.from(x.toTransferable());
    y.add_(1);
    expect([x.toArray(), y.toArray()]).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  test("goes to a worker and comes back", async () => {
    const worker = new Worker(
      `import { parentPort } from "node:worker_threads";
       import { Tensor } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
       parentPort.once("message", (message) => {
         const answer = Tensor.from(message).mul(2).toTransferable();
         parentPort.postMessage(answer, [answer.data.buffer]);
       });`,
      { eval: true, execArgv: ["--input-type=module"] } as object,
    );
    const sent = tensor([[1, 2, 3]]).toTransferable();
    const answer = new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    worker.postMessage(sent, [sent.data.buffer]);
    expect(Tensor.from((await answer) as any).toArray()).toEqual([[2, 4, 6]]);
    await worker.terminate();
  });

  test.each([
    ["nothing", undefined, "INVALID_VALUE"],
    ["a tensor", tensor([1]), "INVALID_VALUE"],
    ["nested arrays", [[1]], "INVALID_VALUE"],
    ["a dtype of its own", { shape: [1], dtype: "f32", data: new Float32Array(1) }, "UNKNOWN_DTYPE"],
    ["a key of Object", { shape: [1], dtype: "toString", data: new Float32Array(1) }, "UNKNOWN_DTYPE"],
    ["another dtype", { shape: [1], dtype: "float64", data: new Float32Array(1) }, "DTYPE_MISMATCH"],
    ["a plain array", { shape: [1], dtype: "float64", data: [1] }, "DTYPE_MISMATCH"],
    ["too few values", { shape: [2], dtype: "float32", data: new Float32Array(1) }, "SHAPE_MISMATCH"],
    ["a bad size", { shape: [-1], dtype: "float32", data: new Float32Array(1) }, "INVALID_SHAPE"],
    ["a shape that is none", { shape: 1, dtype: "float32", data: new Float32Array(1) }, "INVALID_SHAPE"],
    ["booleans of 2", { shape: [1], dtype: "bool", data: new Uint8Array([2]) }, "VALUE_OUT_OF_RANGE"],
  ])("Tensor.from refuses %s", (_, given, code) => {
    expect(codeOf(() => Tensor.from(given as any))).toBe(code);
  });
});
