/**
 * Elementwise kernels: each is one loop around the function of a row, copied for each op and combination of
 * types.
 */
import type { Data } from "../../dtype.js";
import { erf } from "../../elementary.js";
import { isDense, numel, type Shape, type Strides } from "../../shape.js";
import { type IntegerName, type IntegerRow, integerRows } from "../binary-math.js";
import { compileDerivative, type Derivative } from "../derivatives.js";
import type { BinaryRow, UnaryRow } from "../row-types.js";
import {
  type BinaryName,
  binaryRows,
  type CompareName,
  compareRows,
  type UnaryName,
  unaryRows,
} from "../rows.js";
import { checkDivisors } from "./integers.js";
import { forPlanes } from "./layout.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

type Binary = BinaryRow["f"];

const unaryLoop = specialize(
  (
    f: UnaryRow["f"],
    e: typeof erf,
    p: number,
    q: number,
    n0: number,
    n1: number,
    x: Data,
    xo: number,
    x0: number,
    x1: number,
    out: Data,
    oo: number,
  ): void => {
    for (let i = 0; i < n0; i++) {
      let xi = xo + i * x0;
      for (let j = 0; j < n1; j++) {
        out[oo] = f(x[xi], p, q, e);
        xi += x1;
        oo++;
      }
    }
  },
);

/** out = f(x). `p` and `q` are the parameters of the row; 0 if it has none. May run in place. */
export function unary(
  op: UnaryName,
  p: number,
  q: number,
  shape: Shape,
  x: Data,
  xo: number,
  xs: Strides,
  out: Data,
  oo: number,
): number {
  const { f } = unaryRows[op] as UnaryRow;
  const loop = unaryLoop(op, tagOf(x) * 4 + tagOf(out));
  if (isDense(shape, xs)) loop(f, erf, p, q, 1, numel(shape), x, xo, 0, 1, out, oo);
  else
    forPlanes(shape, [xo], [xs], (n0, n1, [xo], [x0], [x1], done) =>
      loop(f, erf, p, q, n0, n1, x, xo, x0, x1, out, oo + done),
    );
  return OK;
}

const unaryGradLoop = specialize(
  (
    df: Derivative,
    p: number,
    q: number,
    n: number,
    x: Data,
    xo: number,
    y: Data,
    yo: number,
    g: Data,
    go: number,
    out: Data,
    oo: number,
  ): void => {
    for (let i = 0; i < n; i++) out[oo + i] = g[go + i] * df(x[xo + i], y[yo + i], p, q);
  },
);

const derivatives = new Map<UnaryName, Derivative>();

/**
 * out = g · f'(x), where y = f(x); all dense. `x` or `y` may be null if the derivative of the row does not
 * read it (`unarySaves`). May run in place over any of the inputs.
 */
export function unaryGrad(
  op: UnaryName,
  p: number,
  q: number,
  n: number,
  x: Data | null,
  xo: number,
  y: Data | null,
  yo: number,
  g: Data,
  go: number,
  out: Data,
  oo: number,
): number {
  const df = derivatives.get(op) ?? compileDerivative(op);
  derivatives.set(op, df);
  // `g` takes the place of an operand that is not read, so that each copy of the loop still sees only one
  // type.
  const loop = unaryGradLoop(op, tagOf(out));
  loop(df, p, q, n, x ?? g, x ? xo : go, y ?? g, y ? yo : go, g, go, out, oo);
  return OK;
}

const binaryLoop = specialize(
  (
    f: Binary,
    n0: number,
    n1: number,
    a: Data,
    ao: number,
    a0: number,
    a1: number,
    b: Data,
    bo: number,
    b0: number,
    b1: number,
    out: Data,
    oo: number,
  ): void => {
    for (let i = 0; i < n0; i++) {
      let ai = ao + i * a0;
      let bi = bo + i * b0;
      for (let j = 0; j < n1; j++) {
        out[oo] = f(a[ai], b[bi]);
        ai += a1;
        bi += b1;
        oo++;
      }
    }
  },
);

