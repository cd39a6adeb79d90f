/** What `report` sees of a run, and that the run does not notice. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import {
  backend,
  data,
  type FitOptions,
  fit,
  manualSeed,
  nn,
  optim,
  rand,
  randn,
  type Tensor,
  tensor,
  train,
} from "../../src/index.js";
import { defaultGenerator } from "../../src/random.js";
import { elementsOf, dataOf as pageData, readPage, textOf } from "./pages.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-report-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = (ending = "html") => join(folder, `${files++}.${ending}`);

const bits = (x: Tensor) => Array.from(x.detach().contiguous().data);

/** Layers that draw random numbers and keep statistics. */
function network(): nn.Module {
  manualSeed(3);
  return new nn.Sequential(
    new nn.Linear(6, 24),
    new nn.BatchNorm1d(24),
    new nn.ReLU(),
    new nn.Dropout(0.3),
    new nn.Linear(24, 3),
  );
}

function samples(count: number): data.TensorDataset<[Tensor, Tensor]> {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  return new data.TensorDataset(randn([count, 6]), tensor(labels));
}

interface Setup extends Partial<FitOptions> {
  unit?: "step" | "epoch";
  count?: number;
}

function setup({ unit = "step", count = 90, ...options }: Setup = {}) {
  const model = network();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 5, gamma: 0.8 });
  const set = samples(count);
  const given = { optimizer, scheduler, schedulerUnit: unit, epochs: 4, batchSize: 8, seed: 5, ...options };
  return { model, optimizer, set, options: given as FitOptions };
}

/** Everything that a run leaves behind. */
async function outcome(more: Setup) {
  const { model, optimizer, set, options } = setup(more);
  const losses: number[] = [];
  for await (const { type, loss, accuracy, lr } of fit(model, set, options))
    if (type === "epoch") losses.push(loss, accuracy!, lr);
  return {
    losses,
    state: Object.values(model.stateDict()).map(bits),
    moments: Object.values(optimizer.stateDict().state).flatMap((entry) => Object.values(entry).map(bits)),
    generator: Array.from(defaultGenerator.getState()),
    modes: model.modules().map(({ training }) => training),
  };
}

describe("a run with a report has the bits of one without", () => {
  test.each<[string, Setup]>([
    ["compiled", {}],
    ["compiled, an event for each step", { reportEvery: 0 }],
    ["compiled, scheduled by epochs", { unit: "epoch" }],
    ["compiled, long enough for timed steps", { epochs: 600 }],
    ["eager", { compile: false }],
    ["gradients kept", { keepGrads: true }],
    ["in shards", { shards: 2, count: 96 }],
  ])("%s", async (_, options) => {
    const validation = samples(20);
    const path = file();
    const report = [path, train.tensorboard(file("events"))];
    const without = await outcome({ ...options, validation });
    const withReport = await outcome({ ...options, validation, report });
    expect(withReport).toEqual(without);
    const { norms, kernels, curves } = pageData(readPage(path));
    expect(curves.step.at(-1)).toBe(12 * (options.epochs ?? 4));
    expect("missing" in norms ? 0 : norms.step.length).toBeGreaterThan(0);
    if (options.epochs === 600) expect("missing" in kernels ? 0 : kernels.steps).toBeGreaterThan(0);
  });

  test("on the JavaScript core", async () => {
    const { name } = backend;
    backend.use("js");
    try {
      const without = await outcome({});
      expect(await outcome({ report: file() })).toEqual(without);
    } finally {
      backend.use(name);
    }
  });

  test("with a model that cannot be compiled", async () => {
    class Reads extends nn.Module {
      fc = new nn.Linear(6, 3);
      forward(x: Tensor): Tensor {
        return this.fc.forward(x.mul(x.sum().item() > 0 ? 1 : -1));
      }
    }
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const of = async (report?: string) => {
      manualSeed(1);
      const model = new Reads();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      await fit(model, samples(40), { optimizer, epochs: 2, seed: 1, ...(report && { report }) });
      return model.parameters().map(bits);
    };
    const without = await of();
    expect(await of(file())).toEqual(without);
    expect(warned).toHaveBeenCalledTimes(2);
    warned.mockRestore();
  });
});

