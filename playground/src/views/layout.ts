/** Where the units of a network and the lines between them are. */
import type { Settings } from "../state/settings.js";

export interface UnitPlace {
  /** 0: inputs; hidden.length + 1: outputs. */
  readonly layer: number;
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly size: number;
  readonly height: number;
  readonly width: number;
  /** The middle of each column. */
  readonly columns: readonly number[];
  /** Units by layer; those of layer 0 are all features that can be chosen. */
  readonly layers: readonly (readonly UnitPlace[])[];
}

export const headRoom = 58;
const labelRoom = 62;
const gap = 8;

/** `offered`: features that can be chosen; `outputs`: units of the last layer. */
export function layoutOf(settings: Settings, offered: number, outputs: number, width: number): Layout {
  const counts = [offered, ...settings.hidden, outputs];
  const tallest = Math.max(...counts);
  const size = Math.round(Math.max(13, Math.min(38, 400 / tallest - gap)));
  const pitch = size + (size < 20 ? 4 : gap);
  const height = headRoom + Math.max(300, tallest * pitch + 8);
  const least = labelRoom + counts.length * 66 + 24;
  const wide = Math.max(width, least);
  const first = labelRoom + size / 2;
  const last = wide - size / 2 - 18;
  const columns = counts.map((_, i) => first + ((last - first) * i) / (counts.length - 1));
  const layers = counts.map((count, layer) => {
    const top = headRoom + (height - headRoom - count * pitch) / 2;
    return Array.from({ length: count }, (_, index) => {
      return { layer, index, x: columns[layer]!, y: top + pitch * (index + 0.5) };
    });
  });
  return { size, height, width: wide, columns, layers };
}

/** A weight of the network: a line from a unit to one of the next layer. */
export interface Link {
  readonly from: UnitPlace;
  readonly to: UnitPlace;
  /** Position of the weight among all parameters. */
  readonly position: number;
  /** Its parameter, and its index there. */
  readonly name: string;
  readonly index: number;
}

/** Name of the parameter of a layer of units from 1 on, as `Sequential` names it. */
export const parameterName = ({ dropout }: Settings, layer: number, kind: "weight" | "bias"): string =>
  `${(layer - 1) * (dropout > 0 ? 3 : 2)}.${kind}`;

/** Sizes of the layers of units, with those inputs that are used. */
export const sizesOf = ({ inputs, hidden }: Settings, outputs: number): number[] => [
  inputs.length,
  ...hidden,
  outputs,
];

/** The position of the first weight of a layer among all parameters; its biases follow its weights. */
export function firstPosition(sizes: readonly number[], layer: number): number {
  let position = 0;
  for (let l = 1; l < layer; l++) position += (sizes[l - 1]! + 1) * sizes[l]!;
  return position;
}

/** All links. `used`: the places of the inputs that are used, in their order. */
export function linksOf(
  settings: Settings,
  layout: Layout,
  used: readonly UnitPlace[],
  outputs: number,
): Link[] {
  const sizes = sizesOf(settings, outputs);
  const links: Link[] = [];
  for (let layer = 1; layer < sizes.length; layer++) {
    const sources = layer === 1 ? used : layout.layers[layer - 1]!;
    const first = firstPosition(sizes, layer);
    const name = parameterName(settings, layer, "weight");
    for (const to of layout.layers[layer]!)
      for (const [i, from] of sources.entries()) {
        const index = to.index * sizes[layer - 1]! + i;
        links.push({ from, to, position: first + index, name, index });
      }
  }
  return links;
}

/** The curve of a link: its ends and its two control points. */
export function curveOf({ from, to }: Link, size: number): readonly [number, number][] {
  const [x0, x1] = [from.x + size / 2, to.x - size / 2];
  const bend = (x1 - x0) * 0.45;
  return [
    [x0, from.y],
    [x0 + bend, from.y],
    [x1 - bend, to.y],
    [x1, to.y],
  ];
}

/** A point of a cubic curve. */
function at(curve: readonly (readonly [number, number])[], t: number, k: 0 | 1): number {
  const s = 1 - t;
  const [a, b, c, d] = curve.map((point) => point[k]) as [number, number, number, number];
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

/** The link nearest to a place, if it is within `reach` pixels. */
export function nearestLink(
  links: readonly Link[],
  size: number,
  x: number,
  y: number,
  reach = 6,
): Link | undefined {
  let [best, found]: [number, Link | undefined] = [reach, undefined];
  for (const link of links) {
    const curve = curveOf(link, size);
    const [x0, x1] = [curve[0]![0], curve[3]![0]];
    if (x < x0 || x > x1) continue;
    // x grows along the curve: its parameter is found by halving.
    let [low, high] = [0, 1];
    for (let i = 0; i < 12; i++) {
      const middle = (low + high) / 2;
      if (at(curve, middle, 0) < x) low = middle;
      else high = middle;
    }
    const distance = Math.abs(at(curve, low, 1) - y);
    if (distance < best) [best, found] = [distance, link];
  }
  return found;
}
