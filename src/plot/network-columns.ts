/** The layers of a model, side by side as its diagram shows them: columns of units, and boxes. */
import { noGrad } from "../autograd/grad-mode.js";
import { ValueError } from "../errors.js";
import * as nn from "../nn/index.js";
import type { Module } from "../nn/module.js";
import { zeros } from "../ops/create/create.js";
import { quoted } from "../quote.js";
import { Tensor } from "../tensor/tensor.js";

/** One column of the diagram. */
export interface Column {
  /** The layer, and below it what follows without weights of its own: `Linear`, `ReLU`. */
  readonly names: string[];
  /** The number of units; undefined for a box. */
  readonly units?: number;
  /** Weights from the units of the column before, [units, units before]. Only after a column of units. */
  readonly weights?: number[][];
  /** What a box says about its layer: `kernelSize=[3,3]`. */
  readonly details: readonly string[];
  /** The output of the layer for one sample, where it is known. */
  shape?: readonly number[];
}

/** A layer in the order of the computation, with the shape of its output for one sample. */
interface Step {
  readonly layer: Module;
  readonly shape?: readonly number[];
}

const layersOfLibrary = new Set<unknown>(Object.values(nn));

/** Containers and modules of the program are opened; layers of the library are shown whole. */
function* layersIn(module: Module): Generator<Module> {
  const open =
    module instanceof nn.Sequential ||
    module instanceof nn.ModuleList ||
    module instanceof nn.ModuleDict ||
    !layersOfLibrary.has(module.constructor);
  const parts = module.children();
  if (open && parts.length > 0) for (const part of parts) yield* layersIn(part);
  else if (!open || module.parameters().length > 0) yield module;
}

/** The shape of one sample's output: without the batch. */
function shapeOf(result: unknown): readonly number[] | undefined {
  const first: unknown = Array.isArray(result) ? result[0] : result;
  return first instanceof Tensor ? first.shape.slice(1) : undefined;
}

/** The layers in the order in which `forward` calls them for a sample of zeros. */
function calledSteps(model: Module, layers: readonly Module[], inputShape: readonly number[]): Step[] {
  const steps: Step[] = [];
  const modules = model.modules();
  const modes = modules.map((module) => module.training);
  const removals = [...new Set(layers)].map((layer) =>
    layer.registerForwardHook((_, __, result) => {
      steps.push({ layer, shape: shapeOf(result) });
    }),
  );
  try {
    model.eval();
    noGrad(() => model.forward(zeros([1, ...inputShape])));
  } finally {
    for (const remove of removals) remove();
    modules.forEach((module, i) => {
      module.training = modes[i];
    });
  }
  return steps;
}

/** Layers that keep the shape and have no units of their own: they are named at the layer before. */
const follows = (layer: Module): boolean =>
  layer.children().length === 0 &&
  (/Norm/.test(layer.constructor.name) ||
    /Dropout/.test(layer.constructor.name) ||
    (layer.parameters().length === 0 && activations.has(layer.constructor)));

const activations = new Set<unknown>(
  `ReLU LeakyReLU Sigmoid Tanh ELU SiLU Softplus LogSigmoid GELU Softmax LogSoftmax Identity Hardtanh ReLU6
  Hardsigmoid Hardswish Hardshrink Softshrink Tanhshrink Softsign CELU SELU Mish Threshold RReLU Softmin Softmax2d`
    .split(/\s+/)
    .map((name) => (nn as unknown as Record<string, unknown>)[name]),
);

/** `1, 8, kernelSize=3,3` as lines: the sizes of input and output, then an option on each line. */
const detailsOf = (layer: Module): string[] => {
  const said = layer.extraRepr() === "" ? [] : layer.extraRepr().split(/, (?![^[]*\])/);
  const options = said.filter((part) => part.includes("="));
  const sizes = said.filter((part) => !part.includes("=")).join(" → ");
  const inside = layer.children().flatMap((child) => [...layersIn(child)]);
  return [...(sizes === "" ? [] : [sizes]), ...options, ...inside.map((each) => each.constructor.name)];
};

/**
 * The columns of the diagram, from the input to the output. With `inputShape` the model runs once, which
 * gives shapes and the true order; without it, the order is that of the fields.
 * @throws ValueError for a model without layers.
 */
export function columnsOf(op: string, model: Module, inputShape: readonly number[] | undefined): Column[] {
  const layers = [...layersIn(model)];
  const steps: readonly Step[] =
    inputShape === undefined ? layers.map((layer) => ({ layer })) : calledSteps(model, layers, inputShape);
  if (steps.length === 0) throw new ValueError(`${op}: a model with layers: ${quoted(model)}`);
  const columns: Column[] = [];
  const last = () => columns[columns.length - 1];
  if (!(steps[0].layer instanceof nn.Linear) && inputShape !== undefined)
    columns.push({ names: ["input"], details: [], shape: inputShape });
  for (const { layer, shape } of steps) {
    const name = layer.constructor.name;
    if (layer instanceof nn.Linear) {
      const { inFeatures, outFeatures } = layer;
      if (last()?.units !== inFeatures) {
        const flat = last()?.names[0] === "Flatten";
        const names = flat ? columns.pop()!.names : [columns.length === 0 ? "input" : "features"];
        columns.push({ names, details: [], units: inFeatures });
      }
      const weights = layer.weight.toArray() as number[][];
      columns.push({ names: [name], details: [], units: outFeatures, weights, shape });
    } else if (follows(layer) && columns.length > 0) last().names.push(name);
    else columns.push({ names: [name], details: detailsOf(layer), shape });
  }
  const broken = columns.find(({ weights }) => weights?.some((row) => !row.every(Number.isFinite)));
  if (broken !== undefined)
    throw new ValueError(`${op}: weights are finite: not those of ${broken.names[0]} ${broken.units}`);
  return columns;
}