describe("the page of a run", () => {
  test("has the model, the data, the settings, the machine and the way to repeat it", async () => {
    const path = file();
    const { model, set, options } = setup({ report: { path, title: "A run", command: "node a.js" } });
    await fit(model, set, { ...options, validation: samples(30) });
    const page = readPage(path);
    const run = pageData(page);
    expect(run).toMatchObject({
      title: "A run",
      state: "completed",
      epoch: 4,
      epochs: 4,
      step: 48,
      steps: 48,
    });
    expect(
      run.model.rows.map(({ path: at, kind, output, parameters }) => [at, kind, output, parameters]),
    ).toEqual([
      ["", "Sequential", [8, 3], 0],
      ["0", "Linear", [8, 24], 168],
      ["1", "BatchNorm1d", [8, 24], 48],
      ["2", "ReLU", [8, 24], 0],
      ["3", "Dropout", [8, 24], 0],
      ["4", "Linear", [8, 3], 75],
    ]);
    const facts = Object.fromEntries([...run.data, ...run.settings, ...run.machine]);
    expect(facts).toMatchObject({
      training: "90 samples",
      "training: a sample": "[6] float32",
      validation: "30 samples",
      optimizer: "Adam",
      betas: "[0.9, 0.999]",
      scheduler: "StepLR, after each step",
      "batch size": "8",
      "seed of fit": "5",
      "seed of manualSeed": "3",
      backend: backend.name,
    });
    expect(run.epochRows.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 12],
      [2, 24],
      [3, 36],
      [4, 48],
    ]);
    expect(run.reproduce.code).toContain("manualSeed(3)");
    expect(run.reproduce.code).toContain("seed: 5,");
    const text = textOf(page);
    for (const part of ["A run completed", "Curves", "Classes", "Weights", "Time by kernel", "node a.js"])
      expect(text).toContain(part);
    // Loss, accuracy, learning rate, gradient norms, throughput; a histogram for each parameter.
    expect(page.match(/data-domain=/g)).toHaveLength(5);
    expect(page.match(/class="histogram"/g)).toHaveLength(6);
    elementsOf(page);
  });

  test("loads nothing, and its script is the only one that may run", async () => {
    const path = file();
    const { model, set, options } = setup({ report: path });
    await fit(model, set, options);
    const page = readPage(path);
    expect(page).not.toMatch(/\b(src|href)="(?!data:)/);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(page).toContain("default-src &#39;none&#39;");
    expect(page).not.toContain('http-equiv="refresh"');
  });

  test("escapes every name: a class called <script> stays text", async () => {
    const hostile = '</script><script>alert(1)</script>"><img src=x onerror=alert(2)>\u202e\u0000';
    class Hostile extends nn.Module {
      [hostile] = new nn.Linear(6, 3);
      forward(x: Tensor): Tensor {
        return (this[hostile] as nn.Linear).forward(x);
      }
    }
    manualSeed(0);
    const model = new Hostile();
    const optimizer = new optim.SGD(model.parameters(), { lr: 1e-3 });
    const path = file();
    const classes = [hostile, "b", "c"];
    const page = { path, title: hostile, classes, command: hostile };
    await fit(model, samples(60), { optimizer, report: page, validation: samples(60) });
    const text = readPage(path);
    const elements = elementsOf(text);
    expect(elements.get("script")).toBe(2);
    expect(elements.get("img")).toBeUndefined();
    expect(text).not.toContain("<img src=x");
    for (const mark of ["\u202e", "\u0000"]) expect(text.includes(mark)).toBe(false);
    expect(textOf(text)).toContain('</script><script>alert(1)</script>"><img src=x onerror=alert(2)>');
    expect(pageData(text).title).toBe(hostile);
  });

  test("counts confusions, and shows the most wrong samples as pictures", async () => {
    manualSeed(0);
    // The model takes the brightest of three rows for the class; a third of the labels say something else.
    const images = rand([30, 1, 4, 4]).mul(0.1);
    const labels = Int32Array.from({ length: 30 }, (_, i) => i % 3);
    for (let i = 0; i < 30; i++) images.data[16 * i + 4 * (i % 3)] = 1;
    const told = labels.map((label, i) => (i < 10 ? (label + 1) % 3 : label));
    class Rows extends nn.Module {
      scale = new nn.Parameter(tensor([10]));
      forward(x: Tensor): Tensor {
        return x.reshape([-1, 4, 4]).narrow(1, 0, 3).amax(2).mul(this.scale);
      }
    }
    const model = new Rows();
    const path = file();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0 });
    const set = new data.TensorDataset(images, tensor(told));
    await fit(model, set, { optimizer, report: { path, test: set, classes: ["one", "two", "three"] } });
    const page = readPage(path);
    const { classified } = pageData(page);
    if ("missing" in classified) throw new Error(classified.missing);
    expect(classified.counts).toEqual([
      [6, 0, 3],
      [4, 7, 0],
      [0, 3, 7],
    ]);
    expect(classified).toMatchObject({ samples: 30, of: 30, accuracy: 0.666667 });
    expect(classified.wrong).toHaveLength(10);
    expect(classified.wrong.map(({ index }) => index).sort((a, b) => a - b)).toEqual([...Array(10).keys()]);
    const [{ png, width, height }] = classified.wrong;
    expect([width, height]).toEqual([4, 4]);
    expect(Buffer.from(png!, "base64").subarray(1, 4).toString()).toBe("PNG");
    expect(elementsOf(page).get("img")).toBe(10);
    expect(textOf(page)).toContain("one → three");
  });

  test("has a picture of the matrix of many classes, and no confusions of a regression", async () => {
    manualSeed(0);
    const of = async (outputs: number, y: Tensor, loss: nn.Module) => {
      const model = new nn.Linear(6, outputs);
      const path = file();
      const set = new data.TensorDataset(randn([y.shape[0], 6]), y);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
      await fit(model, set, { optimizer, loss, report: path, validation: set });
      const page = readPage(path);
      elementsOf(page);
      return { run: pageData(page), page };
    };
    const labels = tensor(Int32Array.from({ length: 2000 }, (_, i) => i % 1000));
    const many = await of(1000, labels, new nn.CrossEntropyLoss());
    expect(many.page.length).toBeLessThan(400_000);
    expect(many.run.classified).toMatchObject({ samples: 2000, counts: null });
    expect(many.page).toContain('class="matrix"');
    const values = await of(1, randn([50, 1]), new nn.MSELoss());
    expect(values.run.classified).toHaveProperty("missing");
    expect(values.run.accuracy).toBeNull();
    // No chart of the accuracy.
    expect(values.page.match(/data-domain=/g)).toHaveLength(4);
  });

  test("of a long run has as many points as a chart can show", async () => {
    const path = file();
    const { model, set, options } = setup({ report: path, count: 24, epochs: 1500, reportEvery: 0 });
    await fit(model, set, options);
    const { curves, epochRows } = pageData(readPage(path));
    expect(curves.step.length).toBeGreaterThan(50);
    expect(curves.step.length).toBeLessThanOrEqual(400);
    expect(curves.step.at(-1)).toBe(4500);
    expect(epochRows.length).toBeLessThanOrEqual(1000);
    expect(epochRows.at(-1)!.epoch).toBe(1500);
  });
});

