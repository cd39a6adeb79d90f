/**
 * Elementwise operations, one row each. A row is everything that an op needs in TypeScript: the public
 * function, the Tensor method, its types, the gradient, the gradient check, backend parity and the benchmark
 * are derived from it. A row of the same name in C++ adds speed.
 *
 * - `f` computes in double precision.
 * - `derivative` is written with the operations of `Algebra` and traced. Prefer forms that read only `y`: the
 *   output of an op is usually kept alive by its consumer anyway.
 * - `domain` is the interval from which tests draw samples; `kinks` are points in it that a difference
 *   quotient must avoid.
 */
import { binaryMathRows, integerPower } from "./binary-math.js";
import type { BinaryRow, CompareRow, UnaryRow } from "./row-types.js";
import { specialBinaryRows, specialUnaryRows } from "./special-rows.js";
import { unaryMathRows } from "./unary-math.js";

export const unaryRows = {
  neg: {
    f: (x) => -x,
    derivative: () => -1,
    domain: [-3, 3],
    integers: true,
    doc: "-x. PyTorch: `torch.neg`, `torch.negative`.",
  },
  abs: {
    f: (x) => Math.abs(x),
    derivative: ({ x }) => x.sign(),
    domain: [-3, 3],
    kinks: [0],
    integers: true,
    doc: "|x|; its derivative at 0 is 0. PyTorch: `torch.abs`, `torch.absolute`.",
  },
  sign: {
    f: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
    derivative: () => 0,
    domain: [-3, 3],
    kinks: [0],
    integers: true,
    bools: "bool",
    doc: "-1 where x < 0, 1 where x > 0, else 0, also for NaN. PyTorch: `torch.sign`, `torch.sgn`.",
  },
  square: {
    f: (x) => x * x,
    derivative: ({ x }) => x.mul(2),
    domain: [-3, 3],
    integers: true,
    bools: "int32",
    doc: "x². PyTorch: `torch.square`.",
  },
  sqrt: {
    f: (x) => Math.sqrt(x),
    derivative: ({ y }) => y.reciprocal().mul(0.5),
    domain: [0.1, 4],
    doc: "√x; NaN below 0. PyTorch: `torch.sqrt`.",
  },
  rsqrt: {
    f: (x) => 1 / Math.sqrt(x),
    derivative: ({ y }) => y.square().mul(y).mul(-0.5),
    domain: [0.1, 4],
    doc: "1 / √x. PyTorch: `torch.rsqrt`.",
  },
  reciprocal: {
    f: (x) => 1 / x,
    derivative: ({ y }) => y.square().neg(),
    domain: [0.2, 4],
    doc: "1 / x. PyTorch: `torch.reciprocal`.",
  },
  exp: {
    f: (x) => Math.exp(x),
    derivative: ({ y }) => y,
    domain: [-4, 4],
    doc: "eˣ. PyTorch: `torch.exp`.",
  },
  expm1: {
    f: (x) => Math.expm1(x),
    derivative: ({ y }) => y.add(1),
    domain: [-4, 4],
    doc: "eˣ - 1, accurate near 0. PyTorch: `torch.expm1`, `torch.special.expm1`.",
  },
  log: {
    f: (x) => Math.log(x),
    derivative: ({ x }) => x.reciprocal(),
    domain: [0.1, 4],
    doc: "ln(x), the natural logarithm; -Infinity at 0, NaN below. PyTorch: `torch.log`.",
  },
  log1p: {
    f: (x) => Math.log1p(x),
    derivative: ({ x }) => x.add(1).reciprocal(),
    domain: [-0.9, 4],
    doc: "ln(1 + x), accurate near 0. PyTorch: `torch.log1p`, `torch.special.log1p`.",
  },
  sin: {
    f: (x) => Math.sin(x),
    derivative: ({ x }) => x.cos(),
    domain: [-7, 7],
    doc: "sin x, x in radians. PyTorch: `torch.sin`.",
  },
  cos: {
    f: (x) => Math.cos(x),
    derivative: ({ x }) => x.sin().neg(),
    domain: [-7, 7],
    doc: "cos x, x in radians. PyTorch: `torch.cos`.",
  },
  tanh: {
    f: (x) => Math.tanh(x),
    derivative: ({ y }) => y.square().neg().add(1),
    domain: [-4, 4],
    doc: "tanh(x), the hyperbolic tangent. PyTorch: `torch.tanh`.",
  },
  sigmoid: {
    f: (x) => 1 / (1 + Math.exp(-x)),
    derivative: ({ y }) => y.mul(y.neg().add(1)),
    domain: [-6, 6],
    doc: "1 / (1 + e⁻ˣ). PyTorch: `torch.sigmoid`, `torch.special.expit`.",
  },
  erf: {
    f: (x, _p, _q, erf) => erf(x),
    derivative: ({ x }) => x.square().neg().exp().mul(1.1283791670955126), // 2 / √π
    domain: [-3, 3],
    doc: "Error function, 2/√π ∫₀ˣ e^(-t²) dt. PyTorch: `torch.erf`, `torch.special.erf`.",
  },
  relu: {
    f: (x) => Math.max(x, 0),
    derivative: ({ y, where }) => where(y.le(0), 0, 1),
    domain: [-3, 3],
    kinks: [0],
    integers: true,
    doc: "max(x, 0); NaN stays NaN, the derivative at 0 is 0. PyTorch: `F.relu`.",
  },
  leakyRelu: {
    f: (x, p) => (x > 0 ? x : x * p),
    derivative: ({ x, p, where }) => where(x.gt(0), 1, p),
    params: { negativeSlope: 0.01 },
    samples: [[0.3, 0]],
    domain: [-3, 3],
    kinks: [0],
    doc: "x if x > 0, else negativeSlope · x. PyTorch: `F.leaky_relu`.",
  },
  elu: {
    f: (x, p) => (x > 0 ? x : p * Math.expm1(x)),
    // The exponential is applied only to x <= 0: for large x it would be infinite, and the second derivative
    // 0 · Infinity.
    derivative: ({ x, p, where }) => where(x.le(0), where(x.lt(0), x, 0).exp().mul(p), 1),
    params: { alpha: 1 },
    samples: [[0.5, 0]],
    domain: [-4, 3],
    kinks: [0],
    doc: "x if x > 0, else alpha · (eˣ - 1). PyTorch: `F.elu`.",
  },
  gelu: {
    f: (x, _p, _q, erf) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
    // Φ(x) + x φ(x), with 0.3989… = 1 / √(2π).
    derivative: ({ x }) => {
      const cdf = x.mul(Math.SQRT1_2).erf().add(1).mul(0.5);
      const density = x.square().mul(-0.5).exp().mul(0.3989422804014327);
      return cdf.add(x.mul(density));
    },
    domain: [-4, 4],
    doc: "x · Φ(x), with the exact normal distribution function Φ. PyTorch: `F.gelu`.",
  },
  geluTanh: {
    // 0.7978… = √(2/π); 0.044715 is the constant of the approximation.
    f: (x) => 0.5 * x * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))),
    derivative: ({ x }) => {
      const cubic = x.square().mul(0.044715).add(1).mul(x);
      const slope = x.square().mul(0.134145).add(1).mul(0.7978845608028654);
      const t = cubic.mul(0.7978845608028654).tanh();
      return t.add(1).mul(0.5).add(t.square().neg().add(1).mul(slope).mul(x).mul(0.5));
    },
    domain: [-4, 4],
    doc: "0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))). PyTorch: `F.gelu(approximate='tanh')`.",
  },
  silu: {
    f: (x) => x / (1 + Math.exp(-x)),
    derivative: ({ x }) => {
      const s = x.sigmoid();
      return x.mul(s.neg().add(1)).add(1).mul(s);
    },
    domain: [-6, 6],
    doc: "x · sigmoid(x). PyTorch: `F.silu`.",
  },
  softplus: {
    f: (x, p, q) => (x * p > q ? x : Math.log1p(Math.exp(x * p)) / p),
    derivative: ({ x, p, q, where }) => where(x.mul(p).gt(q), 1, x.mul(p).sigmoid()),
    params: { beta: 1, threshold: 20 },
    samples: [[2, 20]],
    domain: [-6, 6],
    doc: "ln(1 + e^(beta x)) / beta; x itself where beta x > threshold. PyTorch: `F.softplus`.",
  },
  logSigmoid: {
    f: (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
    derivative: ({ x }) => x.neg().sigmoid(),
    domain: [-6, 6],
    doc: "ln(sigmoid(x)), accurate where sigmoid(x) underflows. PyTorch: `F.logsigmoid`.",
  },
  floor: {
    f: (x) => Math.floor(x),
    derivative: () => 0,
    domain: [-2.4, 2.4],
    kinks: [-2, -1, 0, 1, 2],
    integers: true,
    doc: "Largest integer <= x. PyTorch: `torch.floor`.",
  },
  ceil: {
    f: (x) => Math.ceil(x),
    derivative: () => 0,
    domain: [-2.4, 2.4],
    kinks: [-2, -1, 0, 1, 2],
    integers: true,
    doc: "Smallest integer >= x. PyTorch: `torch.ceil`.",
  },
  round: {
    // Adding 2^52 leaves no bit for a fraction, and the sum is rounded half to even. Numbers above 2^52 are
    // integers.
    f: (x) =>
      x > 0 && x < 4503599627370496
        ? x + 4503599627370496 - 4503599627370496
        : x < 0 && x > -4503599627370496
          ? -(4503599627370496 - x - 4503599627370496)
          : x,
    derivative: () => 0,
    domain: [-2.4, 2.4],
    kinks: [-1.5, -0.5, 0.5, 1.5],
    integers: true,
    doc: "Nearest integer, halves to even: round(2.5) = 2. PyTorch: `torch.round`.",
  },
  trunc: {
    f: (x) => Math.trunc(x),
    derivative: () => 0,
    domain: [-2.4, 2.4],
    kinks: [-2, -1, 0, 1, 2],
    integers: true,
    doc: "x without its fraction: ⌊x⌋ where x >= 0, else -⌊-x⌋. PyTorch: `torch.trunc`, `torch.fix`.",
  },
  clamp: {
    f: (x, p, q) => Math.min(Math.max(x, p), q),
    derivative: ({ x, p, q, where }) => where(x.ge(p), where(x.le(q), 1, 0), 0),
    params: { min: -Infinity, max: Infinity },
    samples: [
      [-1, 1.5],
      [0.5, Infinity],
    ],
    domain: [-3, 3],
    kinks: [-1, 0.5, 1.5],
    integers: true,
    bools: "int32",
    doc: "min(max(x, min), max): max wins over min. PyTorch: `torch.clamp`.",
  },
  ...unaryMathRows,
  ...specialUnaryRows,
} as const satisfies Record<string, UnaryRow>;

