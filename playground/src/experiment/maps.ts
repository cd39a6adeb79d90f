/** What a network answers all over the plane: the pictures of the output and of every unit. */
import { cat, type nn, noGrad, stack, type Tensor, tensor } from "simdgrad";
import { activationNames, dataChoices } from "../state/choices.js";
import type { Settings } from "../state/settings.js";
import { compiledLater } from "./compiled-later.js";
import { inputsOf, type Points } from "./points.js";
import type { Unit } from "./sides.js";

/** Part of the plane that is shown: column `axes[0]` from left to right, `axes[1]` from below. */
export interface Frame {
  readonly axes: readonly [number, number];
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
}

/** The part of the plane where the points of a table are, with a margin of a tenth. */
export function frameOf({ data }: Settings, points: Points, axes: readonly [number, number]): Frame {
  const choice = dataChoices[data];
  if (choice.kind === "plane")
    return { axes: [0, 1], low: [choice.low, choice.low], high: [choice.high, choice.high] };
  const columns = points.table.shape[1]!;
  const kept = axes.map((axis) => Math.min(axis, columns - 1)) as [number, number];
  const ends = kept.map((axis) => {
    const column = points.table.select(1, axis);
    const [least, most] = [column.amin(0).item(), column.amax(0).item()];
    const margin = 0.1 * (most - least) || 1;
    return [least - margin, most + margin] as const;
  });
  return { axes: kept, low: [ends[0]![0], ends[1]![0]], high: [ends[0]![1], ends[1]![1]] };
}

/** The inputs of the network at side · side points, the first at the upper left. Other columns are 0. */
export function gridInputs(settings: Settings, columns: number, frame: Frame, side: number): Tensor {
  const { axes, low, high } = frame;
  const values = new Float32Array(side * side * columns);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const at = (row * side + column) * columns;
      values[at + axes[0]] = low[0] + ((high[0] - low[0]) * (column + 0.5)) / side;
      // The second axis wins where both are one column.
      values[at + axes[1]] = high[1] - ((high[1] - low[1]) * (row + 0.5)) / side;
    }
  return inputsOf(settings, tensor(values, { shape: [side * side, columns] }));
}

const isActivation = new Set<string>(activationNames);

/** The outputs of all layers of units, hidden ones after their activation, the output as logits. */
export function layersOf(model: nn.Sequential, x: Tensor): Tensor[] {
  return noGrad(() => {
    const layers: Tensor[] = [];
    const modules = [...model];
    let value = x;
    for (const [i, module] of modules.entries()) {
      value = module.forward(value) as Tensor;
      if (isActivation.has(module.constructor.name) || i === modules.length - 1) layers.push(value);
    }
    return layers;
  });
}

/** Each unit's values one after another: [units, points]. */
const byUnit = (layer: Tensor): Tensor => layer.transpose(0, 1).contiguous();

/** What the page shows of logits: probabilities of classes, or the value of a regression. */
function answersOf(logits: Tensor, task: Points["task"]): Tensor {
  if (task === "binary") return logits.sigmoid();
  return task === "classes" ? logits.softmax(1) : logits;
}

/**
 * A function without gradients that is compiled, because pictures are wanted 60 times a second. The first call
 * is not compiled: the first picture is to come soon.
 */
function picture(of: (x: Tensor) => Tensor): (x: Tensor) => Float32Array {
  const draw = compiledLater((x: Tensor) => noGrad(() => byUnit(of(x))), 1);
  return (x) => draw(x).data.slice() as Float32Array;
}

/** What a network answers at the points of a grid. */
export class Maps {
  readonly #units: (x: Tensor) => Float32Array;
  readonly #layers = new Map<number, (x: Tensor) => Float32Array>();

  constructor(
    readonly model: nn.Sequential,
    readonly task: Points["task"],
  ) {
    this.#units = picture((x) => cat(this.#shownLayers(x), 1));
  }

  /** The outputs of all layers, with answers instead of logits. */
  #shownLayers(x: Tensor): Tensor[] {
    const layers = layersOf(this.model, x);
    layers.push(answersOf(layers.pop()!, this.task));
    return layers;
  }

  /** All hidden units, then the answers: [units, points]. */
  units(x: Tensor): Float32Array {
    return this.#units(x);
  }

  /** One layer from 0 on, [units, points]; -1: the answers. */
  layer(x: Tensor, at: number): Float32Array {
    let values = this.#layers.get(at);
    if (values === undefined) {
      values = picture((y) => this.#shownLayers(y).at(at)!);
      this.#layers.set(at, values);
    }
    return values(x);
  }
}

/** The inputs of a grid, [inputs, points]. */
export const inputPictures = (grid: Tensor): Float32Array => byUnit(grid).data.slice() as Float32Array;

/** The large picture: of the answers, [classes, points], or of one unit, [1, points]. */
export function largeMap(maps: Maps, grid: Tensor, unit: Unit | undefined, hidden: number): Float32Array {
  if (unit?.layer === 0) return inputPictures(grid.narrow(1, unit.index, 1));
  const values = maps.layer(grid, unit === undefined || unit.layer > hidden ? -1 : unit.layer - 1);
  const points = grid.shape[0]!;
  return unit === undefined ? values : values.slice(unit.index * points, (unit.index + 1) * points);
}

/** Two columns of the points, as drawn: [points, 2]. */
export function placesOf(points: Points, { axes }: Frame): Float32Array {
  const pair = stack(
    axes.map((axis) => points.table.select(1, axis)),
    1,
  );
  return (pair.contiguous().data as Float32Array).slice();
}
