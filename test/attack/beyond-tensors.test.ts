/**
 * What is not a function of tensors: optimizers, schedules, data, files, training, and the `forward` of every
 * layer. A wrong argument is refused in the library's own words or taken; it is never an error of
 * JavaScript's.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as simdgrad from "../../src/index.js";
import { data, nn, ones, optim, SimdgradError, type Tensor, tensor, zeros } from "../../src/index.js";
import * as plot from "../../src/plot/index.js";
import fc from "../property.js";
import { calls } from "./calls.js";
import { patience, times } from "./effort.js";
import { callOf, everything, replaced, shown } from "./hostile.js";
import { moreCalls } from "./more-calls.js";
import { m } from "./values.js";

const model = () => new nn.Linear(2, 2);
const sgd = () => new optim.SGD(model().parameters(), { lr: 0.1, momentum: 0.9 });
const x = () => ones([8, 2]);
const y = () => tensor([0, 1, 0, 1, 0, 1, 0, 1], { dtype: "int32" });
const set = () => new data.TensorDataset(x(), y());
const nowhere = () => join(tmpdir(), "simdgrad-attack", "nowhere", "file");
const lr = optim.lrScheduler;
const csv = "a,b\n1,2\n3,4\n";
const idx = () => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9);
const raw = () => ({ w: { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) } });
const trained = () => {
  const net = model();
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
  return [
    net,
    set(),
    { optimizer, epochs: 1, batchSize: 4, shuffle: true, seed: 1, compile: false, keepGrads: false },
  ];
};

/**
 * Arguments, and the names of those that take them. Files that are read are not there: their error has a code
 * as well.
 */
