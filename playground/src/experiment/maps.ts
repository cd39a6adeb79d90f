/** What a network answers all over the plane: the pictures of the output and of every unit. */
import { compile, type nn, noGrad, stack, type Tensor, tensor } from "simdgrad";
import { activationNames, dataChoices } from "../state/choices.js";
import type { Settings } from "../state/settings.js";
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
const turned = (layer: Tensor): Tensor => layer.detach().transpose(0, 1).contiguous();
const valuesOf = (layer: Tensor): Float32Array => layer.data.slice() as Float32Array;

export function byUnit(layer: Tensor): Float32Array {
  return noGrad(() => valuesOf(turned(layer)));
}

/** As `byUnit(layersOf(model, x))`, in one call of compiled code: pictures are wanted 60 times a second. */
export function compileLayers(model: nn.Sequential): (x: Tensor) => Float32Array[] {
  const layers = compile((x: Tensor) => noGrad(() => layersOf(model, x).map(turned)));
  return (x) => layers(x).map(valuesOf);
}

/** Logits of all classes, [classes, points], as what the page shows: probabilities, or a regression's value. */
function answersOf(logits: Float32Array, task: Points["task"], points: number): Float32Array {
  if (task === "regression") return logits;
  return noGrad(() => {
    const output = tensor(logits, { shape: [logits.length / points, points] });
    return valuesOf(task === "binary" ? output.sigmoid() : output.softmax(0));
  });
}

/**
 * The large picture: of the output, [classes, points], or of one unit, [1, points]. `layers`: the outputs of
 * all layers for `inputs`.
 */
export function largeMap(
  layers: readonly Float32Array[],
  inputs: Tensor,
  task: Points["task"],
  unit: Unit | undefined,
): Float32Array {
  if (unit?.layer === 0) return byUnit(inputs.narrow(1, unit.index, 1));
  const points = inputs.shape[0]!;
  const isOutput = unit === undefined || unit.layer === layers.length;
  const values = isOutput ? answersOf(layers.at(-1)!, task, points) : layers[unit.layer - 1]!;
  if (unit === undefined || (isOutput && task !== "classes")) return values;
  return values.slice(unit.index * points, (unit.index + 1) * points);
}

/** Two columns of the points, as drawn: [points, 2]. */
export function placesOf(points: Points, { axes }: Frame): Float32Array {
  const pair = stack(
    axes.map((axis) => points.table.select(1, axis)),
    1,
  );
  return (pair.contiguous().data as Float32Array).slice();
}
