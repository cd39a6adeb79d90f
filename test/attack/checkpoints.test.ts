/**
 * Checkpoints and state dicts that somebody changed: every field takes hostile values in turn. What is
 * refused leaves everything bit for bit as it was; with what is taken, training goes on.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  data,
  fit,
  io,
  manualSeed,
  nn,
  optim,
  randn,
  SimdgradError,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { defaultGenerator } from "../../src/random.js";
import fc from "../property.js";
import { patience, times } from "./effort.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-attack-checkpoints-"));
afterAll(() => rmSync(folder, { recursive: true }));
const written = join(folder, "run.ckpt");
const changed = join(folder, "changed.ckpt");
const key = "simdgrad checkpoint";

type Maker = (model: nn.Module) => optim.Optimizer<any>;
const adam: Maker = (model) => new optim.Adam(model.parameters(), { lr: 0.02, amsgrad: true });
const sgd: Maker = (model) => new optim.SGD(model.parameters(), { lr: 0.02, momentum: 0.9 });

/**
 * A run of 3 epochs of 3 steps, the last one smaller: dropout, batch norm, a schedule of two, transforms that
 * draw.
 */
function make(optimizerOf: Maker = adam, more: object = {}) {
  manualSeed(3);
  const model = new nn.Sequential(
    ...[
      new nn.Flatten(),
      new nn.Linear(16, 4),
      new nn.BatchNorm1d(4),
      new nn.Dropout(0.3),
      new nn.Linear(4, 3),
    ],
  );
  const optimizer = optimizerOf(model);
  const { SequentialLR, LinearLR, CyclicLR } = optim.lrScheduler;
  const scheduler = new SequentialLR(
    optimizer,
    [
      new LinearLR(optimizer),
      new CyclicLR(optimizer, { baseLr: 0.01, maxLr: 0.1, mode: "expRange", gamma: 0.9 }),
    ],
    { milestones: [2] },
  );
  const set = new data.TransformedDataset(
    new data.TensorDataset(randn([20, 4, 4]), tensor(Int32Array.from({ length: 20 }, (_, i) => i % 3))),
    data.randomShift(1, { seed: 8 }),
    data.randomHorizontalFlip(0.5),
  );
  const loader = new data.DataLoader(set, { batchSize: 8, shuffle: true, seed: 4 });
  const options = {
    optimizer,
    scheduler,
    schedulerUnit: "step" as const,
    epochs: 3,
    compile: false,
    ...more,
  };
  return {
    model,
    optimizer,
    scheduler,
    loader,
    run: () => fit(model, loader, { reportEvery: 0, ...options }),
  };
}

type Made = ReturnType<typeof make>;

const values = (x: Tensor) => Array.from(x.detach().contiguous().data);

/** Every bit that a run could change. */
function everything({ model, optimizer, scheduler, loader }: Made): string {
  const { state, paramGroups } = optimizer.stateDict();
  return JSON.stringify([
    Object.entries(model.stateDict()).map(([name, x]) => [name, values(x)]),
    Object.entries(state).map(([i, entry]) => [
      i,
      Object.entries(entry).map(([name, x]) => [name, values(x)]),
    ]),
    [paramGroups, scheduler.stateDict(), loader.stateDict(), Array.from(defaultGenerator.getState())],
  ]);
}

const hostile: readonly unknown[] = [
  ...[null, true, "", "1", "x".repeat(100), [], {}, [null], [[]], { length: 1 }],
  ...[-1, -0.5, 0.5, 1e15, 1e300, 2 ** 31, -(2 ** 31) - 1, 2 ** 53],
];
/** What JSON cannot hold, for state dicts in memory. */
const inMemory: readonly unknown[] = [
  ...hostile,
  undefined,
  Number.NaN,
  Infinity,
  1n,
  () => 1,
  Symbol("s"),
  new Map(),
];

/** Every place in a tree of JSON: paths to objects, lists, their items and leaves. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null || "storage" in value) return [path];
  const below = Object.entries(value).flatMap(([name, item]) => places(item, [...path, name]));
  return [path, ...below];
}

/** A copy with another value at a place. */
function altered(value: any, [first, ...rest]: readonly (string | number)[], given: unknown): any {
  if (first === undefined) return given;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[first] = altered(value[first], rest, given);
  return copy;
}

