/**
 * Random training programs, as data that fast-check can shrink, and what they are made into: a model and a
 * step over it.
 */
import { manualSeed, nn, noGrad, optim, randn, type Tensor, tensor } from "../../src/index.js";
import fc from "../property.js";

const inputSize = 4;
const classes = 3;

const layer = fc.oneof(
  fc.record({
    kind: fc.constant("linear" as const),
    size: fc.integer({ min: 1, max: 9 }),
    bias: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("activation" as const),
    name: fc.constantFrom(
      ...(["ReLU", "LeakyReLU", "Sigmoid", "Tanh", "ELU", "SiLU", "Softplus", "LogSigmoid", "GELU"] as const),
    ),
  }),
  fc.record({ kind: fc.constant("dropout" as const), p: fc.constantFrom(0, 0.2, 0.5, 1) }),
  fc.record({ kind: fc.constantFrom(...(["softmax", "logSoftmax", "identity", "flatten"] as const)) }),
);

const reduction = fc.constantFrom(...(["mean", "sum"] as const));
const loss = fc.oneof(
  fc.record({
    kind: fc.constant("crossEntropy" as const),
    reduction,
    labelSmoothing: fc.constantFrom(0, 0.1),
    weighted: fc.boolean(),
    ignoreIndex: fc.constantFrom(undefined, 1),
  }),
  fc.record({
    kind: fc.constant("nll" as const),
    reduction,
    weighted: fc.boolean(),
    ignoreIndex: fc.constantFrom(undefined, 0),
  }),
  fc.record({ kind: fc.constantFrom(...(["probabilities", "mse", "l1"] as const)), reduction }),
  fc.record({ kind: fc.constantFrom(...(["bce", "logits"] as const)), reduction, weighted: fc.boolean() }),
);

const decay = fc.constantFrom(0, 0.01);
const adamOptions = { weightDecay: decay, amsgrad: fc.boolean(), maximize: fc.boolean() };
const optimizer = fc.oneof(
  fc.record({
    kind: fc.constant("SGD" as const),
    options: fc.oneof(
      fc.record({ momentum: fc.constantFrom(0, 0.9), weightDecay: decay, maximize: fc.boolean() }),
      fc.record({ momentum: fc.constant(0.9), dampening: fc.constantFrom(0, 0.5), weightDecay: decay }),
      fc.record({ momentum: fc.constant(0.9), nesterov: fc.constant(true), weightDecay: decay }),
    ),
  }),
  fc.record({ kind: fc.constantFrom(...(["Adam", "AdamW"] as const)), options: fc.record(adamOptions) }),
  fc.record({
    kind: fc.constantFrom(...(["Adagrad", "RMSprop", "Adadelta", "Adamax", "NAdam", "RAdam"] as const)),
    options: fc.record({ weightDecay: fc.constantFrom(0, 0.01), maximize: fc.boolean() }),
  }),
);

/** What happens between two steps, and how the next one is called. */
const event = fc.record({
  size: fc.constantFrom(0, 1, 2, 5),
  /** How the input lies in memory. */
  view: fc.constantFrom(...(["dense", "dense", "transposed", "rows", "columns", "expanded"] as const)),
  lr: fc.constantFrom(0.1, 0.1, 0.03),
  training: fc.boolean(),
  /** The parameter whose requiresGrad is toggled, when there is one. */
  toggle: fc.option(fc.nat(5), { freq: 5 }),
  zeroGrad: fc.constantFrom(...(["inside", "inside", "outside", "none"] as const)),
  /** Reads `.grad`, as a script that logs does: what was read must not change later. */
  look: fc.boolean(),
  infer: fc.boolean(),
  fresh: fc.boolean(),
});

const result = fc.constantFrom(...(["loss", "array", "record", "views", "input", "nothing"] as const));

export const world = fc.record({
  backend: fc.constantFrom(...(["native", "js"] as const)),
  dtype: fc.constantFrom(...(["float32", "float32", "float64"] as const)),
  layers: fc.array(layer, { maxLength: 5 }),
  loss,
  optimizer,
  groups: fc.boolean(),
  result,
  /** The step overwrites its input. */
  overwrites: fc.boolean(),
  events: fc.array(event, { minLength: 2, maxLength: 7 }),
});

export type World = typeof world extends fc.Arbitrary<infer T> ? T : never;
export type Event = World["events"][number];

function layerOf(spec: World["layers"][number], width: number): [nn.Module, number] {
  if (spec.kind === "linear") return [new nn.Linear(width, spec.size, { bias: spec.bias }), spec.size];
  if (spec.kind === "activation") return [new nn[spec.name](), width];
  if (spec.kind === "dropout") return [new nn.Dropout(spec.p), width];
  if (spec.kind === "softmax") return [new nn.Softmax(1), width];
  if (spec.kind === "logSoftmax") return [new nn.LogSoftmax(1), width];
  return [spec.kind === "flatten" ? new nn.Flatten() : new nn.Identity(), width];
}

