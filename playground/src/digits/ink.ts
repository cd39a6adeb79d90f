/**
 * What is drawn: strokes, and the same as ink in a square of 280 x 280 pixels. The ink is computed here and
 * not read from a canvas, because browsers that protect privacy add noise to what a page reads from one; so a
 * drawing has the same pixels everywhere, also without a canvas.
 */

/** Pixels along one side of the field: ten for each pixel of an image of MNIST. */
export const fieldSide = 280;

/**
 * Radius of the pen. A digit that fills the field is about 200 pixels high, and becomes 20 high: its lines are
 * then 2 to 3 pixels wide, as those of MNIST are.
 */
export const penRadius = 11;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Points that a pen went through without being lifted; one point is a dot. */
export type Stroke = readonly Point[];

/** A field without ink: 0 is empty, 1 is full. Row by row. */
export const blankField = (): Float32Array => new Float32Array(fieldSide * fieldSide);

/** The distance of the point (x, y) from the line between two points. */
function distance(x: number, y: number, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - from.x) * dx + (y - from.y) * dy) / length;
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - from.x - at * dx, y - from.y - at * dy);
}

/**
 * Adds the line from one point to another, with round ends. Edges are smooth: the ink falls from 1 to 0 over
 * the one pixel around the radius.
 */
export function addLine(field: Float32Array, from: Point, to: Point): void {
  const reach = penRadius + 1;
  const low = (a: number, b: number) => Math.max(0, Math.floor(Math.min(a, b) - reach));
  const high = (a: number, b: number) => Math.min(fieldSide - 1, Math.ceil(Math.max(a, b) + reach));
  for (let y = low(from.y, to.y); y <= high(from.y, to.y); y++)
    for (let x = low(from.x, to.x); x <= high(from.x, to.x); x++) {
      const ink = Math.min(1, penRadius + 0.5 - distance(x + 0.5, y + 0.5, from, to));
      const at = y * fieldSide + x;
      if (ink > field[at]!) field[at] = ink;
    }
}

/** The ink of all strokes. */
export function inkOf(strokes: readonly Stroke[]): Float32Array {
  const field = blankField();
  for (const stroke of strokes)
    for (let i = 0; i < stroke.length; i++) addLine(field, stroke[Math.max(0, i - 1)]!, stroke[i]!);
  return field;
}
