/** Rows with two operands that have no C++: remainder, floor division, angles, signs, log-sum-exp. */
import type { BinaryRow } from "./row-types.js";
import { polygamma } from "./special.js";

/** a - b floor(a / b), with the sign of b; exact, because `%` is exact. */
function remainder(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** floor of the exact quotient: in floating point, a / b may be rounded up to an integer. */
function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  const rest = a % b;
  const quotient = (a - rest) / b - Number(rest !== 0 && rest < 0 !== b < 0);
  if (quotient === 0) return a / b < 0 ? -0 : 0;
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

/**
 * a to the power of b for integers, modulo 2^32. For a negative b the result is 0, except for a = 1 and a =
 * -1.
 */
export function integerPower(a: number, b: number): number {
  if (b < 0) return a === 1 || (a === -1 && b % 2 === 0) ? 1 : a === -1 ? -1 : 0;
  let power = 1;
  for (let square = a, bits = b; bits > 0; bits = bits >>> 1, square = Math.imul(square, square))
    if (bits & 1) power = Math.imul(power, square);
  return power;
}

const bits = new DataView(new ArrayBuffer(8));

/** The neighbour of `a` towards `b`. Floats of one sign are ordered like their bits, read as an integer. */
function nextDouble(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return b;
  if (a === 0) return b > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  bits.setFloat64(0, a);
  bits.setBigInt64(0, bits.getBigInt64(0) + (b > a === a > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

function nextSingle(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return b;
  if (a === 0) return b > 0 ? 2 ** -149 : -(2 ** -149);
  bits.setFloat32(0, a);
  bits.setInt32(0, bits.getInt32(0) + (b > a === a > 0 ? 1 : -1));
  return bits.getFloat32(0);
}

const isNegative = (x: number) => x < 0 || Object.is(x, -0);

export const binaryMathRows = {
  atan2: {
    f: (a, b) => Math.atan2(a, b),
    gradA: ({ a, b, g, where }) => {
      const square = a.square().add(b.square());
      return g.mul(where(square.eq(0), 0, b.div(square)));
    },
    gradB: ({ a, b, g, where }) => {
      const square = a.square().add(b.square());
      return g.mul(where(square.eq(0), 0, a.neg().div(square)));
    },
    domain: [0.3, 3],
    floats: true,
    doc: "Angle of the point (b, a), from -π to π. PyTorch: `torch.atan2`, `torch.arctan2`.",
  },
  hypot: {
    f: (a, b) => Math.hypot(a, b),
    gradA: ({ a, y, g }) => g.mul(a.div(y)),
    gradB: ({ b, y, g }) => g.mul(b.div(y)),
    domain: [0.3, 3],
    floats: true,
    doc: "√(a² + b²). PyTorch: `torch.hypot`.",
  },
  fmod: {
    f: (a, b) => a % b,
    gradA: ({ g }) => g,
    gradB: ({ a, b, g }) => g.neg().mul(a.div(b).trunc()),
    domain: [0.3, 3],
    doc: "a - b · trunc(a / b): the rest of a / b, with the sign of a. PyTorch: `torch.fmod`.",
  },
  remainder: {
    f: remainder,
    gradA: ({ g }) => g,
    gradB: ({ a, b, g }) => g.neg().mul(a.div(b).floor()),
    domain: [0.3, 3],
    doc: "a - b · ⌊a / b⌋: the rest of a / b, with the sign of b, as Python's `%`. PyTorch: `torch.remainder`.",
  },
  floorDivide: {
    f: floorDivide,
    gradA: ({ g }) => g.mul(0),
    gradB: ({ g }) => g.mul(0),
    domain: [0.3, 3],
    doc: "Largest integer <= a / b; its gradient is 0. PyTorch: `torch.floor_divide`.",
  },
  copysign: {
    f: (a, b) => (isNegative(b) ? -Math.abs(a) : Math.abs(a)),
    gradA: ({ a, y, g, where }) => where(a.eq(0), 0, g.mul(y.div(a))),
    gradB: ({ g }) => g.mul(0),
    domain: [0.3, 3],
    floats: true,
    doc: "|a| with the sign of b. PyTorch: `torch.copysign`.",
  },
  fmax: {
    f: (a, b) => (Number.isNaN(a) || a < b ? b : a),
    gradA: ({ a, b, g, where }) => where(a.ge(b), g, where(b.eq(b), 0, g)),
    gradB: ({ a, b, g, where }) => where(a.ge(b), 0, where(b.eq(b), g, 0)),
    domain: [-3, 3],
    bools: true,
    doc: "max(a, b), or the one that is not NaN; the gradient of equal operands goes to a. PyTorch: `torch.fmax`.",
  },
  fmin: {
    f: (a, b) => (Number.isNaN(a) || b < a ? b : a),
    gradA: ({ a, b, g, where }) => where(a.le(b), g, where(b.eq(b), 0, g)),
    gradB: ({ a, b, g, where }) => where(a.le(b), 0, where(b.eq(b), g, 0)),
    domain: [-3, 3],
    bools: true,
    doc: "min(a, b), or the one that is not NaN; the gradient of equal operands goes to a. PyTorch: `torch.fmin`.",
  },
  xlogy: {
    f: (a, b) => (a === 0 && !Number.isNaN(b) ? 0 : a * Math.log(b)),
    gradA: ({ a, b, g, where }) => where(a.eq(0), where(b.le(0), 0, g.mul(b.log())), g.mul(b.log())),
    gradB: ({ a, b, g }) => g.mul(a.div(b)),
    domain: [0.3, 3],
    floats: true,
    doc: "a ln(b), 0 where a is 0 and b no NaN. PyTorch: `torch.xlogy`, `torch.special.xlogy`.",
  },
  xlog1py: {
    f: (a, b) => (a === 0 && !Number.isNaN(b) ? 0 : a * Math.log1p(b)),
    gradA: ({ a, b, g, where }) => where(a.eq(0), where(b.le(-1), 0, g.mul(b.log1p())), g.mul(b.log1p())),
    gradB: ({ a, b, g }) => g.mul(a.div(b.add(1))),
    domain: [0.3, 3],
    floats: true,
    doc: "a ln(1 + b), 0 where a is 0 and b no NaN. PyTorch: `torch.special.xlog1py`.",
    forms: "xlog1py()",
  },
  logaddexp: {
    f: (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))),
    gradA: ({ a, b, g }) => g.mul(a.sub(b).sigmoid()),
    gradB: ({ a, b, g }) => g.mul(b.sub(a).sigmoid()),
    domain: [-3, 3],
    floats: true,
    doc: "ln(eᵃ + eᵇ), without overflow. PyTorch: `torch.logaddexp`.",
  },
  logaddexp2: {
    f: (a, b) => (a === b ? a + 1 : Math.max(a, b) + Math.log1p(2 ** -Math.abs(a - b)) * Math.LOG2E),
    gradA: ({ a, b, g }) => g.mul(a.sub(b).mul(Math.LN2).sigmoid()),
    gradB: ({ a, b, g }) => g.mul(b.sub(a).mul(Math.LN2).sigmoid()),
    domain: [-3, 3],
    floats: true,
    doc: "log2(2ᵃ + 2ᵇ), without overflow. PyTorch: `torch.logaddexp2`.",
  },
  nextafter: {
    f: nextDouble,
    fSingle: nextSingle,
    gradA: ({ a, b, g, where }) => where(a.eq(b), 0, g),
    gradB: ({ g }) => g.mul(0),
    domain: [0.3, 3],
    doc: "The number next to a on the way to b; a where a = b. PyTorch: `torch.nextafter`.",
  },
  polygamma: {
    f: polygamma,
    gradA: ({ a, b, g }) => g.mul(a.polygamma(b.add(1))),
    gradB: ({ g }) => g.mul(0),
    domain: [0.55, 2.4],
    floats: true,
    doc: "The b-th derivative of digamma at a: `x.polygamma(n)`. PyTorch: `torch.polygamma`.",
  },
} as const satisfies Record<string, BinaryRow>;

/** Operations on the bits of integers and booleans. */
export interface IntegerRow {
  f: (a: number, b: number) => number;
  /** Defined on numbers only, not on booleans. */
  counts?: true;
  doc: string;
}

/** Greatest common divisor; 0 for two zeros. */
function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

export const integerRows = {
  bitwiseAnd: { f: (a, b) => a & b, doc: "a & b: the bits set in both. PyTorch: `torch.bitwise_and`." },
  bitwiseOr: { f: (a, b) => a | b, doc: "a | b: the bits set in either. PyTorch: `torch.bitwise_or`." },
  bitwiseXor: {
    f: (a, b) => a ^ b,
    doc: "a ^ b: the bits set in one of both. PyTorch: `torch.bitwise_xor`.",
  },
  bitwiseLeftShift: {
    f: (a, b) => (b >= 0 && b < 32 ? a << b : 0),
    counts: true,
    doc: "a · 2ᵇ; 0 where b is not in 0 … 31. PyTorch: `torch.bitwise_left_shift`.",
  },
  bitwiseRightShift: {
    f: (a, b) => a >> (b >= 0 && b < 32 ? b : 31),
    counts: true,
    doc: "a / 2ᵇ, rounded down. PyTorch: `torch.bitwise_right_shift`.",
  },
  gcd: {
    f: gcd,
    counts: true,
    doc: "The greatest common divisor of a and b, never negative: gcd(12, 18) = 6. PyTorch: `torch.gcd`.",
  },
  lcm: {
    f: (a, b) => (a === 0 || b === 0 ? 0 : Math.abs(Math.imul(a / gcd(a, b), b))),
    counts: true,
    doc: "The least common multiple of a and b, never negative: lcm(4, 6) = 12. PyTorch: `torch.lcm`.",
  },
} as const satisfies Record<string, IntegerRow>;

export type IntegerName = keyof typeof integerRows;
