/** 2^40 rows without an element: a loop over the rows would take an hour, and there is nothing to do. */
import { afterAll, describe, expect, it } from "vitest";
import { backend, bmm, cat, nn, searchsorted, type Tensor, take, tensor, zeros } from "../../../src/index.js";

const rows = 2 ** 40;
const F = nn.functional;
const ints = (...shape: number[]) => zeros(shape, { dtype: "int32" });
const one = tensor([0], { dtype: "int32" });
/** Rows of nothing, and rows of three of nothing. */
const [z, zz] = [zeros([rows, 0]), zeros([rows, 3, 0])];
const leaf = () => zz.clone().requiresGrad_();

/** What is called, and the shape of what it gives. */
const cases: Record<string, [call: () => Tensor, shape: number[]]> = {
  "sum of rows": [() => z.sum(0), [0]],
  "sum of all": [() => z.sum(), []],
  mean: [() => zz.mean(1), [rows, 0]],
  prod: [() => zz.prod(1), [rows, 0]],
  amax: [() => zz.amax(1), [rows, 0]],
  argmax: [() => zz.argmax(1), [rows, 0]],
  variance: [() => zz.var(1), [rows, 0]],
  logsumexp: [() => zz.logsumexp(1), [rows, 0]],
  all: [() => zz.all(1), [rows, 0]],
  softmax: [() => z.softmax(1), [rows, 0]],
  "softmax of rows": [() => z.softmax(0), [rows, 0]],
  logSoftmax: [() => zz.logSoftmax(1), [rows, 3, 0]],
  cumsum: [() => z.cumsum(1), [rows, 0]],
  cumprod: [() => zz.cumprod(1), [rows, 3, 0]],
  cummax: [() => zz.cummax(1).values, [rows, 3, 0]],
  logcumsumexp: [() => zz.logcumsumexp(1), [rows, 3, 0]],
  sort: [() => z.sort(1).values, [rows, 0]],
  "sort of rows": [() => z.sort(0).indices, [rows, 0]],
  argsort: [() => zz.argsort(1), [rows, 3, 0]],
  topk: [() => zz.topk(2, 1).values, [rows, 2, 0]],
  median: [() => zz.median(1).values, [rows, 0]],
  searchsorted: [() => searchsorted(z, z), [rows, 0]],
  indexSelect: [() => zz.indexSelect(1, one), [rows, 1, 0]],
  "indexSelect of none": [() => z.indexSelect(1, ints(0)), [rows, 0]],
  gather: [() => z.gather(1, ints(rows, 0)), [rows, 0]],
  scatter: [() => z.scatter(1, ints(rows, 0), z), [rows, 0]],
  scatterAdd: [() => zz.scatterAdd(1, ints(rows, 3, 0), zz), [rows, 3, 0]],
  indexAdd: [() => zz.indexAdd(1, one, zeros([rows, 1, 0])), [rows, 3, 0]],
  indexCopy: [() => zz.indexCopy(1, one, zeros([rows, 1, 0])), [rows, 3, 0]],
  take: [() => take(one, ints(rows, 0)), [rows, 0]],
  flip: [() => zz.flip(1), [rows, 3, 0]],
  cat: [() => cat([zz, zz], 1), [rows, 6, 0]],
  bmm: [() => bmm(zeros([rows, 0, 2]), zeros([rows, 2, 0])), [rows, 0, 0]],
  linear: [() => F.linear(z, zeros([0, 0])), [rows, 0]],
  conv1d: [() => F.conv1d(zeros([0, 2, rows]), zeros([1, 2, 1])), [0, 1, rows]],
  normalize: [() => F.normalize(zz, { dim: 1 }), [rows, 3, 0]],
  ...Object.fromEntries(
    (["sum", "prod", "amax", "cumsum", "softmax"] as const).map((name) => [
      `backward of ${name}`,
      [
        () => {
          const x = leaf();
          x[name](1).sum().backward();
          return x.grad!;
        },
        [rows, 3, 0],
      ],
    ]),
  ),
};

const before = backend.name;
afterAll(() => backend.use(before));

describe.each(["js", ...(backend.isas.length > 0 ? ["native"] : [])] as const)("on %s", (name) => {
  it.each(Object.entries(cases))("%s ends", (_, [call, shape]) => {
    backend.use(name as typeof before);
    expect(call().shape).toEqual(shape);
  });

  it("an index out of range is one all the same", () => {
    expect(() => zz.indexSelect(1, tensor([3], { dtype: "int32" }))).toThrow(
      /indexSelect: index out of range/,
    );
  });
});