const rows: readonly (readonly [args: () => unknown[], names: string])[] = [
  [
    () => [model().parameters(), { lr: 0.1, weightDecay: 0.1 }],
    "optim.Adam optim.AdamW optim.SGD optim.Adagrad",
  ],
  [
    () => [[{ params: model().parameters(), lr: 0.1 }], { lr: 0.1 }],
    "optim.RMSprop optim.Adadelta optim.Adamax optim.NAdam optim.RAdam optim.Rprop",
  ],
  [() => [sgd(), { stepSize: 1, gamma: 0.5 }], "optim.lrScheduler.StepLR"],
  [() => [sgd(), { milestones: [1], gamma: 0.5 }], "optim.lrScheduler.MultiStepLR"],
  [() => [sgd(), { factor: 0.5, totalIters: 3 }], "optim.lrScheduler.ConstantLR"],
  [() => [sgd(), { startFactor: 0.5, endFactor: 1, totalIters: 3 }], "optim.lrScheduler.LinearLR"],
  [() => [sgd(), { gamma: 0.5 }], "optim.lrScheduler.ExponentialLR"],
  [() => [sgd(), { totalIters: 3, power: 1 }], "optim.lrScheduler.PolynomialLR"],
  [() => [sgd(), { tMax: 3, etaMin: 0 }], "optim.lrScheduler.CosineAnnealingLR"],
  [() => [sgd(), { t0: 2, tMult: 1, etaMin: 0 }], "optim.lrScheduler.CosineAnnealingWarmRestarts"],
  [
    () => [sgd(), { lrLambda: (epoch: number) => 0.9 ** epoch }],
    "optim.lrScheduler.LambdaLR optim.lrScheduler.MultiplicativeLR",
  ],
  [
    () => [sgd(), { maxLr: 1, totalSteps: 10, pctStart: 0.3, annealStrategy: "cos" }],
    "optim.lrScheduler.OneCycleLR",
  ],
  [() => [sgd(), { baseLr: 0.1, maxLr: 1, stepSizeUp: 2, mode: "triangular" }], "optim.lrScheduler.CyclicLR"],
  [
    () => [sgd(), { mode: "min", factor: 0.5, patience: 1, minLr: 0, cooldown: 0 }],
    "optim.lrScheduler.ReduceLROnPlateau",
  ],
  [
    () => {
      const optimizer = sgd();
      return [[new lr.ExponentialLR(optimizer, { gamma: 0.5 })], optimizer];
    },
    "optim.lrScheduler.ChainedScheduler",
  ],
  [
    () => {
      const optimizer = sgd();
      const schedulers = [1, 2].map(() => new lr.ExponentialLR(optimizer, { gamma: 0.5 }));
      return [optimizer, schedulers, { milestones: [2] }];
    },
    "optim.lrScheduler.SequentialLR",
  ],
  [() => [[0.5], [0.5]], "data.normalize"],
  [() => [2, { padding: 1, fill: 0, seed: 1 }], "data.randomCrop"],
  [() => [2, { fill: 0, seed: 1 }], "data.randomShift"],
  [() => [0.5, { seed: 1 }], "data.randomHorizontalFlip"],
  [() => [y(), 2], "data.classWeights"],
  [
    () => [csv, { columns: { a: "number", b: "label" }, header: true, delimiter: ",", missing: "error" }],
    "data.parseCsv",
  ],
  [() => [nowhere(), { columns: { a: "number" }, header: true, delimiter: "," }], "data.readCsv"],
  [
    () => [set(), { batchSize: 2, shuffle: true, seed: 1, dropLast: true, prefetchFactor: 1 }],
    "data.DataLoader",
  ],
  [() => [x(), y(), { scale: 1, shift: 0 }], "data.TensorDataset"],
  [() => [idx(), { maxBytes: 100 }], "data.readIdx data.readIdxSync"],
  [() => [], "data.iris"],
  [() => [{ dir: nowhere(), split: "train" }], "data.mnist"],
  [() => [nowhere(), { train: true, mean: 0.5, std: 0.5 }], "data.cifar10"],
  [
    () => [{ n: 10, noise: 0.1, seed: 1 }],
    "data.playground.gaussian data.playground.circle data.playground.xor data.playground.spiral data.playground.plane data.playground.multiGaussian",
  ],
  [() => [], "data.StandardScaler"],
  [() => [set(), 2, { shuffle: true, seed: 1 }], "data.kFold"],
  [() => [set(), [4, 4], { seed: 1 }], "data.randomSplit"],
  [() => [set(), { testSize: 0.25, shuffle: true, seed: 1 }], "data.trainTestSplit"],
  [() => [[[x(), y()]], { batchSize: 2, shuffleBuffer: 2, seed: 1, dropLast: true }], "data.StreamLoader"],
  [() => [set(), [0, 1]], "data.Subset"],
  [() => [set(), (v: Tensor) => v], "data.TransformedDataset"],
  [() => [raw(), { note: "text" }], "io.encodeSafetensors"],
  [() => [simdgrad.io.encodeSafetensors(raw() as never)], "io.decodeSafetensors"],
  [
    () => [nowhere(), { w: m() }, { metadata: { note: "text" } }],
    "io.saveSafetensors io.saveSafetensorsSync",
  ],
  [() => [nowhere()], "io.loadSafetensors io.loadSafetensorsSync io.readSafetensors io.readSafetensorsSync"],
  [() => [y(), y(), { classes: 2 }], "train.confusionMatrix"],
  [() => [{ patience: 1, minDelta: 0, mode: "min" }], "train.EarlyStopping"],
  [() => [model(), set(), { batchSize: 4, confusion: false }], "train.evaluate"],
  [() => trained(), "fit train.fit train.Fit"],
  [() => [model()], "train.gradientNorms"],
  [() => ["runs"], "train.tensorboard"],
  [() => [model(), set(), 2, { batchSize: 4 }], "train.mostWrong"],
  [() => [(v: Tensor) => v.mul(2), { maxRecordings: 2, keepGrads: true }], "compile"],
  [
    () => [
      (v: Tensor) => v.sum(),
      [ones([1], { dtype: "float64", requiresGrad: true })],
      { eps: 1e-6, seed: 1 },
    ],
    "gradcheck",
  ],
  [() => [1], "Generator manualSeed"],
  [() => [() => 1], "noGrad autograd.noGrad"],
  [
    () => {
      const w = ones([2], { requiresGrad: true });
      return [[w.sum()], [undefined], { retainGraph: true }];
    },
    "autograd.backward",
  ],
  [
    () => {
      const w = ones([2], { requiresGrad: true });
      return [w.sum(), [w], { createGraph: false, allowUnused: true }];
    },
    "autograd.grad",
  ],
];
/** Pictures are drawn, and then their folder is not there. */
const picture = `${nowhere()}.svg`;
const frame = (path: string) => plot.curves(path, { a: [1, 2] });
const small = { width: 200, height: 150, title: "title" };
const range = { xRange: [0, 1], yRange: [0, 1] };
const pictures: readonly (readonly [args: () => unknown[], names: string])[] = [
  [() => [picture, { a: [1, 2] }, { ...small, ...range, logX: false, logY: true, start: 1 }], "plot.curves"],
  [() => [picture, [1, 2, 2], { ...small, bins: 2, range: [0, 2] }], "plot.histogram"],
  [() => [picture, m(), { ...small, classNames: ["a", "b"] }], "plot.confusionMatrix"],
  [
    () => [picture, model(), x(), y(), { ...small, ...range, level: 0, classNames: ["a"], resolution: 3 }],
    "plot.decisionBoundary",
  ],
  [
    () => [
      picture,
      (a: number) => a,
      { ...small, ...range, descent: m(), levels: 2, log: true, resolution: 3 },
    ],
    "plot.lossSurface",
  ],
  [
    () => {
      const net = model();
      net.forward(x()).sum().backward();
      return [picture, net, { ...small, yLabel: "y" }];
    },
    "plot.gradientFlow",
  ],
  [() => [picture, m(), { ...small, captions: ["a"], columns: 1, range: [0, 1] }], "plot.images"],
  [
    () => [picture, x(), y(), { ...small, ...range, classNames: ["a", "b"], equalAspect: true, size: 9 }],
    "plot.scatter",
  ],
  [
    () => [
      picture,
      (points: Tensor) => points.sum(1),
      {
        ...small,
        ...range,
        zRange: [0, 1],
        steps: 2,
        paths: { a: m() },
        azimuth: 20,
        elevation: 20,
        zLabel: "z",
      },
    ],
    "plot.surface",
  ],
  [() => [picture, model(), { ...small, inputShape: [2], maxUnits: 4 }], "plot.network"],
  [() => [picture, [1, 2], frame, { duration: 1, hold: 0 }], "plot.animation"],
  [() => [picture, "op"], "plot.checkDrawable"],
];
const named = [...rows, ...pictures].flatMap(([args, names]) =>
  names.split(" ").map((name) => [name, args] as const),
);

