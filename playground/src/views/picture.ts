/** Colours of the large picture and of points, whatever the network answers. */
import type { RunFacts } from "../worker/messages.js";
import { abgr, classColors, css, mixed, paint, rgbText, shares, type Theme, valuesUpTo } from "./palette.js";

export interface Look {
  readonly theme: Theme;
  readonly discretize: boolean;
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

/** Writes the colours of the picture of the output. */
export function paintOutput(
  colors: Uint32Array,
  { task, outputs }: Pick<RunFacts, "task" | "outputs">,
  large: Float32Array,
  { theme, discretize }: Look,
): void {
  if (task !== "classes") {
    paint(colors, large, 0, task === "binary" ? shares : valuesUpTo(1), theme, discretize);
    return;
  }
  const points = large.length / outputs;
  for (let i = 0; i < points; i++) {
    let best = 0;
    for (let k = 1; k < outputs; k++) if (large[k * points + i]! > large[best * points + i]!) best = k;
    if (Number.isNaN(large[i]!)) colors[i] = abgr(theme, Number.NaN);
    else colors[i] = mixed(theme, (k) => (discretize ? Number(k === best) : large[k * points + i]!), outputs);
  }
}

/** Writes the colours of the picture of one unit. `share`: its values are from 0 to 1. */
export function paintUnit(
  colors: Uint32Array,
  values: Float32Array,
  from: number,
  share: boolean,
  { theme, discretize }: Look,
): void {
  const scale = share ? shares : valuesUpTo(Math.max(1, sizeOf(values, from, from + colors.length)));
  paint(colors, values, from, scale, theme, discretize);
}

/** The colour of a point by its answer. */
export function pointColor({ task }: Pick<RunFacts, "task">, answer: number, theme: Theme): string {
  if (task === "classes") return rgbText(classColors[answer % classColors.length]!);
  return css(theme, task === "binary" ? 2 * answer - 1 : answer);
}
