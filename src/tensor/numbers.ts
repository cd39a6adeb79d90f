import { type Decimal, decimalOf } from "./digits.js";

type Float = "float32" | "float64";

/** NumPy's default for the maximum number of digits after the decimal point. */
const precision = 8;

/**
 * NumPy's limits of positional notation. `largest`: the largest power of ten that each type distinguishes
 * from its neighbours.
 */
const largest: Record<Float, number> = { float32: 1e6, float64: 1e8 };
const smallest: Record<Float, number> = { float32: Math.fround(1e-4), float64: 1e-4 };
const widest = 1000;

/** How NumPy writes floats that are printed together: one notation and one width for all. */
export function numberFormat(values: readonly number[], dtype: Float): (v: number) => string {
  const finite = values.filter(Number.isFinite);
  const write = needsScientific(finite, dtype) ? scientific(finite, dtype) : positional(finite, dtype);
  const text = (v: number) =>
    Number.isFinite(v) ? write(v) : Number.isNaN(v) ? "nan" : v > 0 ? "inf" : "-inf";
  const width = values.reduce((w, v) => Math.max(w, text(v).length), 0);
  return (v) => text(v).padStart(width);
}

function needsScientific(finite: readonly number[], dtype: Float): boolean {
  const sizes = finite.filter((v) => v !== 0).map(Math.abs);
  if (sizes.length === 0) return false;
  const max = sizes.reduce((a, b) => Math.max(a, b));
  const min = sizes.reduce((a, b) => Math.min(a, b));
  const ratio = dtype === "float32" ? Math.fround(max / min) : max / min;
  return max >= largest[dtype] || min < smallest[dtype] || ratio > widest;
}

type Digits = (v: number) => Decimal;
const zero: Decimal = { digits: [0], exponent: 0 };
const sign = (v: number) => (v < 0 || Object.is(v, -0) ? "-" : "");

/** `-12.5`: all values with the number of decimals that the longest needs, padded with blanks. */
function positional(finite: readonly number[], dtype: Float): (v: number) => string {
  const decimal: Digits = (v) =>
    v === 0 ? zero : decimalOf(Math.abs(v), dtype, (exponent) => exponent + 1 + precision);
  const split = (v: number) => {
    const { digits, exponent } = decimal(v);
    const text = "0".repeat(Math.max(-exponent, 0)) + digits.join("").padEnd(exponent + 1, "0");
    const point = Math.max(exponent, 0) + 1;
    return { whole: text.slice(0, point), fraction: text.slice(point).replace(/0+$/, "") };
  };
  const places = finite.reduce((n, v) => Math.max(n, split(v).fraction.length), 0);
  return (v) => {
    const { whole, fraction } = split(v);
    return `${sign(v)}${whole}.${fraction.padEnd(places)}`;
  };
}

/** `-1.25e+01`: all values with the number of decimals that the longest needs. */
function scientific(finite: readonly number[], dtype: Float): (v: number) => string {
  const decimal = (v: number, least: number, most: number): Decimal =>
    v === 0 ? zero : decimalOf(Math.abs(v), dtype, () => most, least);
  const shortest = finite.map((v) => decimal(v, 1, precision + 1));
  const places = shortest.reduce(
    (n, { digits }) =>
      Math.max(
        n,
        digits.findLastIndex((d) => d !== 0),
      ),
    0,
  );
  const power = shortest.reduce((n, { exponent }) => Math.max(n, String(Math.abs(exponent)).length), 2);
  return (v) => {
    const { digits, exponent } = decimal(v, places + 1, places + 1);
    const [first, ...rest] = digits;
    const after = String(Math.abs(exponent)).padStart(power, "0");
    return `${sign(v)}${first}.${rest.join("").padEnd(places, "0")}e${exponent < 0 ? "-" : "+"}${after}`;
  };
}
