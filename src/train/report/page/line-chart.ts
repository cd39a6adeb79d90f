/** Curves as SVG, with their legend as text beside it. */
import { extent } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { short } from "./format.js";
import { html, type Markup } from "./html.js";

export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  /** Values that are not finite are gaps. */
  readonly y: readonly number[];
}

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** For values that are seldom 0: a logarithmic axis if they span more than two powers of ten. */
  readonly maybeLog?: boolean;
  /** Shares from 0 to 1, shown in percent. */
  readonly share?: boolean;
}

/** Size in the units of the picture, which fills its box. */
const WIDTH = 380;
const HEIGHT = 236;
/** Width of a digit. */
const DIGIT = 6.6;
/** Colours of the style sheet; after these the dashes change. */
export const COLORS = 7;
/** Lines of few points show them. */
const FEW = 30;

/** The chart; a sentence where there is nothing to draw. */
export function lineChart(options: ChartOptions): Markup {
  const { title, xLabel, yLabel, share = false } = options;
  const series = options.series.filter(({ y }) => y.some(Number.isFinite));
  if (series.length === 0)
    return html`<figure class="card chart"><figcaption>${title}</figcaption><p class="soft">Nothing was measured yet.</p></figure>`;
  const ys = series.flatMap(({ y }) => y.filter(Number.isFinite));
  const [low, high] = extent(ys) as [number, number];
  const log = options.maybeLog === true && low > 0 && high / low > 100;
  const [x0, x1] = extent(series.flatMap(({ x }) => x)) as [number, number];
  const yTicks = log ? logTicks(low, high) : linearTicks(low, high);
  const yText = (v: number) => (share ? `${short(100 * v, 3)} %` : short(v, 3));
  const left = 12 + DIGIT * Math.max(...yTicks.ticks.map((v) => yText(v).length));
  const box = { left, right: WIDTH - 14, top: 26, bottom: HEIGHT - 38 };
  const sx = scaleLinear()
    .domain(x1 > x0 ? [x0, x1] : [x0 - 1, x0 + 1])
    .range([box.left, box.right]);
  const sy = (log ? scaleLog() : scaleLinear()).domain(yTicks.domain).range([box.bottom, box.top]);
  const xTicks = sx.ticks(5).filter((v) => Number.isInteger(v) || xLabel === "seconds");
  const path = line<number>()
    .defined((v) => Number.isFinite(v))
    .digits(1);
  const fixed = (v: number) => v.toFixed(1);
  const domain = [...sx.domain(), ...yTicks.domain].map((v) => Number(v.toPrecision(8))).join(" ");
  const range = [...sx.range(), ...sy.range()].map(fixed).join(" ");
  return html`<figure class="card chart"><figcaption>${title}${series.length > 1 && legend(series)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}: ${summary(series, yText)}" data-domain="${domain}" data-range="${range}" data-scale="${log ? "log" : share ? "share" : "linear"}" data-x="${xLabel}">
<text class="axis" x="${fixed(box.left)}" y="12">${yLabel}${log && " (log)"}</text>
${yTicks.ticks.map((v) => html`<line class="grid" x1="${fixed(box.left)}" x2="${box.right}" y1="${fixed(sy(v))}" y2="${fixed(sy(v))}"/><text x="${fixed(box.left - 6)}" y="${fixed(sy(v) + 4)}" text-anchor="end">${yText(v)}</text>`)}
<line class="base" x1="${fixed(box.left)}" x2="${box.right}" y1="${box.bottom}" y2="${box.bottom}"/>
${xTicks.map((v) => html`<line class="base" x1="${fixed(sx(v))}" x2="${fixed(sx(v))}" y1="${box.bottom}" y2="${box.bottom + 4}"/><text x="${fixed(sx(v))}" y="${box.bottom + 17}" text-anchor="middle">${short(v)}</text>`)}
<text class="axis" x="${fixed((box.left + box.right) / 2)}" y="${HEIGHT - 5}" text-anchor="middle">${xLabel}</text>
${series.map(({ name, x, y }, i) => {
  const at = (_: number, j: number) => sx(x[j]);
  const d = path.x(at).y((v) => sy(v))(y) ?? "";
  const dots =
    y.length <= FEW
      ? y.map(
          (v, j) =>
            Number.isFinite(v) && html`<circle cx="${fixed(sx(x[j]))}" cy="${fixed(sy(v))}" r="2.4"/>`,
        )
      : [];
  return html`<g class="series ${style(i)}" data-name="${name}"><path d="${d}"/>${dots}</g>
`;
})}</svg></figure>`;
}

/** The class of the i-th of several series. */
export const style = (i: number): string => `c${i % COLORS} d${Math.floor(i / COLORS) % 3}`;

export const legend = (series: readonly { readonly name: string }[]): Markup =>
  html` <span class="legend">${series.map(({ name }, i) => html`<span class="key ${style(i)}"><svg viewBox="0 0 22 8" aria-hidden="true"><path d="M0,4 L22,4"/></svg>${name}</span>`)}</span>`;

/** For readers who do not see the picture. */
const summary = (series: readonly Series[], text: (v: number) => string) =>
  series
    .map(({ name, y }) => {
      const seen = y.filter(Number.isFinite);
      return `${name} from ${text(seen[0])} to ${text(seen.at(-1)!)}`;
    })
    .join(", ");

function linearTicks(low: number, high: number): { domain: [number, number]; ticks: number[] } {
  const pad = high > low ? 0 : Math.abs(low) * 0.1 || 1;
  const scale = scaleLinear()
    .domain([low - pad, high + pad])
    .nice(5);
  return { domain: scale.domain() as [number, number], ticks: scale.ticks(5) };
}

/** Powers of ten, or also their multiples by 2 and 5 if there are few. */
function logTicks(low: number, high: number): { domain: [number, number]; ticks: number[] } {
  const domain: [number, number] = [low / 1.1, high * 1.1];
  const [from, to] = domain.map((v) => Math.floor(Math.log10(v)));
  const powers = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const inside = (v: number) => v >= domain[0] && v <= domain[1];
  const all = powers.filter(inside);
  if (all.length < 3) return { domain, ticks: powers.flatMap((v) => [v, 2 * v, 5 * v]).filter(inside) };
  const every = Math.ceil(all.length / 6);
  return { domain, ticks: all.filter((_, i) => i % every === 0) };
}
