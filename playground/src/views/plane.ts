/** The plane: what the network answers everywhere, and the points. */
import type { RunFacts } from "../worker/messages.js";
import { type Area, cleared, contextOf, type Square } from "./canvas.js";
import { type Look, pointColor } from "./picture.js";

/** Room for the numbers at the axes. */
const margin = { left: 30, bottom: 20, top: 4, right: 4 };

/** Few round numbers between two ends. */
export function ticksOf(low: number, high: number, most = 5): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough)!;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step / 1e6; tick += step) ticks.push(tick);
  return ticks;
}

/** At most so many digits as a label has room for. */
export const shortNumber = (value: number) => String(Number(value.toPrecision(3))).replace("-", "−");

type PlaneLook = Look & { showTest: boolean };

export function drawPlane(
  canvas: HTMLCanvasElement,
  facts: RunFacts,
  picture: Square,
  look: PlaneLook,
): void {
  const context = cleared(canvas);
  if (context === null) return;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const area: Area = [
    ...([margin.left, margin.top, width - margin.left - margin.right] as const),
    height - margin.top - margin.bottom,
  ];
  // Paler than the points, which have the same colours.
  context.globalAlpha = look.theme === "dark" ? 0.62 : 0.72;
  picture.draw(context, area, !look.discretize);
  context.globalAlpha = 1;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(overlayOf(canvas, facts, area, look), 0, 0);
}

/** What does not change while a network trains: axes and points. Kept, because hundreds of circles take long. */
let kept: { readonly key: readonly unknown[]; readonly canvas: HTMLCanvasElement } | undefined;

function overlayOf(
  { width, height }: HTMLCanvasElement,
  facts: RunFacts,
  area: Area,
  look: PlaneLook,
): HTMLCanvasElement {
  const key = [width, height, facts, ...area, look.theme, look.showTest];
  if (kept !== undefined && key.every((part, i) => part === kept!.key[i])) return kept.canvas;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  kept = { key, canvas };
  const context = contextOf(canvas)!;
  const ratio = width / (area[0] + area[2] + margin.right);
  context.scale(ratio, ratio);
  drawOverlay(context, facts, area, look);
  return canvas;
}

function drawOverlay(context: CanvasRenderingContext2D, facts: RunFacts, area: Area, look: PlaneLook): void {
  const ink = getComputedStyle(document.body).color;
  const { low, high } = facts.frame;
  const x = (value: number) => area[0] + ((value - low[0]) / (high[0] - low[0])) * area[2];
  const y = (value: number) => area[1] + (1 - (value - low[1]) / (high[1] - low[1])) * area[3];
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = ink;
  context.globalAlpha = 0.75;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of ticksOf(low[0], high[0]))
    context.fillText(shortNumber(tick), x(tick), area[1] + area[3] + 5);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of ticksOf(low[1], high[1])) context.fillText(shortNumber(tick), area[0] - 5, y(tick));
  context.globalAlpha = 1;
  context.beginPath();
  context.rect(...area);
  context.clip();
  const radius = Math.max(2, Math.min(4, 60 / Math.sqrt(facts.total)));
  // Test points lie under the training points, and have a dark edge.
  if (look.showTest)
    drawPoints(context, facts, [facts.trained, facts.total], { x, y, radius, look, edge: ink });
  const edge = look.theme === "dark" ? "#12151a" : "#ffffff";
  drawPoints(context, facts, [0, facts.trained], { x, y, radius, look, edge });
}

interface PointStyle {
  x: (value: number) => number;
  y: (value: number) => number;
  radius: number;
  look: Look;
  edge: string;
}

function drawPoints(
  context: CanvasRenderingContext2D,
  facts: RunFacts,
  [from, to]: readonly [number, number],
  { x, y, radius, look, edge }: PointStyle,
): void {
  const { places, answers } = facts;
  context.strokeStyle = edge;
  context.lineWidth = 1;
  for (let i = from; i < to; i++) {
    context.beginPath();
    context.arc(x(places[2 * i]!), y(places[2 * i + 1]!), radius, 0, 2 * Math.PI);
    context.fillStyle = pointColor(facts, answers[i]!, look.theme);
    context.fill();
    context.stroke();
  }
}
