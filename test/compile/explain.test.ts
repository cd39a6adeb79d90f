import { afterEach, describe, expect, test } from "vitest";
import { backend, compile, nn, ones, optim, type Tensor, tensor } from "../../src/index.js";
import { type Cost, costOf } from "../../src/kernels/calls.js";
import type { KernelName, Kernels } from "../../src/kernels/schema.js";

const before = backend.name;
afterEach(() => backend.use(before));

function setup() {
  const model = new nn.Sequential(new nn.Linear(16, 8), new nn.ReLU(), new nn.Linear(8, 4));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const lossFn = new nn.CrossEntropyLoss();
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const batch = [ones([32, 16]), tensor(new Int32Array(32))] as const;
  return { model, step, batch };
}

const backends = (["native", "js"] as const).filter((name) => name === "js" || before === "native");

describe.each(backends)("on %s kernels", (name) => {
  test("explain and profile count a chain as one call", () => {
    backend.use(name);
    const step = compile((x: Tensor) => x.square().mul(2).add(1).sum());
    const x = ones([16, 4]);
    step(x);
    const [title, , ...lines] = step.explain().split("\n");
    // JavaScript has no chains.
    if (name === "native") expect(lines.join()).toContain("chain square mul add");
    expect(title).toContain(`: ${lines.length} kernel calls,`);
    expect(String(step.profile(x))).toContain(`${lines.length} kernel calls in`);
  });

  test("explain lists the calls with their sizes, modules and costs", () => {
    backend.use(name);
    const { step, batch } = setup();
    expect(step.explain()).toBe("compile: nothing is recorded yet: the first call records");
    step(...batch);
    const [title, head, ...lines] = step.explain().split("\n");
    const how = name === "native" ? "one native call" : "the table of kernels";
    // A chain is one line for all its calls.
    const links = lines.flatMap(
      (line) => /^ *\d+ +chain (.*?) {2}/.exec(line)?.[1].split(" ").slice(1) ?? [],
    );
    expect(title).toMatch(
      new RegExp(
        `^\\(\\[32, 16\\] float32, \\[32\\] int32\\) as ${how}: ${lines.length + links.length} kernel calls, [\\d.]+ kflop, [\\d.]+ kB moved, arena of [\\d.]+ k?B$`,
      ),
    );
    expect(head.trim().split(/\s+/)).toEqual(["kernel", "sizes", "module", "flops", "bytes"]);
    // The first product: 32 x 8 x 16 FMAs; A, B, bias and C in four bytes each.
    const flops = 2 * 32 * 8 * 16;
    const bytes = 4 * (32 * 16 + 16 * 8 + 8 + 32 * 8);
    expect(lines[0]).toMatch(
      new RegExp(
        `^ ?0 +gemm +32 x 8 x 16 +Sequential\\[0\\]\\.Linear +${(flops / 1000).toPrecision(3)} k +${(bytes / 1000).toPrecision(3)} k$`,
      ),
    );
    expect(step.explain()).toMatch(/crossEntropy +32 x 4 +CrossEntropyLoss/);
    step(batch[0].narrow(0, 0, 5), batch[1].narrow(0, 0, 5));
    expect(step.explain().split("\n\n")).toHaveLength(2);
  });

  test("profile makes one real call and times every kernel", () => {
    backend.use(name);
    const { step, batch, model } = setup();
    step(...batch);
    const earlier = model.parameters()[0].toArray();
    const profile = step.profile(...batch);
    expect(model.parameters()[0].toArray()).not.toEqual(earlier);
    expect(profile.result.item()).toBeGreaterThan(0);
    expect(profile.rows[0]).toMatchObject({
      kernel: "gemm",
      op: "",
      shape: "32 x 8 x 16",
      place: "Sequential[0].Linear",
      flops: 8192,
    });
    expect(profile.rows.every(({ milliseconds }) => milliseconds >= 0)).toBe(true);
    expect(profile.milliseconds).toBeCloseTo(profile.rows.reduce((sum, row) => sum + row.milliseconds, 0));
    const [title, head, ...lines] = String(profile).split("\n");
    expect(title).toMatch(new RegExp(`^${profile.rows.length} kernel calls in [\\d.]+ ms$`));
    const words = ["kernel", "sizes", "module", "us", "%", "GFLOP/s", "GB/s", "%", "of", "limit"];
    expect(head.trim().split(/\s+/)).toEqual(words);
    expect(profile.rows.every(({ ofLimit }) => ofLimit >= 0 && Number.isFinite(ofLimit))).toBe(true);
    expect(profile.rows.some(({ ofLimit }) => ofLimit > 0)).toBe(true);
    expect(lines).toHaveLength(profile.rows.length);
    expect(step.recordings).toBe(1);
  });
});

/** Memory of its own for each operand. */
const apart = (array: unknown) => ({ BYTES_PER_ELEMENT: (array as Float32Array).BYTES_PER_ELEMENT });

const cost = <Name extends KernelName>(name: Name, ...args: Parameters<Kernels[Name]>): Cost =>
  costOf([{ name, args: args.map((arg) => (ArrayBuffer.isView(arg) ? apart(arg) : arg)) }]);

describe("costs", () => {
  const f32 = new Float32Array(1);
  const f64 = new Float64Array(1);
  const i32 = new Int32Array(1);
  const cases: [string, Cost, Cost][] = [
    [
      "a product",
      cost("gemm", 2, 3, 4, 5, f32, 0, 15, 5, 1, f32, 0, 0, 4, 1, null, 0, 1, 0, f32, 0, 12),
      { flops: 240, bytes: 4 * (30 + 20 + 2 * 24) },
    ],
    [
      "a sum with a repeated row",
      cost("binary", "add", [3, 4], f64, 0, [4, 1], f64, 0, [0, 1], f64, 0),
      { flops: 12, bytes: 8 * 28 },
    ],
    ["a sum over rows", cost("reduce", "sum", 3, 4, 1, f32, 0, f32, 0), { flops: 12, bytes: 4 * 15 }],
    [
      "Adam",
      cost("adamStep", 10, 0, f32, 0, f32, 0, f32, 0, f32, 0, null, 0, f64, 0, f64, 0),
      { flops: 140, bytes: 280 + 8 * (1 + 5) },
    ],
    ["an embedding", cost("indexSelect", 1, 100, 8, 5, f32, 0, i32, 0, f32, 0), { flops: 0, bytes: 340 }],
    ["nothing", cost("copy", [0, 4], f32, 0, [0, 1], f32, 0, [4, 1]), { flops: 0, bytes: 0 }],
  ];
  test.each(cases)("%s", (_, found, expected) => expect(found).toEqual(expected));
});

test("memory that several calls of a chain access counts once, what only the chain needs not at all", () => {
  const [x, y] = [ones([10_000]), ones([10_000])];
  // Reads x twice, y once; writes the result, and reads it again for the sum.
  const step = compile(() => {
    const h = x.mul(y).add(x);
    return [h, h.sum()] as const;
  });
  step();
  if (before === "native") expect(step.profile().rows.map(({ bytes }) => bytes)).toEqual([4 * 30_001]);
});
