/**
 * Colours that colour-blind readers can tell apart (Okabe and Ito's). Each colour has its own dash and
 * symbol, so that a picture is still readable when printed in grey.
 */
export type Color = readonly [red: number, green: number, blue: number];

// Symbols stand on their points: a triangle on its point, a plus and a star beside the usual ones.
const styles: readonly { color: Color; dash: "solid" | number[]; symbol: string }[] = [
  { color: [0, 114, 178], dash: "solid", symbol: "circle" },
  { color: [213, 94, 0], dash: [9, 4], symbol: "triangle" },
  { color: [0, 158, 115], dash: [2, 3], symbol: "rect" },
  { color: [204, 121, 167], dash: [12, 4, 2, 4], symbol: "diamond" },
  { color: [230, 159, 0], dash: [5, 2], symbol: "path://M0,0L10,0L5,9Z" },
  { color: [86, 180, 233], dash: [12, 3, 2, 3, 2, 3], symbol: "path://M4,0h2v4h4v2h-4v4h-2v-4h-4v-2h4z" },
  { color: [0, 0, 0], dash: [1, 2], symbol: "path://M5,0L6.5,3.5L10,5L6.5,6.5L5,10L3.5,6.5L0,5L3.5,3.5Z" },
];

/**
 * The style of the i-th of several series or classes. After the seventh, the colours repeat with other dashes
 * and symbols.
 */
export function style(i: number): { color: string; dash: "solid" | number[]; symbol: string } {
  const { color } = styles[i % styles.length];
  const { dash, symbol } = styles[(i + 3 * Math.floor(i / styles.length)) % styles.length];
  return { color: css(color), dash, symbol };
}

export const classColor = (i: number): Color => styles[i % styles.length].color;

export const css = ([r, g, b]: Color): string => `rgb(${r},${g},${b})`;

/** Interpolates from `a` (t = 0) to `b` (t = 1). */
export const mix = (a: Color, b: Color, t: number): Color =>
  [0, 1, 2].map((i) => Math.round(a[i] + (b[i] - a[i]) * t)) as unknown as Color;

export const white: Color = [255, 255, 255];
export const ink = "#222";

/** Low values are dark and high values are bright, in colour and in grey: anchors of the cividis map. */
const ramp: readonly Color[] = [
  [0, 34, 78],
  [42, 63, 109],
  [87, 93, 109],
  [125, 124, 120],
  [165, 156, 116],
  [209, 191, 100],
  [254, 232, 56],
];

/** The colour for t between 0 and 1. */
export function sequential(t: number): Color {
  const at = Math.min(1, Math.max(0, t)) * (ramp.length - 1);
  const i = Math.min(ramp.length - 2, Math.floor(at));
  return mix(ramp[i], ramp[i + 1], at - i);
}
