/** Cases (see cases.ts) of shapes, parts, joins, windows, subscripts. */
import * as sg from "../../src/index.js";
import { type Tensor, tensor } from "../../src/index.js";
import type { Case, Cases } from "./cases.js";

const int = (values: number[]) => tensor(values, { dtype: "int32" });
const of = (shapes: number[][], ...fns: Case["fn"][]): Case[] => fns.map((fn) => ({ fn, shapes }));
const matrix = (...fns: Case["fn"][]) => of([[2, 3]], ...fns);
const cube = (...fns: Case["fn"][]) => of([[2, 4, 2]], ...fns);
const pair = (fn: Case["fn"]) => of([[2], [2]], fn);
/** Parts with factors that differ. */
const weighed = (parts: readonly Tensor[]) =>
  parts
    .map((x, i) =>
      x
        .mul(x)
        .mul(i + 1)
        .sum(),
    )
    .reduce((a, b) => a.add(b));
const none = tensor([], { dtype: "float64" });

const joins: Cases = {
  ger: pair((a, b) => sg.ger(a, b)),
  hstack: [
    ...pair((a, b) => sg.hstack([a, b, none])),
    ...of(
      [
        [2, 1],
        [2, 3],
      ],
      (a, b) => sg.hstack([a, b]),
    ),
  ],
  vstack: of([[3], [2, 3]], (a, b) => sg.vstack([a, b])),
  rowStack: of([[3], [3]], (a, b) => sg.rowStack([a, b])),
  dstack: of([[2], [1, 2, 3]], (a, b) => sg.dstack([a, b])),
  columnStack: of([[2], [2, 3]], (a, b) => sg.columnStack([a, b])),
  blockDiag: of([[2, 1], [], [3]], (a, b, c) => sg.blockDiag(a, b, c)),
  cartesianProd: of([[2], [3]], (a, b) => sg.cartesianProd(a, b)),
  combinations: of(
    [[4]],
    (x) => sg.combinations(x, 3),
    (x) => sg.combinations(x, 2, { withReplacement: true }),
  ),
  atleast1d: of([[], [2]], (a, b) => weighed(sg.atleast1d(a, b))),
  atleast2d: of([[3]], (x) => sg.atleast2d(x)),
  atleast3d: matrix((x) => sg.atleast3d(x)),
};

const parts: Cases = {
  hsplit: cube(
    (x) => weighed(x.hsplit(2)),
    (x) => weighed(x.hsplit([1, -1])),
  ),
  vsplit: cube((x) => weighed(x.vsplit(2))),
  dsplit: cube((x) => weighed(x.dsplit(int([1])))),
  splitWithSizes: cube((x) => weighed(x.splitWithSizes([1, 3], 1))),
  unsafeSplit: cube((x) => weighed(x.unsafeSplit(3, 1))),
  unsafeSplitWithSizes: cube((x) => weighed(x.unsafeSplitWithSizes([4, 0], 1))),
  unsafeChunk: cube((x) => weighed(x.unsafeChunk(3, 1))),
};

const windows: Cases = {
  selectScatter: of([[2, 3], [2]], (x, src) => x.selectScatter(src, 1, -1)),
  sliceScatter: of(
    [
      [4, 2],
      [2, 2],
    ],
    (x, src) => x.sliceScatter(src, 0, -3, 9, 2),
  ),
  diagonalScatter: of([[3, 2], [1]], (x, src) => x.T.diagonalScatter(src, 2)),
  asStrided: [
    ...matrix(
      (x) => x.asStrided([2, 3], [2, 1], 1),
      (x) => x.T.slice([1, null]).asStrided([2, 2], [1, 3]),
    ),
    // Elements of what is expanded share memory, and its gradient.
    ...of([[3]], (x) => x.expand(2, 3).asStrided([2], [2])),
  ],
  asStridedScatter: [
    ...of([[5], [2, 2]], (x, src) => x.asStridedScatter(src, [2, 2], [2, 1], 1)),
    ...of([[3, 2], [2]], (x, src) => x.T.asStridedScatter(src, [2], [3])),
  ],
  index: [
    ...cube(
      (x) => x.index(1, "...", { start: 1, step: 2 }).mul(2),
      (x) => x.index(":", int([3, 0, 0])),
      (x) => x.index(int([1, 0]), null, int([-1, 0])),
      (x) => x.index([[0], [1]], { stop: -1 }, [0, 1]),
      (x) => x.index([true, false], 2),
      (x) =>
        x.index(
          sg.tensor([
            [true, false, true, false],
            [false, true, false, false],
          ]),
        ),
    ),
    ...of(
      [[]],
      (x) => x.index(null),
      (x) => x.index(true),
    ),
  ],
  indexReduce: (["prod", "mean", "amax", "amin"] as const).flatMap((reduce) =>
    [true, false].map((includeSelf) => ({
      fn: (x: Tensor, src: Tensor) => x.indexReduce(1, int([0, 2, 0]), src, reduce, { includeSelf }),
      shapes: [
        [2, 3],
        [2, 3],
      ],
      values: [0.25, 2] as const,
    })),
  ),
  indexPutOfSubscripts: of(
    [[2, 3], [2]],
    (x, v) => x.indexPut([":", 1], v),
    (x, v) => x.indexPut([{ start: 1 }, [0, 2]], v, { accumulate: true }),
  ),
};

const sizes: Cases = {
  sumToSize: cube(
    (x) => x.sumToSize(4, 1),
    (x) => x.sumToSize(),
  ),
  constantPadNd: matrix((x) => sg.constantPadNd(x, [1, 0, -1, 2], 5)),
  mT: cube((x) => x.mT),
  mH: cube((x) => x.mH),
  H: matrix((x) => x.H),
  adjoint: cube((x) => x.adjoint()),
  T: cube((x) => x.T),
};

const copies: Cases = {
  aliasCopy: matrix(sg.aliasCopy),
  asStridedCopy: matrix((x) => sg.asStridedCopy(x, [2, 2], [1, 3])),
  diagonalCopy: matrix((x) => sg.diagonalCopy(x, 1)),
  expandCopy: matrix((x) => sg.expandCopy(x, [2, -1, -1])),
  narrowCopy: matrix((x) => x.narrowCopy(1, -2, 2)),
  permuteCopy: matrix((x) => sg.permuteCopy(x, [1, 0])),
  selectCopy: matrix((x) => sg.selectCopy(x, 0, 1)),
  sliceCopy: matrix((x) => sg.sliceCopy(x, 1, 0, null, 2)),
  splitCopy: matrix((x) => weighed(sg.splitCopy(x, 2, 1))),
  splitWithSizesCopy: matrix((x) => weighed(sg.splitWithSizesCopy(x, [1, 2], 1))),
  squeezeCopy: of([[1, 2]], (x) => sg.squeezeCopy(x, 0)),
  tCopy: matrix(sg.tCopy),
  transposeCopy: matrix((x) => sg.transposeCopy(x, 0, 1)),
  unbindCopy: matrix((x) => weighed(sg.unbindCopy(x, 1))),
  unfoldCopy: matrix((x) => sg.unfoldCopy(x, 1, 2, 1)),
  unsqueezeCopy: matrix((x) => sg.unsqueezeCopy(x, 1)),
  viewCopy: matrix((x) => sg.viewCopy(x, [3, 2])),
};

export const shapingCases: Cases = { ...joins, ...parts, ...windows, ...sizes, ...copies };