export type UnaryName = keyof typeof unaryRows;

/** The options object of a unary op: `{ negativeSlope?: number }` for leakyRelu, empty for most ops. */
export type UnaryOptions<Name extends UnaryName> = (typeof unaryRows)[Name] extends { params: infer P }
  ? { -readonly [Param in keyof P]?: number }
  : Record<never, never>;

export const binaryRows = {
  add: {
    f: (a, b) => a + b,
    gradA: ({ g }) => g,
    gradB: ({ g }) => g,
    domain: [-3, 3],
    bools: true,
    doc: "a + b. PyTorch: `torch.add`.",
  },
  sub: {
    f: (a, b) => a - b,
    gradA: ({ g }) => g,
    gradB: ({ g }) => g.neg(),
    domain: [-3, 3],
    doc: "a - b. PyTorch: `torch.sub`.",
  },
  mul: {
    f: (a, b) => a * b,
    fInteger: (a, b) => Math.imul(a, b),
    gradA: ({ b, g }) => g.mul(b),
    gradB: ({ a, g }) => g.mul(a),
    domain: [-3, 3],
    bools: true,
    doc: "a · b. PyTorch: `torch.mul`, `torch.multiply`.",
  },
  div: {
    f: (a, b) => a / b,
    gradA: ({ b, g }) => g.div(b),
    gradB: ({ b, y, g }) => g.neg().mul(y.div(b)),
    domain: [0.3, 3],
    floats: true,
    doc: "a / b; on integers the quotient without its fraction. PyTorch: `torch.div`, `torch.true_divide`.",
  },
  pow: {
    // JavaScript returns NaN for 1 ** NaN and (-1) ** Infinity; IEEE 754 and PyTorch return 1.
    f: (a, b) => (a === 1 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : a ** b),
    fInteger: integerPower,
    gradA: ({ a, b, g, where }) => g.mul(where(b.eq(0), 0, b.mul(a.pow(b.sub(1))))),
    gradB: ({ a, b, y, g, where }) =>
      g.mul(where(a.eq(0), where(b.ge(0), 0, y.mul(a.log())), y.mul(a.log()))),
    domain: [0.3, 3],
    doc: "a to the power of b. PyTorch: `torch.pow`.",
  },
  maximum: {
    f: (a, b) => Math.max(a, b),
    gradA: ({ a, b, g, where }) => where(a.eq(b), g.mul(0.5), where(a.lt(b), 0, g)),
    gradB: ({ a, b, g, where }) => where(a.eq(b), g.mul(0.5), where(b.lt(a), 0, g)),
    domain: [-3, 3],
    bools: true,
    doc: "max(a, b), NaN if either is; equal operands share the gradient. PyTorch: `torch.maximum`.",
  },
  minimum: {
    f: (a, b) => Math.min(a, b),
    gradA: ({ a, b, g, where }) => where(a.eq(b), g.mul(0.5), where(a.gt(b), 0, g)),
    gradB: ({ a, b, g, where }) => where(a.eq(b), g.mul(0.5), where(b.gt(a), 0, g)),
    domain: [-3, 3],
    bools: true,
    doc: "min(a, b), NaN if either is; equal operands share the gradient. PyTorch: `torch.minimum`.",
  },
  ...binaryMathRows,
  ...specialBinaryRows,
} as const satisfies Record<string, BinaryRow>;

export type BinaryName = keyof typeof binaryRows;

/**
 * `Number(…)` compiles to a set-on-condition; a conditional expression is a branch, three times slower on
 * mixed data.
 */
export const compareRows = {
  eq: { f: (a, b) => Number(a === b), doc: "True where a = b. PyTorch: `torch.eq`." },
  ne: {
    f: (a, b) => Number(a !== b),
    doc: "True where a ≠ b; NaN differs from all. PyTorch: `torch.ne`, `torch.not_equal`.",
  },
  lt: { f: (a, b) => Number(a < b), doc: "a < b. PyTorch: `torch.lt`, `torch.less`." },
  le: { f: (a, b) => Number(a <= b), doc: "a <= b. PyTorch: `torch.le`, `torch.less_equal`." },
  gt: { f: (a, b) => Number(a > b), doc: "a > b. PyTorch: `torch.gt`, `torch.greater`." },
  ge: { f: (a, b) => Number(a >= b), doc: "a >= b. PyTorch: `torch.ge`, `torch.greater_equal`." },
} as const satisfies Record<string, CompareRow>;

export type CompareName = keyof typeof compareRows;