let tensors: Record<string, Tensor>;
let header: any;

beforeAll(async () => {
  const { run } = make(adam, { checkpoint: written });
  for await (const { step } of run()) if (step === 5) break;
  const read = io.readSafetensorsSync(written);
  tensors = read.tensors;
  header = JSON.parse(read.metadata[key]);
});

const resume = async (made: Made, spoilt: { tensors?: Record<string, Tensor>; header?: unknown }) => {
  io.saveSafetensorsSync(changed, spoilt.tensors ?? tensors, {
    metadata: { [key]: JSON.stringify(spoilt.header ?? header) },
  });
  return made.run();
};

async function refusedOrGoesOn(made: Made, spoilt: Parameters<typeof resume>[1]): Promise<string> {
  const before = everything(made);
  try {
    const { loss, completed } = await resume(made, spoilt);
    expect(completed).toBe(true);
    expect(Number.isNaN(loss) || Number.isFinite(loss)).toBe(true);
    return "taken";
  } catch (error) {
    expect(error).toBeInstanceOf(SimdgradError);
    const { code, message } = error as SimdgradError;
    expect(message.length).toBeLessThan(1000);
    if (code !== "NAN_LOSS") expect(everything(made)).toBe(before);
    return code;
  }
}

test("the checkpoint as it is: the bits of a run that was never stopped", async () => {
  const whole = make();
  await whole.run();
  const resumed = make(adam, { checkpoint: changed, resume: true });
  await resume(resumed, {});
  expect(everything(resumed)).toBe(everything(whole));
});

test("every field of the header, one after another", { timeout: patience() }, async () => {
  const all = places(header).flatMap((path) => hostile.map((given) => ({ path, given })));
  const step = Math.max(1, Math.round(all.length / times(60)));
  const outcomes = new Set<string>();
  for (let i = 0; i < all.length; i += step) {
    const { path, given } = all[i];
    const made = make(adam, { checkpoint: changed, resume: true });
    outcomes.add(await refusedOrGoesOn(made, { header: altered(header, path, given) }));
  }
  expect([...outcomes].sort()).toEqual(
    expect.arrayContaining(["INVALID_HYPERPARAMETER", "NOT_A_CHECKPOINT", "STATE_DICT_MISMATCH", "taken"]),
  );
});

test.each<[string, unknown, string]>([
  ["paramGroups: [null]", { paramGroups: [null] }, "NOT_A_CHECKPOINT"],
  ["a negative epoch", { standing: { epoch: -5, step: 5, score: [], ahead: 0 } }, "NOT_A_CHECKPOINT"],
  ["half a step", { standing: { epoch: 1, step: 0.5, score: [], ahead: 0 } }, "NOT_A_CHECKPOINT"],
  [
    "more hits than samples",
    { standing: { epoch: 1, step: 5, score: [2, 1, 3], ahead: 0 } },
    "NOT_A_CHECKPOINT",
  ],
  ["version 0", { version: 0 }, "NOT_A_CHECKPOINT"],
  ["no generator of the transforms", { loader: null }, "NOT_A_CHECKPOINT"],
])("%s", async (_, change, code) => {
  const made = make(adam, { checkpoint: changed, resume: true });
  expect(await refusedOrGoesOn(made, { header: { ...header, ...(change as object) } })).toBe(code);
});

test("every tensor: missing, of another shape or dtype, an unknown name, a step that is none", async () => {
  const names = Object.keys(tensors).filter((_, i) => i % 7 === 0 || times(1) > 1);
  for (const name of [...names, "optimizer.1.step"]) {
    const { [name]: x, ...others } = tensors;
    const wrong: Record<string, Tensor>[] = [
      others,
      { ...others, [name]: tensor([1, 2, 3, 4, 5]) },
      { ...others, [name]: x, [`${name}.more`]: x },
      { ...others, [`optimizer.99.${name}`]: x },
    ];
    if (name.endsWith(".step"))
      for (const step of [-1, 0.5, Number.NaN, Infinity, 1e300])
        wrong.push({ ...others, [name]: tensor(step, { dtype: "float64" }) });
    for (const spoilt of wrong) {
      const made = make(adam, { checkpoint: changed, resume: true });
      expect(await refusedOrGoesOn(made, { tensors: spoilt })).toBe("STATE_DICT_MISMATCH");
    }
  }
});

