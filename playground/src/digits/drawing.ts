/** The drawing of the page: its strokes, and their ink, which grows with each point. */
import { addLine, blankField, fieldSide, inkOf, type Point, type Stroke } from "./ink.js";
import { reduce } from "./reduce.js";

let strokes: Point[][] = [];
let ink = blankField();
const listeners = new Set<() => void>();

const changed = () => {
  for (const listener of listeners) listener();
};

export function onDrawing(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const drawnStrokes = (): readonly Stroke[] => strokes;

/** The image that the network sees; undefined without ink. */
export const drawnImage = (): Uint8Array | undefined => reduce(ink, fieldSide);

const inside = (v: number) => Math.min(fieldSide, Math.max(0, v));

/** Puts the pen down. */
export function beginStroke(point: Point): void {
  strokes.push([]);
  extendStroke(point);
}

/** Moves the pen, in a straight line. */
export function extendStroke({ x, y }: Point): void {
  const stroke = strokes.at(-1);
  if (stroke === undefined) return;
  const point = { x: inside(x), y: inside(y) };
  stroke.push(point);
  addLine(ink, stroke.at(-2) ?? point, point);
  changed();
}

export function undoStroke(): void {
  strokes = strokes.slice(0, -1);
  ink = inkOf(strokes);
  changed();
}

export function clearDrawing(): void {
  strokes = [];
  ink = blankField();
  changed();
}
