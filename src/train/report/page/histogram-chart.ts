/** The histogram of a parameter, over its outline before the first step. */
import { type Histogram, value, type WeightRow } from "../run-data.js";
import { shape, short } from "./format.js";
import { html, type Markup } from "./html.js";

const WIDTH = 180;
const HEIGHT = 64;

export function histogramChart({ name, shape: sizes, before, now, notFinite }: WeightRow): Markup {
  const top = Math.max(1, ...now.counts, ...(before?.counts ?? []));
  const bin = WIDTH / now.counts.length;
  const height = (count: number) => (count / top) * (HEIGHT - 4);
  const bars = now.counts.map(
    (count, i) =>
      count > 0 &&
      html`<rect x="${(i * bin).toFixed(1)}" y="${(HEIGHT - height(count)).toFixed(1)}" width="${(bin - 0.6).toFixed(1)}" height="${height(count).toFixed(1)}"/>`,
  );
  return html`<figure class="histogram"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="values of ${name}">
<g class="bars">${bars}</g>${before !== null && html`<path class="before" d="${outline(before, bin, height)}"/>`}<line class="base" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/></svg>
<div class="ends"><span>${short(value(now.low), 3)}</span><span>${short(value(now.high), 3)}</span></div>
<figcaption><b>${name}</b> ${shape(sizes)}${notFinite > 0 && html` <span class="bad">${notFinite} not finite</span>`}</figcaption></figure>`;
}

function outline({ counts }: Histogram, bin: number, height: (count: number) => number): string {
  const steps = counts.map((count, i) => {
    const y = (HEIGHT - height(count)).toFixed(1);
    return `L${(i * bin).toFixed(1)},${y} L${((i + 1) * bin).toFixed(1)},${y}`;
  });
  return `M0,${HEIGHT} ${steps.join(" ")} L${WIDTH},${HEIGHT}`;
}
