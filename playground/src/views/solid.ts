/** A surface in three dimensions over a square, turned by two angles, drawn from the back to the front. */
import { cleared } from "./canvas.js";

export interface Turn {
  /** Radians around the vertical axis, and above the horizon. */
  readonly around: number;
  readonly above: number;
}

export const firstTurn: Turn = { around: -0.7, above: 0.6 };

/** A turn changed by these, with the eye above the horizon and below the zenith. */
export function turned({ around, above }: Turn, byAround: number, byAbove: number): Turn {
  return { around: around + byAround, above: Math.min(1.5, Math.max(0.05, above + byAbove)) };
}

/** A point of the surface: place from -1 to 1 in both directions, height from -1 to 1. */
export type Place = readonly [x: number, y: number, height: number];

export interface SolidOptions {
  readonly side: number;
  /** Height of point `row`, `column`; row 0 is at the back (y = 1). */
  readonly heightOf: (row: number, column: number) => number;
  readonly colorOf: (row: number, column: number) => string;
  readonly turn: Turn;
  /** Points above the surface. */
  readonly dots?: readonly { readonly place: Place; readonly color: string }[];
  /** A line over the surface. */
  readonly path?: readonly Place[];
  readonly labels: readonly [string, string];
}

/** Height is drawn at this share of the width. */
const flat = 0.55;

export function drawSolid(canvas: HTMLCanvasElement, options: SolidOptions): void {
  const context = cleared(canvas);
  if (context === null) return;
  const ink = getComputedStyle(canvas).color;
  const { side, heightOf, colorOf, turn, dots = [], path = [], labels } = options;
  const scale = Math.min(canvas.clientWidth, canvas.clientHeight) * 0.36;
  const [cx, cy] = [canvas.clientWidth / 2, canvas.clientHeight / 2 + scale * 0.1];
  const [sinA, cosA, sinB, cosB] = [
    ...[Math.sin(turn.around), Math.cos(turn.around), Math.sin(turn.above), Math.cos(turn.above)],
  ] as [number, number, number, number];
  /** Where a place is on the canvas; larger `depth` is further away. */
  const project = ([x, y, height]: Place) => {
    const [u, v] = [x * cosA - y * sinA, x * sinA + y * cosA];
    return {
      x: cx + scale * u,
      y: cy - scale * (v * sinB + height * flat * cosB),
      depth: v * cosB - height * flat * sinB,
    };
  };
  const position = (i: number) => (2 * i) / (side - 1) - 1;
  const corners = Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [Math.floor(i / side), i % side];
    return project([position(column), -position(row), heightOf(row, column)]);
  });
  interface Part {
    depth: number;
    draw: () => void;
  }
  const parts: Part[] = [];
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const at = row * side + column;
      const four = [corners[at]!, corners[at + 1]!, corners[at + side + 1]!, corners[at + side]!];
      const depth = (four[0]!.depth + four[2]!.depth) / 2;
      const color = colorOf(row, column);
      parts.push({
        depth,
        draw() {
          context.beginPath();
          for (const [i, corner] of four.entries())
            if (i === 0) context.moveTo(corner.x, corner.y);
            else context.lineTo(corner.x, corner.y);
          context.closePath();
          context.fillStyle = color;
          context.fill();
          // Closes the gaps between neighbours that smooth edges leave.
          context.strokeStyle = color;
          context.lineWidth = 0.6;
          context.stroke();
        },
      });
    }
  for (const { place, color } of dots) {
    const { x, y, depth } = project(place);
    const draw = () => {
      context.beginPath();
      context.arc(x, y, 2.6, 0, 2 * Math.PI);
      context.fillStyle = color;
      context.fill();
      context.strokeStyle = ink;
      context.lineWidth = 0.5;
      context.stroke();
    };
    parts.push({ depth: depth - 0.04, draw });
  }
  // The square below the surface, with the names of its axes.
  const floor = ([x, y]: readonly [number, number]) => project([x, y, -1.15]);
  context.strokeStyle = ink;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.beginPath();
  for (const [i, corner] of (
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
      [-1, -1],
    ] as const
  ).entries()) {
    const { x, y } = floor(corner);
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.stroke();
  context.globalAlpha = 1;
  parts.sort((a, b) => b.depth - a.depth);
  for (const { draw } of parts) draw();
  drawPath(context, path.map(project), ink);
  context.fillStyle = ink;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  const nearSide = Math.cos(turn.around) > 0 ? -1 : 1;
  const leftSide = Math.sin(turn.around) > 0 ? -1 : 1;
  for (const [text, corner] of [
    [labels[0], [0, 1.18 * nearSide]],
    [labels[1], [1.18 * leftSide, 0]],
  ] as const) {
    const { x, y } = floor(corner);
    context.fillText(text, x, y);
  }
}

function drawPath(context: CanvasRenderingContext2D, path: { x: number; y: number }[], ink: string): void {
  if (path.length === 0) return;
  context.beginPath();
  for (const [i, { x, y }] of path.entries())
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  context.strokeStyle = ink;
  context.lineWidth = 1.8;
  context.lineJoin = "round";
  context.stroke();
  const { x, y } = path.at(-1)!;
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fillStyle = ink;
  context.fill();
}