function pairwise(
  op: string,
  f: Binary,
  shape: Shape,
  a: Data,
  ao: number,
  as: Strides,
  b: Data,
  bo: number,
  bs: Strides,
  out: Data,
  oo: number,
): number {
  const loop = binaryLoop(op, tagOf(a) * 4 + tagOf(out));
  if (isDense(shape, as) && isDense(shape, bs)) loop(f, 1, numel(shape), a, ao, 0, 1, b, bo, 0, 1, out, oo);
  else
    forPlanes(shape, [ao, bo], [as, bs], (n0, n1, [ao, bo], [a0, b0], [a1, b1], done) =>
      loop(f, n0, n1, a, ao, a0, a1, b, bo, b0, b1, out, oo + done),
    );
  return OK;
}

const pairRows: Readonly<Record<BinaryName | IntegerName, BinaryRow | IntegerRow>> = {
  ...binaryRows,
  ...integerRows,
};

const divisions: ReadonlySet<string> = new Set(["div", "fmod", "remainder", "floorDivide"]);

/**
 * out = f(a, b); all of one dtype. int32 and uint8 wrap around, as in PyTorch. May run in place.
 * @throws ValueError `DIVISION_BY_ZERO` for an integer division by 0.
 */
export function binary(
  op: BinaryName | IntegerName,
  shape: Shape,
  a: Data,
  ao: number,
  as: Strides,
  b: Data,
  bo: number,
  bs: Strides,
  out: Data,
  oo: number,
): number {
  if (tagOf(out) > 1 && divisions.has(op))
    forPlanes(shape, [bo], [bs], (n0, n1, [bo], [b0], [b1]) => checkDivisors(op, n0, n1, b, bo, b0, b1));
  const row: Pick<BinaryRow, "f" | "fInteger" | "fSingle"> = pairRows[op];
  const f = (tagOf(out) > 1 ? row.fInteger : tagOf(out) === 0 ? row.fSingle : undefined) ?? row.f;
  return pairwise(op, f, shape, a, ao, as, b, bo, bs, out, oo);
}

/** out = 1 where the comparison is true, else 0; `a` and `b` of one dtype. */
export function compare(
  op: CompareName,
  shape: Shape,
  a: Data,
  ao: number,
  as: Strides,
  b: Data,
  bo: number,
  bs: Strides,
  out: Uint8Array,
  oo: number,
): number {
  return pairwise(op, compareRows[op].f, shape, a, ao, as, b, bo, bs, out, oo);
}

const whereLoop = specialize(
  (
    n0: number,
    n1: number,
    c: Uint8Array,
    co: number,
    c0: number,
    c1: number,
    a: Data,
    ao: number,
    a0: number,
    a1: number,
    b: Data,
    bo: number,
    b0: number,
    b1: number,
    out: Data,
    oo: number,
  ): void => {
    for (let i = 0; i < n0; i++) {
      let ci = co + i * c0;
      let ai = ao + i * a0;
      let bi = bo + i * b0;
      for (let j = 0; j < n1; j++) {
        out[oo] = c[ci] !== 0 ? a[ai] : b[bi];
        ci += c1;
        ai += a1;
        bi += b1;
        oo++;
      }
    }
  },
);

/** out = c ? a : b; `a`, `b` and `out` of one dtype. May run in place over a or b. */
export function where(
  shape: Shape,
  c: Uint8Array,
  co: number,
  cs: Strides,
  a: Data,
  ao: number,
  as: Strides,
  b: Data,
  bo: number,
  bs: Strides,
  out: Data,
  oo: number,
): number {
  const loop = whereLoop("where", tagOf(out));
  forPlanes(shape, [co, ao, bo], [cs, as, bs], (n0, n1, [co, ao, bo], [c0, a0, b0], [c1, a1, b1], done) =>
    loop(n0, n1, c, co, c0, c1, a, ao, a0, a1, b, bo, b0, b1, out, oo + done),
  );
  return OK;
}