function modelOf({ layers, loss }: World): nn.Sequential {
  const modules: nn.Module[] = [];
  let width = inputSize;
  for (const spec of layers) {
    const [module, next] = layerOf(spec, width);
    modules.push(module);
    width = next;
  }
  modules.push(new nn.Linear(width, classes));
  if (loss.kind === "bce") modules.push(new nn.Sigmoid());
  if (loss.kind === "nll") modules.push(new nn.LogSoftmax(1));
  return new nn.Sequential(...modules);
}

function lossOf({ loss, dtype }: World): nn.Module {
  const weight = "weighted" in loss && loss.weighted ? { weight: tensor([0.5, 1, 2], { dtype }) } : undefined;
  const { reduction } = loss;
  const ignore =
    "ignoreIndex" in loss && loss.ignoreIndex !== undefined ? { ignoreIndex: loss.ignoreIndex } : {};
  if (loss.kind === "crossEntropy")
    return new nn.CrossEntropyLoss({ reduction, ...weight, ...ignore, labelSmoothing: loss.labelSmoothing });
  if (loss.kind === "nll") return new nn.NLLLoss({ reduction, ...weight, ...ignore });
  if (loss.kind === "probabilities") return new nn.CrossEntropyLoss({ reduction });
  if (loss.kind === "mse") return new nn.MSELoss({ reduction });
  if (loss.kind === "l1") return new nn.L1Loss({ reduction });
  if (loss.kind === "bce") return new nn.BCELoss({ reduction, ...weight });
  return new nn.BCEWithLogitsLoss({ reduction, ...weight });
}

function optimizerOf({ optimizer: { kind, options }, groups }: World, model: nn.Module) {
  const params = model.parameters();
  const halves = [{ params: params.slice(0, 1) }, { params: params.slice(1), lr: 0.02, weightDecay: 0.1 }];
  const Optimizer: new (params: any, options: any) => InstanceType<(typeof optim)[typeof kind]> = optim[kind];
  return new Optimizer(groups && params.length > 1 ? halves : params, { lr: 0.1, ...options });
}

/**
 * Rows of a larger tensor and the like: memory that does not begin, or does not lie, as a dense tensor does.
 */
function seen(view: Event["view"], n: number, dtype: "float32" | "float64"): Tensor {
  if (view === "transposed") return randn([inputSize, n], { dtype }).transpose(0, 1);
  if (view === "rows") return randn([n + 3, inputSize], { dtype }).narrow(0, 2, n);
  if (view === "columns") return randn([n, inputSize + 3], { dtype }).narrow(1, 1, inputSize);
  if (view === "expanded") return randn([1, inputSize], { dtype }).expand([n, inputSize]);
  return randn([n, inputSize], { dtype });
}

function targetOf({ loss, dtype }: World, n: number): Tensor {
  if (loss.kind === "crossEntropy" || loss.kind === "nll")
    return tensor(Int32Array.from({ length: n }, (_, i) => (2 * i + n) % classes));
  const target = randn([n, classes], { dtype });
  return loss.kind === "probabilities" ? target.softmax(1) : target.sigmoid();
}

/** A model with its optimizer, made from the seed alone, and the functions of it that are to be compiled. */
export function build(world: World) {
  manualSeed(7);
  const model = modelOf(world);
  if (world.dtype === "float64") model.to("float64");
  const optimizer = optimizerOf(world, model);
  const lossFn = lossOf(world);
  const step = (x: Tensor, y: Tensor, zeroGrad: boolean): unknown => {
    if (zeroGrad) optimizer.zeroGrad();
    const out = model.forward(x);
    const loss: Tensor = lossFn.forward(out, y);
    if (loss.requiresGrad) loss.backward();
    optimizer.step();
    if (world.overwrites && !x.strides.includes(0)) x.mul_(0.5);
    const results = {
      loss,
      array: [loss, 3, [out]],
      record: { loss, out, name: "step" },
      views: [out.transpose(0, 1), out.select(1, 1), loss],
      input: { x, same: x, part: x.select(1, 2), y },
      nothing: undefined,
    };
    return results[world.result];
  };
  const infer = (x: Tensor) => model.forward(x).softmax(1);
  /** The batch of an event. */
  const batch = ({ view, size }: Event) => [seen(view, size, world.dtype), targetOf(world, size)] as const;
  return { model, optimizer, step, infer: (x: Tensor) => noGrad(() => infer(x)), batch };
}
