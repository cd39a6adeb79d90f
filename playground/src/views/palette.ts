/** Colours of numbers: orange below, blue above, and nearly the background between. Classes have others. */

export type Theme = "light" | "dark";
export type Rgb = readonly [number, number, number];

const scales: Record<Theme, readonly [below: Rgb, zero: Rgb, above: Rgb]> = {
  light: [
    [233, 126, 20],
    [243, 244, 245],
    [22, 112, 184],
  ],
  dark: [
    [240, 146, 52],
    [34, 39, 46],
    [72, 156, 226],
  ],
};

/** Distinct for the colour-blind, after Okabe and Ito. */
export const classColors: readonly Rgb[] = [
  [230, 130, 20],
  [22, 112, 184],
  [0, 148, 108],
  [190, 95, 150],
  [120, 115, 40],
  [90, 170, 220],
  [190, 70, 50],
  [100, 90, 170],
  [60, 60, 60],
  [150, 150, 150],
];

/** The colours of runs in charts, each readable on both backgrounds. */
export const runColors = ["#7a5cd0", "#0d8f7c", "#cf3f6b", "#94800f"] as const;

const steps = 256;
function table(theme: Theme): Uint32Array {
  const [below, zero, above] = scales[theme];
  const colors = new Uint32Array(steps);
  for (let i = 0; i < steps; i++) {
    const v = (2 * i) / (steps - 1) - 1;
    const end = v < 0 ? below : above;
    // Small values are seen better with a curve than with a line.
    const share = Math.abs(v) ** 0.8;
    const [r, g, b] = end.map((c, k) => Math.round(zero[k]! + (c - zero[k]!) * share)) as [
      number,
      number,
      number,
    ];
    colors[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return colors;
}
const tables = { light: table("light"), dark: table("dark") };

/** NaN is grey. */
const notANumber = 0xff888888;

/** The colour of a number from -1 to 1 as ABGR, the order of bytes of a canvas. */
export function abgr(theme: Theme, value: number): number {
  const at = value > -1 ? (value < 1 ? Math.round(((value + 1) / 2) * (steps - 1)) : steps - 1) : 0;
  return Number.isNaN(value) ? notANumber : tables[theme][at]!;
}

/** How a value becomes a number from -1 to 1: `times` · value + `plus`. */
export interface Scale {
  readonly times: number;
  readonly plus: number;
}

/** Values from 0 to 1. */
export const shares: Scale = { times: 2, plus: -1 };
export const valuesUpTo = (size: number): Scale => ({ times: 1 / size, plus: 0 });

/**
 * Writes the colours of as many values as `colors` has elements, from `from` on. `discretize`: only the two
 * ends of the scale. A loop without calls, because a frame has 40,000 of these.
 */
export function paint(
  colors: Uint32Array,
  values: Float32Array,
  from: number,
  { times, plus }: Scale,
  theme: Theme,
  discretize: boolean,
): void {
  const scale = tables[theme];
  const last = steps - 1;
  const [factor, offset] = [(times * last) / 2, ((plus + 1) * last) / 2];
  for (let i = 0; i < colors.length; i++) {
    const at = values[from + i]! * factor + offset;
    if (discretize) colors[i] = at >= last / 2 ? scale[last]! : at < last / 2 ? scale[0]! : notANumber;
    else if (at > 0) colors[i] = at < last ? scale[(at + 0.5) | 0]! : scale[last]!;
    else colors[i] = at <= 0 ? scale[0]! : notANumber;
  }
}

/** The same as a text for CSS. */
export function css(theme: Theme, value: number): string {
  const color = abgr(theme, value);
  return `rgb(${color & 255} ${(color >> 8) & 255} ${(color >> 16) & 255})`;
}

export const rgbText = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;

/** The colours of several classes, mixed by their probabilities: unsure is pale. */
export function mixed(theme: Theme, shares: (k: number) => number, classes: number): number {
  const zero = scales[theme][1];
  let [r, g, b, most] = [0, 0, 0, 0];
  for (let k = 0; k < classes; k++) {
    const share = shares(k);
    const color = classColors[k % classColors.length]!;
    r += share * color[0];
    g += share * color[1];
    b += share * color[2];
    if (share > most) most = share;
  }
  // From 1 / classes (a guess) to 1 (certain).
  const sure = Math.max(0, (most - 1 / classes) / (1 - 1 / classes)) * 0.85;
  const mix = (c: number, k: number) => Math.round(zero[k]! + (c - zero[k]!) * sure);
  return (255 << 24) | (mix(b, 2) << 16) | (mix(g, 1) << 8) | mix(r, 0);
}