/** Whether a program cannot distinguish the error from a bug. */
const isPlain = (error: unknown) =>
  !(error instanceof SimdgradError) && (error as { code?: unknown })?.code === undefined;

/** The error of a call, thrown at once or by its promise. */
async function thrownBy(run: () => unknown): Promise<unknown> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error;
  }
}

const hostile = everything();
const some = () => {
  const length = Math.min(times(3), hostile.length);
  return fc.sample(fc.shuffledSubarray(hostile, { minLength: length, maxLength: length }), 1)[0];
};

async function problems(name: string, make: () => unknown[]): Promise<string[]> {
  const found: string[] = [];
  for (const [value] of some())
    for (const [where] of replaced(make(), value)) {
      const args = [...replaced(make(), value)].find(([w]) => w === where)![1];
      const error = await thrownBy(() => callOf(name)(args));
      if (error !== undefined && isPlain(error)) found.push(`${name}, ${where} = ${shown(value)}: ${error}`);
      else if (error instanceof Error && error.message.length >= 1000) found.push(`${name}: a long message`);
    }
  return found;
}

describe("beyond tensors", () => {
  // Text is a path to what writes files: "a" is a file of the folder that the process is in.
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-attack-"));
  beforeAll(() => process.chdir(folder));
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  it("the table has every function and class of every room", () => {
    const known = new Set(
      [...named, ...[...calls, ...moreCalls].flatMap(([, names]) => names.split(" ").map((n) => [n]))].map(
        ([n]) => n,
      ),
    );
    const missing: string[] = [];
    const look = (room: object, prefix: string) => {
      for (const [name, value] of Object.entries(room)) {
        if (typeof value === "function" && !known.has(prefix + name)) missing.push(prefix + name);
        else if (typeof value === "object" && !Array.isArray(value)) look(value, `${prefix}${name}.`);
      }
    };
    const { optim, data, io, train, autograd } = simdgrad;
    const all = { optim, data, io, train, autograd, plot };
    for (const [name, room] of Object.entries(all)) look(room, `${name}.`);
    // Bases of others, a stream that is read later, and what takes nothing.
    expect(missing).toEqual([
      "optim.Optimizer",
      "optim.lrScheduler.Scheduler",
      "data.csvSamples",
      "autograd.Function",
      "autograd.FunctionContext",
      "autograd.isGradEnabled",
    ]);
  });

  it(
    "takes no argument that ends in an error of JavaScript's",
    async () => {
      const found: string[] = [];
      for (const [name, make] of named) found.push(...(await problems(name, make)));
      expect(found).toEqual([]);
    },
    patience(),
  );

  it("writes no file into the folder that it was started in", async () => {
    const [save, make] = named.find(([name]) => name === "io.saveSafetensors")!;
    await callOf(save)(["0.5", ...make().slice(1)]);
    expect(readdirSync(folder)).toContain("0.5");
    expect(readdirSync(home).filter((name) => ["a", "0.5"].includes(name))).toEqual([]);
  });
});