describe("the end of a run is on its page", () => {
  test("stopped by break", async () => {
    const path = file();
    const { model, set, options } = setup({ report: path, reportEvery: 0 });
    for await (const { step } of fit(model, set, options)) if (step === 7) break;
    expect(pageData(readPage(path))).toMatchObject({ state: "stopped", step: 7, epoch: 1 });
  });

  test("stopped by a signal", async () => {
    const path = file();
    const stop = new AbortController();
    const { model, set, options } = setup({ report: path, reportEvery: 0, signal: stop.signal });
    const run = (async () => {
      for await (const { step } of fit(model, set, options)) if (step === 5) stop.abort();
    })();
    await expect(run).rejects.toThrow("aborted");
    expect(pageData(readPage(path))).toMatchObject({
      state: "stopped",
      step: 5,
      message: "stopped by a signal",
    });
  });

  test("failed with NaN", async () => {
    const path = file();
    const { model, options } = setup({ report: path });
    const x = randn([90, 6]);
    x.data[6 * 50] = Number.NaN;
    const set = new data.TensorDataset(x, samples(90).tensors[1]);
    await expect(fit(model, set, options)).rejects.toMatchObject({ code: "NAN_LOSS" });
    const page = readPage(path);
    const run = pageData(page);
    expect(run.state).toBe("failed");
    expect(run.message).toContain("the inputs of this batch hold NaN");
    expect(textOf(page)).toContain(run.message);
  });

  test("while it goes on, and the page reads itself again", async () => {
    const path = file();
    const { model, set, options } = setup({ report: path, reportEvery: 0 });
    for await (const { step } of fit(model, set, options)) {
      if (step > 1) continue;
      const page = readPage(path);
      expect(pageData(page).state).toBe("running");
      expect(page).toContain('http-equiv="refresh"');
      elementsOf(page);
    }
    expect(pageData(readPage(path)).state).toBe("completed");
  });

  test("resumed from a checkpoint, and resumed when nothing was left to train", async () => {
    const checkpoint = file("ckpt");
    const of = async (epochs: number) => {
      const path = file();
      const { model, set, options } = setup({ report: path, checkpoint, resume: true, epochs });
      await fit(model, set, options);
      return pageData(readPage(path));
    };
    await of(2);
    const second = await of(4);
    expect(second).toMatchObject({
      state: "completed",
      step: 48,
      resumed: expect.stringContaining("goes on in epoch 3"),
    });
    expect(second.epochRows.map(({ epoch }) => epoch)).toEqual([3, 4]);
    const third = await of(4);
    expect(third).toMatchObject({
      state: "completed",
      step: 48,
      resumed: expect.stringContaining("nothing is left"),
    });
  });

  test("a loss of the first point after a resume is that of its own samples", async () => {
    const checkpoint = file("ckpt");
    const make = (more: Setup) => setup({ checkpoint, resume: true, epochs: 1, reportEvery: 0, ...more });
    const first = make({});
    for await (const { step } of fit(first.model, first.set, first.options)) if (step === 6) break;
    const path = file();
    const { model, set, options } = make({ report: path });
    const seen: number[] = [];
    for await (const { type, loss } of fit(model, set, options)) if (type === "progress") seen.push(loss);
    const { curves } = pageData(readPage(path));
    expect(curves.step.at(-1)).toBe(12);
    // 42 samples after the 48 of the first six steps.
    const whole = 90 * seen.at(-1)!;
    expect(Number(curves.loss.at(0)) * 8).toBeLessThan(whole / 2);
  });
});

