/** A positive number in decimal: d.ddd… · 10^exponent. */
export interface Decimal {
  digits: number[];
  exponent: number;
}

const view = new DataView(new ArrayBuffer(8));

/**
 * The shortest decimal that distinguishes `value` from its neighbours of the same float type and is nearest
 * to it (Steele and White, 1990; NumPy's dragon4), with at least `least` and at most `most(exponent)` digits.
 * Rounds to nearest, ties to even. JavaScript's own digits are no alternative: they are those of float64, and
 * `toFixed` rounds ties up.
 */
export function decimalOf(
  value: number,
  dtype: "float32" | "float64",
  most: (exponent: number) => number,
  least = 1,
): Decimal {
  const { mantissa, exponent: power, narrowBelow } = binaryOf(value, dtype);
  // value = rest / scale; everything within below / scale and above / scale of it is nearer to it than to its
  // neighbours.
  const up = 1n << BigInt(Math.max(power, 0));
  let scale = 4n << BigInt(Math.max(-power, 0));
  let rest = 4n * mantissa * up;
  let below = (narrowBelow ? 1n : 2n) * up;
  let above = 2n * up;
  let exponent = Math.floor(Math.log10(value));
  const ten = 10n ** BigInt(Math.abs(exponent));
  if (exponent >= 0) scale *= ten;
  else [rest, below, above] = [rest * ten, below * ten, above * ten];
  // The logarithm is rounded: it may be off by one.
  if (rest >= 10n * scale) {
    scale *= 10n;
    exponent++;
  } else if (rest < scale) {
    [rest, below, above] = [rest * 10n, below * 10n, above * 10n];
    exponent--;
  }
  const even = mantissa % 2n === 0n; // a decimal halfway between two numbers is read as the even one
  const limit = most(exponent);
  const digits: number[] = [];
  for (;;) {
    digits.push(Number(rest / scale));
    rest %= scale;
    const low = even ? rest <= below : rest < below;
    const high = even ? rest + above >= scale : rest + above > scale;
    if (((low || high) && digits.length >= least) || digits.length === limit) {
      const half = 2n * rest - scale;
      const down = low !== high ? low : half < 0n || (half === 0n && digits.at(-1)! % 2 === 0);
      return down ? { digits, exponent } : nextUp(digits, exponent);
    }
    [rest, below, above] = [rest * 10n, below * 10n, above * 10n];
  }
}

/** value = mantissa · 2^exponent; below a power of two the neighbour is at half the distance. */
function binaryOf(value: number, dtype: "float32" | "float64") {
  const [bits, bias] = dtype === "float32" ? [23n, 127] : [52n, 1023];
  if (dtype === "float32") view.setFloat32(0, value);
  else view.setFloat64(0, value);
  const word = dtype === "float32" ? BigInt(view.getUint32(0)) : view.getBigUint64(0);
  const fraction = word & ((1n << bits) - 1n);
  const field = Number(word >> bits);
  const normal = field > 0;
  return {
    mantissa: normal ? fraction | (1n << bits) : fraction,
    exponent: Math.max(field, 1) - bias - Number(bits),
    narrowBelow: fraction === 0n && field > 1,
  };
}

/** Adds one to the last digit, with carry. */
function nextUp(digits: number[], exponent: number): Decimal {
  while (digits.at(-1) === 9) digits.pop();
  if (digits.length === 0) return { digits: [1], exponent: exponent + 1 };
  digits[digits.length - 1]++;
  return { digits, exponent };
}