describe("forward", () => {
  /** Containers and what is made of other layers have no forward of one tensor. */
  const layers = [...calls, ...moreCalls].flatMap(([args, names]) =>
    names.split(" ").flatMap((name) => {
      const Layer =
        name.startsWith("nn.") && name.split(".").length === 2 ? (nn as any)[name.slice(3)] : undefined;
      return typeof Layer?.prototype?.forward === "function" ? [[name, args] as const] : [];
    }),
  );
  const inputs: readonly (readonly [string, () => unknown])[] = [
    ["a number", () => 1],
    ["an array", () => [1, 2]],
    ["a Float32Array", () => Float32Array.of(1, 2)],
    ["null", () => null],
    ["nothing", () => undefined],
    ["text", () => "a"],
    ["an object", () => ({})],
    ["int32", () => zeros([2, 2], { dtype: "int32" })],
    ["bool", () => zeros([2, 2], { dtype: "bool" })],
    ["no dims", () => zeros([])],
    ["6 dims", () => zeros([1, 2, 1, 2, 1, 2])],
    ["nothing in it", () => zeros([0])],
    ["float64", () => zeros([2, 2], { dtype: "float64" })],
  ];

  it("takes every layer", () => expect(layers.length).toBeGreaterThan(100));

  it(
    "of a wrong input is an error of the library's",
    () => {
      const found: string[] = [];
      for (const [name, make] of layers)
        for (const [what, input] of inputs)
          for (const count of [1, 2, 3]) {
            const layer = callOf(name)(make()) as { forward(...args: unknown[]): unknown };
            const args = Array.from({ length: count }, input);
            try {
              layer.forward(...args);
            } catch (error) {
              if (isPlain(error)) found.push(`${name}, ${count} of ${what}: ${String(error).slice(0, 120)}`);
            }
          }
      expect(found).toEqual([]);
    },
    patience(),
  );
});
