/** Colours of the large picture and of points, whatever the network answers. */
import type { RunFacts } from "../worker/messages.js";
import { abgr, classColors, css, mixed, rgbText, type Theme } from "./palette.js";

export interface Look {
  readonly theme: Theme;
  readonly discretize: boolean;
}

/**
 * What a value of a unit is on the scale from -1 to 1. `kind`: "share" from 0 to 1, "value" from -1 to 1, and
 * "unit" for values without a range, which are shown by their size relative to the largest.
 */
export function scaled(kind: "share" | "value", value: number, discretize: boolean): number {
  const v = kind === "share" ? 2 * value - 1 : value;
  if (!discretize || Number.isNaN(v)) return v;
  return v >= 0 ? 1 : -1;
}

/** The largest size among finite values, at least a little, to scale by. */
export function sizeOf(values: Float32Array, from = 0, to = values.length): number {
  let most = 0;
  for (let i = from; i < to; i++) {
    const size = Math.abs(values[i]!);
    if (size > most && size < Number.POSITIVE_INFINITY) most = size;
  }
  return most || 1;
}

/** The colour of each point of the picture of the output. */
export function outputColors(
  facts: Pick<RunFacts, "task" | "outputs">,
  large: Float32Array,
  { theme, discretize }: Look,
): (i: number) => number {
  const { task, outputs } = facts;
  if (task === "classes") {
    const points = large.length / outputs;
    return (i) => {
      if (Number.isNaN(large[i]!)) return abgr(theme, Number.NaN);
      if (!discretize) return mixed(theme, (k) => large[k * points + i]!, outputs);
      let best = 0;
      for (let k = 1; k < outputs; k++) if (large[k * points + i]! > large[best * points + i]!) best = k;
      return mixed(theme, (k) => Number(k === best), outputs);
    };
  }
  const kind = task === "binary" ? "share" : "value";
  return (i) => abgr(theme, scaled(kind, large[i]!, discretize));
}

/** The colour of each point of the picture of one unit. */
export function unitColors(large: Float32Array, share: boolean, look: Look): (i: number) => number {
  if (share) return (i) => abgr(look.theme, scaled("share", large[i]!, look.discretize));
  const size = Math.max(1, sizeOf(large));
  return (i) => abgr(look.theme, scaled("value", large[i]! / size, look.discretize));
}

/** The colour of a point by its answer. */
export function pointColor({ task }: Pick<RunFacts, "task">, answer: number, theme: Theme): string {
  if (task === "classes") return rgbText(classColors[answer % classColors.length]!);
  return css(theme, task === "binary" ? 2 * answer - 1 : answer);
}