test("a checkpoint of Adam, resumed with SGD, changes nothing", async () => {
  for (const other of [sgd, (model: nn.Module) => new optim.Adam(model.parameters(), { lr: 0.02 })])
    expect(await refusedOrGoesOn(make(other, { checkpoint: changed, resume: true }), {})).toMatch(
      /MISMATCH|HYPER/,
    );
});

test("a scheduler of the user's own that refuses is put back", async () => {
  let count = 0;
  const own = {
    step: () => void count++,
    stateDict: () => ({ count }),
    loadStateDict: (state: { count: number }) => {
      count = state.count;
      if (count === undefined) throw new SimdgradError("STATE_DICT_MISMATCH", "no count");
    },
  };
  const made = make(adam, { checkpoint: changed, resume: true, scheduler: own });
  expect(await refusedOrGoesOn(made, {})).toBe("STATE_DICT_MISMATCH");
  expect(count).toBe(0);
});

const loads: [string, (made: Made) => { stateDict(): any; loadStateDict(state: any): unknown }][] = [
  ["model", ({ model }) => model],
  ["optimizer", ({ optimizer }) => optimizer],
  ["scheduler", ({ scheduler }) => scheduler],
  ["loader", ({ loader }) => loader],
];

test.each(loads)("every field of the state dict of the %s", async (_, partOf) => {
  const from = make();
  await from.run();
  const state = partOf(from).stateDict();
  const detached = tensor([1, 2, 3]);
  // Small tensors cannot be pulled away; this one is a part of one that can.
  const whole = randn([4, 40_000]);
  const big = whole.narrow(1, 0, 16);
  structuredClone(whole.data.buffer, { transfer: [whole.data.buffer as ArrayBuffer] });
  const given = [...inMemory, detached, big];
  const made = make();
  const part = partOf(made);
  for (const path of places(state))
    for (const value of given) {
      const before = everything(made);
      try {
        part.loadStateDict(altered(state, path, value));
        part.loadStateDict(state);
        JSON.stringify(everything(made));
      } catch (error) {
        expect(error).toBeInstanceOf(SimdgradError);
        expect(everything(made)).toBe(before);
      }
    }
  part.loadStateDict(state);
  await made.run();
});

test("generators take 4 int32 words", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.array(fc.anything(), { minLength: 3, maxLength: 5 })),
      (given: any) => {
        const before = Array.from(defaultGenerator.getState());
        try {
          defaultGenerator.setState(given);
          expect(Array.from(defaultGenerator.getState())).toEqual(Array.from(given));
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_STATE" });
          expect(Array.from(defaultGenerator.getState())).toEqual(before);
        }
        defaultGenerator.setState(before);
      },
    ),
    { numRuns: times(200) },
  );
});

test("ReduceLROnPlateau: the state of JSON, and hostile ones", () => {
  const make = () => {
    const optimizer = new optim.SGD([tensor([1], { requiresGrad: true })], { lr: 0.5 });
    return new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0, mode: "max" });
  };
  const fresh = make();
  fresh.loadStateDict(JSON.parse(JSON.stringify(make().stateDict())));
  expect(fresh.best).toBe(-Infinity);
  fresh.step(1);
  const state = fresh.stateDict();
  for (const path of places(state))
    for (const value of inMemory) {
      const before = JSON.stringify(fresh.stateDict());
      try {
        fresh.loadStateDict(altered(state, path, value));
        fresh.loadStateDict(state);
      } catch (error) {
        expect(error).toBeInstanceOf(SimdgradError);
        expect(JSON.stringify(fresh.stateDict())).toBe(before);
      }
    }
});
