/** Cases (see cases.ts) of writing by index and mask, of padding, and of elementwise forms with options. */
import { nn, type Tensor, tensor } from "../../src/index.js";
import type { ScatterReduction } from "../../src/ops/index/scatter.js";
import type { Cases } from "./cases.js";

const int = (values: number[], shape: number[]) => tensor(values, { dtype: "int32", shape });
const { pad } = nn.functional;
const mask = tensor([true, false, true]);
/** Each of the three rows once in each column; and with repetitions. */
const once = int([2, 0, 1, 1, 2, 0], [2, 3]);
const twice = int([2, 0, 1, 2, 0, 1, 0, 2, 1], [3, 3]);
const two = [
  [3, 3],
  [2, 3],
];
const pair = [
  [3, 3],
  [3, 3],
];

export const writingCases: Cases = {
  scatter: [
    { fn: (x, src) => x.scatter(0, once, src), shapes: two },
    { fn: (x, src) => x.T.scatter(0, once.slice(null, [0, 2]), src), shapes: two },
    { fn: (x) => x.scatter(1, twice, 2), shapes: [[3, 3]] },
  ],
  scatterAdd: [
    { fn: (x, src) => x.scatterAdd(0, twice, src), shapes: pair },
    { fn: (x, src) => x.scatterAdd(-1, twice.slice([0, 2], [0, 1]), src), shapes: pair },
  ],
  scatterReduce: (["sum", "prod", "mean", "amax", "amin"] as ScatterReduction[]).flatMap((reduce) =>
    [true, false].map((includeSelf) => ({
      fn: (x: Tensor, src: Tensor) => x.scatterReduce(0, twice, src, reduce, { includeSelf }),
      shapes: pair,
      values: [0.25, 2] as const,
    })),
  ),
  indexAdd: [
    { fn: (x, src) => x.indexAdd(1, int([0, 2, 0], [3]), src, { alpha: 0.5 }), shapes: pair },
    { fn: (x, src) => x.indexAdd(0, int([1, 1], [2]), src), shapes: two },
  ],
  indexCopy: [{ fn: (x, src) => x.indexCopy(0, int([2, 0], [2]), src), shapes: two }],
  indexFill: [{ fn: (x, value) => x.indexFill(1, int([2, 0], [2]), value), shapes: [[2, 3], []] }],
  indexPut: [
    { fn: (x, v) => x.indexPut([int([0, -1], [2]), int([1, 1], [2])], v), shapes: [[2, 3], [2]] },
    { fn: (x, v) => x.indexPut([int([0, 0], [2])], v, { accumulate: true }), shapes: [[2, 3], [3]] },
    { fn: (x, v) => x.indexPut([mask], v), shapes: [[3, 2], [2]] },
  ],
  put: [
    {
      fn: (x, v) => x.put(int([0, -1, 0], [3]), v, { accumulate: true }),
      shapes: [[2, 3], [3]],
    },
  ],
  maskedSelect: [{ fn: (x) => x.maskedSelect(mask), shapes: [[2, 3]] }],
  maskedScatter: [{ fn: (x, src) => x.maskedScatter(mask, src), shapes: [[2, 3], [5]] }],
  pad: [
    { fn: (x) => pad(x, [1, 2, -1, 1], "constant", 2), shapes: [[2, 3]] },
    ...(["reflect", "replicate", "circular"] as const).map((mode) => ({
      fn: (x: Tensor) => pad(x, [1, 2, 1, 0], mode),
      shapes: [[2, 2, 3]],
    })),
  ],
  rsub: [{ fn: (a, b) => a.rsub(b, { alpha: 2 }), shapes: [[2, 3], [3]] }],
  floatPower: [{ fn: (a) => a.floatPower(3), shapes: [[3]] }],
  ldexp: [{ fn: (a, b) => a.ldexp(b), shapes: [[2, 3], [3]] }],
  lerp: [{ fn: (a, b, w) => a.lerp(b, w), shapes: [[2, 3], [3], [2, 1]] }],
  addcmul: [{ fn: (x, a, b) => x.addcmul(a, b, { value: 0.5 }), shapes: [[2, 3], [3], [2, 1]] }],
  addcdiv: [{ fn: (x, a, b) => x.addcdiv(a, b, { value: 2 }), shapes: [[3], [3], [3]], values: [0.5, 2] }],
  clip: [
    { fn: (x, low, high) => x.clip(low.sub(1.5), high.add(1)), shapes: [[2, 3], [3], []], values: [-1, 1] },
  ],
  nanToNum: [{ fn: (x) => x.nanToNum(), shapes: [[3]] }],
  trueDivide: [{ fn: (a, b) => a.trueDivide(b), shapes: [[3], [3]], values: [0.5, 2] }],
};
