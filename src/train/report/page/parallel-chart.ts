/** Parallel coordinates: an axis for each hyperparameter, a line for each run. */
import { scaleLinear, scaleLog, scalePoint } from "d3-scale";
import { line } from "d3-shape";
import { short } from "./format.js";
import { html, type Markup } from "./html.js";

export interface Dimension {
  readonly name: string;
  /** One for each run; a number or a word. Null: not known. */
  readonly values: readonly (number | string | null)[];
  /** Shares from 0 to 1, shown in percent. */
  readonly share?: boolean;
  /** The best value is at the top, also if it is the smallest. */
  readonly reversed?: boolean;
}

const WIDTH = 960;
const HEIGHT = 320;
const box = { left: 64, right: WIDTH - 64, top: 40, bottom: HEIGHT - 16 };

interface Axis {
  readonly ticks: readonly (readonly [y: number, text: string])[];
  y(value: number | string): number | undefined;
}

/**
 * The first run is the best. `colors`: from 0 to 1 for each run, the best 1. Runs that lack a value have no
 * line.
 */
export function parallelChart(dimensions: readonly Dimension[], colors: readonly number[]): Markup {
  const x = scalePoint<number>()
    .domain(dimensions.map((_, i) => i))
    .range([box.left, box.right]);
  const axes = dimensions.map(axisOf);
  const path = line<readonly [number, number]>().digits(1);
  const lines = colors.map((share, run) => {
    const points = axes.map((axis, i): [number, number] => {
      const value = dimensions[i].values[run];
      return [x(i)!, (value === null ? undefined : axis.y(value)) ?? Number.NaN];
    });
    if (points.some(([, y]) => Number.isNaN(y))) return null;
    const mark =
      run === 0
        ? html` class="best"`
        : html` style="stroke:color-mix(in oklab, var(--c0) ${Math.round(15 + 85 * share)}%, var(--card))"`;
    return html`<path${mark} d="${path(points) ?? ""}"/>
`;
  });
  return html`<div class="scroll card parallel"><svg class="wide" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="hyperparameters and results of ${colors.length} runs">
${[...lines].reverse()}
${axes.map(({ ticks }, i) => {
  const at = x(i)!.toFixed(1);
  const last = i === axes.length - 1;
  return html`<line class="base" x1="${at}" x2="${at}" y1="${box.top}" y2="${box.bottom}"/><text class="axis" x="${at}" y="18" text-anchor="middle">${dimensions[i].name}</text>${ticks.map(([y, text]) => html`<text x="${(x(i)! + (last ? 8 : -8)).toFixed(1)}" y="${(y + 4).toFixed(1)}" text-anchor="${last ? "start" : "end"}">${text}</text>`)}
`;
})}</svg></div>`;
}

/** Words, and few different settings, have equal distances; other numbers lie where their size says. */
function axisOf({ values, share, reversed }: Dimension): Axis {
  const range = reversed ? [box.top, box.bottom] : [box.bottom, box.top];
  const text = (value: number | string) =>
    typeof value === "string" ? value : share ? `${short(100 * value, 4)} %` : short(value);
  const different = [...new Set(values)].filter((value) => value !== null && isPlace(value)) as (
    | number
    | string
  )[];
  const numbers = different.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const words = numbers.length < different.length;
  const isResult = share || reversed;
  if (words || (different.length <= 8 && !isResult)) {
    const order: (number | string)[] = words ? different : numbers;
    const scale = scalePoint<number | string>().domain(order).range(range);
    return { ticks: order.map((value) => [scale(value)!, text(value)]), y: (value) => scale(value) };
  }
  const [low, high] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  if (low === high) {
    const middle = (box.top + box.bottom) / 2;
    return {
      ticks: numbers.map((value) => [middle, text(value)]),
      y: (value) => (isPlace(value) ? middle : undefined),
    };
  }
  const log = low > 0 && high / low > 100;
  const scale = (log ? scaleLog() : scaleLinear()).domain([low, high]).range(range);
  const between = log ? [Math.sqrt(low * high)] : scale.ticks(5);
  const apart = (value: number) => [low, high].every((end) => Math.abs(scale(value) - scale(end)) > 16);
  return {
    ticks: [low, ...between.filter(apart), high].map((value) => [scale(value), text(value)]),
    y: (value) => (isPlace(value) ? scale(Number(value)) : undefined),
  };
}

/** Numbers that are not finite have no place on an axis. */
const isPlace = (value: number | string) => typeof value === "string" || Number.isFinite(value);
