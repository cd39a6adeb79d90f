/** What takes a dim last takes it by name too: `x.sum({ dim: 1 })` is `x.sum(1)`. */
import { describe, expect, it } from "vitest";
import * as simdgrad from "../src/index.js";
import { nn, Tensor, tensor } from "../src/index.js";

const m = () =>
  tensor([
    [0.6, 0.2, 0.1, 0.7],
    [0.3, 0.8, 0.5, 0.4],
  ]);
const of3 = () => tensor([[1, 2, 3]]);
const order = () => tensor([[0], [1]], { dtype: "int32" });

/** What comes before the dim, and the names of those that begin with it. */
const table: readonly (readonly [leading: () => unknown[], names: string])[] = [
  [
    () => [m()],
    `sum mean prod amax amin max min argmax argmin var std varMean stdMean logsumexp all any median nanmedian mode nansum nanmean
    countNonzero sort argsort cumsum cumprod logcumsumexp cummax cummin softmax logSoftmax nn.functional.softmax nn.functional.logSoftmax
    nn.functional.softmin nn.functional.glu unsqueeze unbind squeeze`,
  ],
  [() => [m(), 2], "split chunk tensorSplit topk kthvalue repeatInterleave unsafeSplit unsafeChunk"],
  [() => [m(), [1, 3]], "splitWithSizes unsafeSplitWithSizes"],
  [() => [m(), 0.5], "quantile nanquantile"],
  [() => [[m(), m()]], "cat concat concatenate stack"],
  [() => [of3(), of3()], "cross linalg.cross linalg.vecdot nn.functional.cosineSimilarity"],
  [() => [m(), order()], "takeAlongDim"],
];
const rows = table.flatMap(([leading, names]) => names.split(/\s+/).map((name) => [name, leading] as const));

const values = (result: unknown): unknown =>
  result instanceof Tensor ? [result.shape, result.toArray()] : (result as Tensor[]).map(values);

/** The function of a name. */
const found = (name: string): any => name.split(".").reduce((at: any, part) => at?.[part], simdgrad);

describe("a dim by name", () => {
  it.each(rows)("%s", (name, leading) => {
    // Those of one length along the dim are split along the second.
    const dim = name.includes("WithSizes") || leading().length > 1 ? 1 : -1;
    const expected = (call: (...args: any[]) => unknown) => values(call(dim));
    const f = found(name);
    const [x] = leading();
    const method = x instanceof Tensor ? (x as any)[name] : undefined;
    expect(f !== undefined || method !== undefined, name).toBe(true);
    for (const call of [
      f && ((given: unknown) => f(...leading(), given)),
      method && ((given: unknown) => (leading()[0] as any)[name](...leading().slice(1), given)),
    ]) {
      if (call === undefined) continue;
      expect(values(call({ dim }))).toEqual(expected(call));
      expect(() => call({ dims: dim, dim })).toThrow(/unknown option: dims/);
    }
  });

  it("flip and roll have dims, as PyTorch names them", () => {
    expect(
      m()
        .flip({ dims: [1] })
        .toArray(),
    ).toEqual(m().flip(1).toArray());
    expect(m().roll(1, { dims: 1 }).toArray()).toEqual(m().roll(1, 1).toArray());
  });

  it("layers", () => {
    for (const name of ["Softmax", "LogSoftmax", "Softmin", "GLU"] as const) {
      const Layer = nn[name];
      expect(values(new Layer({ dim: 0 }).forward(m()))).toEqual(values(new Layer(0).forward(m())));
      expect(new Layer({}).dim).toBe(-1);
      expect(() => new Layer({ axis: 0 } as never)).toThrow(`${name}: unknown option: axis`);
    }
  });

  it("where more arguments follow it has its place", () => {
    const x = m();
    for (const call of [
      () => x.transpose({ dim: 0 } as never, 1),
      () => x.select({ dim: 0 } as never, 0),
      () => x.indexSelect({ dim: 0 } as never, tensor([0], { dtype: "int32" })),
    ])
      expect(call).toThrow(/dim is a number, and options come after it/);
  });
});
