/** The weights as lines: wide and strongly coloured where they are large, orange below 0 and blue above. */
import { curveOf, type Layout, type Link } from "./layout.js";
import { css, type Theme } from "./palette.js";

export function drawLinks(
  context: CanvasRenderingContext2D,
  layout: Layout,
  links: readonly Link[],
  weights: Float32Array,
  theme: Theme,
  marked?: Link,
): void {
  const thin = links.length > 300 ? 0.5 : 1;
  for (const link of links) {
    const weight = weights[link.position] ?? Number.NaN;
    const size = Math.min(Math.abs(weight), 6);
    const [a, b, c, d] = curveOf(link, layout.size) as [
      [number, number],
      [number, number],
      [number, number],
      [number, number],
    ];
    context.beginPath();
    context.moveTo(...a);
    context.bezierCurveTo(...b, ...c, ...d);
    context.lineWidth = Number.isNaN(size) ? 1 : thin * (0.5 + 1.9 * size ** 0.75);
    // From 0.25 for a weight of 0, so that its line can be seen.
    const share = Math.sign(weight) * Math.min(1, 0.25 + 0.5 * size);
    context.strokeStyle = Number.isNaN(weight) ? "#888" : css(theme, share);
    context.globalAlpha = link === marked ? 1 : 0.85;
    context.stroke();
    if (link !== marked) continue;
    context.lineWidth += 3;
    context.globalAlpha = 0.35;
    context.stroke();
  }
  context.globalAlpha = 1;
}
