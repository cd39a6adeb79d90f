/** The loss over two weights, and the path that training took over it. */
import { noGrad } from "simdgrad";
import type { Experiment } from "./experiment.js";
import { setElement } from "./network.js";
import { surfaceSide } from "./sides.js";

export interface Surface {
  /** Positions of the two weights among all parameters. */
  readonly pair: readonly [number, number];
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
  /** Training losses, [surfaceSide, surfaceSide], the smallest second weight first. */
  readonly losses: Float32Array;
  /** The two weights in the course of the run: w₁, w₂, w₁, w₂, … */
  readonly path: Float32Array;
}

/** A range that contains the path, with room around it. */
function rangeOf(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(0.6 * (most - least), 1);
  return [least - room, most + room];
}

/** All other weights keep their present values. */
export function lossSurface(experiment: Experiment, pair: readonly [number, number]): Surface {
  const snapshots = experiment.path();
  const path = new Float32Array(snapshots.flatMap((weights) => pair.map((i) => weights[i]!)));
  const present = snapshots.at(-1)!;
  const ends = pair.map((i) => rangeOf(snapshots.map((weights) => weights[i]!).filter(Number.isFinite)));
  const losses = new Float32Array(surfaceSide ** 2);
  const at = (end: readonly number[], i: number) => end[0]! + ((end[1]! - end[0]!) * i) / (surfaceSide - 1);
  const set = placer(experiment);
  try {
    noGrad(() => {
      for (let row = 0; row < surfaceSide; row++) {
        set(pair[1], at(ends[1]!, row));
        for (let column = 0; column < surfaceSide; column++) {
          set(pair[0], at(ends[0]!, column));
          losses[row * surfaceSide + column] = experiment.losses().train;
        }
      }
    });
  } finally {
    for (const i of pair) set(i, present[i]!);
  }
  const low = [ends[0]![0]!, ends[1]![0]!] as const;
  return { pair, low, high: [ends[0]![1]!, ends[1]![1]!], losses, path };
}

/** Sets one of all parameters, counted through. */
function placer({ model }: Experiment): (position: number, value: number) => void {
  const parameters = model.parameters();
  return (position, value) => {
    let index = position;
    for (const parameter of parameters) {
      if (index < parameter.numel) return setElement(parameter, index, value);
      index -= parameter.numel;
    }
  };
}