describe("a page that cannot be written", () => {
  test.each<[string, unknown, string]>([
    ["a number", 5, "INVALID_OPTION"],
    ["no text", "", "INVALID_OPTION"],
    ["no path", {}, "INVALID_OPTION"],
    ["an unknown option", { path: "a.html", clases: [] }, "UNKNOWN_OPTION"],
    ["classes that are no names", { path: "a.html", classes: [1] }, "INVALID_OPTION"],
    ["test data that are no data", { path: "a.html", test: 3 }, "INVALID_DATASET"],
    ["a picture without sizes", { path: "a.html", image: [0] }, "INVALID_OPTION"],
    ["a folder", folder, "NOT_A_FILE"],
    ["one bad of two", [join(folder, "good.html"), null], "INVALID_OPTION"],
  ])("%s is an error at once", (_, report, code) => {
    const { model, set, options } = setup();
    expect(() => fit(model, set, { ...options, report: report as string })).toThrow(
      expect.objectContaining({ code }),
    );
    expect(existsSync(join(folder, "good.html"))).toBe(false);
  });

  test("in a missing folder is an error before the first step", async () => {
    const { model, set, options } = setup({ report: join(folder, "missing", "run.html") });
    const before = Object.values(model.stateDict()).map(bits);
    await expect(fit(model, set, options)).rejects.toMatchObject({ code: "DIRECTORY_NOT_FOUND" });
    expect(Object.values(model.stateDict()).map(bits)).toEqual(before);
    // The hooks that note the shapes of outputs are gone.
    await fit(model, set, { ...options, report: undefined as never });
  });

  test("later on is one warning, and training goes on", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const gone = join(folder, "gone");
    mkdirSync(gone);
    const { model, set, options } = setup({ report: join(gone, "run.html") });
    const run = fit(model, set, options);
    let epochs = 0;
    for await (const { type, epoch } of run) {
      if (epoch === 1) rmSync(gone, { recursive: true, force: true });
      if (type === "epoch") epochs++;
    }
    expect(epochs).toBe(4);
    expect(warned.mock.calls.map(([text, options]) => [text, (options as { code: string }).code])).toEqual([
      [
        expect.stringMatching(/^fit: report: ".*run\.html" was not written, training goes on: /),
        "REPORT_NOT_WRITTEN",
      ],
    ]);
  });

  test("leaves no temporary files behind", async () => {
    const own = join(folder, "own");
    mkdirSync(own);
    writeFileSync(join(own, "run.html"), "older");
    const { model, set, options } = setup({ report: join(own, "run.html") });
    await fit(model, set, options);
    expect(readdirSync(own)).toEqual(["run.html"]);
    expect(readPage(join(own, "run.html"))).not.toContain("older");
  });
});
