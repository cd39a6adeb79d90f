/** Pages about several runs, and what is no report of a run. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { data, fit, manualSeed, nn, optim, randn, tensor } from "../../src/index.js";
import {
  readRun,
  type SweepData,
  type SweptRun,
  writeComparison,
  writeSweep,
} from "../../src/train/report/index.js";
import { elementsOf, readPage, textOf } from "./pages.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-compare-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [a, b] = ["a", "b"].map((name) => join(folder, `${name}.html`));

async function run(path: string, lr: number, title = "net"): Promise<void> {
  manualSeed(0);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3));
  const optimizer = new optim.SGD(model.parameters(), { lr });
  const labels = tensor(Int32Array.from({ length: 60 }, (_, i) => i % 3));
  const set = new data.TensorDataset(randn([60, 4]), labels);
  await fit(model, set, { optimizer, epochs: 2, seed: 1, validation: set, report: { path, title } });
}

beforeAll(async () => {
  await run(a, 0.1);
  await run(b, 0.2);
});

describe("a comparison", () => {
  test("has a column for each run, and says what differs", () => {
    const path = join(folder, "both.html");
    writeComparison(path, [readRun(a), readRun(b)]);
    const page = readPage(path);
    elementsOf(page);
    const text = textOf(page);
    // Runs of one title have the names of their files.
    expect(text).toContain("net (a.html)");
    expect(text).toContain("net (b.html)");
    expect(text).toContain("lr 0.1 0.2");
    expect(text).toMatch(/What is the same.* optimizer SGD SGD/);
    const charts = [
      ...page.matchAll(/aria-label="([^:"]*): net \(a.html\) from [^"]*, net \(b.html\) from/g),
    ];
    expect(charts.map(([, title]) => title)).toEqual([
      ...["Training loss", "Validation loss", "Training accuracy", "Validation accuracy"],
      ...["Training loss over time", "Learning rate", "Gradient norm", "Throughput"],
    ]);
    expect(() => readRun(path)).toThrow(expect.objectContaining({ code: "NOT_A_REPORT" }));
  });

  test("escapes the titles and files of other people's reports", () => {
    const hostile = join(folder, "hostile.html");
    const bad = "<img src=x onerror=alert(1)>";
    const text = readFileSync(a, "utf8").replaceAll(
      '"title":"net"',
      `"title":"${bad.replace("<", "\\u003c")}"`,
    );
    writeFileSync(
      hostile,
      text.replace('["optimizer","SGD"]', `["\\u003cb>","${bad.replace("<", "\\u003c")}"]`),
    );
    const path = join(folder, "safe.html");
    writeComparison(path, [readRun(hostile), readRun(b)]);
    const page = readPage(path);
    expect(elementsOf(page).get("img")).toBeUndefined();
    expect(textOf(page)).toContain(bad);
  });
});

describe("a file that is no report of a run", () => {
  const good = () => readFileSync(a, "utf8");
  const edited = (from: string | RegExp, to: string) => good().replace(from, to);
  test.each<[string, () => string, string, string]>([
    ["empty", () => "", "NOT_A_REPORT", "no report of a run"],
    ["another page", () => "<!doctype html><p>hello</p>", "NOT_A_REPORT", "no report of a run"],
    ["cut off", () => good().slice(0, -4000), "NOT_A_REPORT", "no report"],
    ["no JSON", () => edited('{"kind"', "{kind"), "NOT_A_REPORT", "damaged"],
    [
      "null",
      () => edited(/(id="simdgrad-data">)[\s\S]*?(<\/script>)/, "$1null$2"),
      "NOT_A_REPORT",
      "no report",
    ],
    ["another kind", () => edited("simdgrad run", "other"), "NOT_A_REPORT", "no report"],
    ["a later format", () => edited('"format":1', '"format":2'), "NEWER_FORMAT", "reads up to 1"],
    [
      "a state that does not exist",
      () => edited('"state":"completed"', '"state":"done"'),
      "NOT_A_REPORT",
      "state is",
    ],
    [
      "text in a curve",
      () => edited('"curves":{"step":[', '"curves":{"step":["x",'),
      "NOT_A_REPORT",
      "step is",
    ],
    [
      "curves of different lengths",
      () => edited('"curves":{"step":[', '"curves":{"step":[0,'),
      "NOT_A_REPORT",
      "lengths",
    ],
    [
      "an epoch that is no object",
      () => edited('"epochRows":[', '"epochRows":[3,'),
      "NOT_A_REPORT",
      "epochRows",
    ],
    ["no model", () => edited('"model":{"name"', '"model":{"nam"'), "NOT_A_REPORT", "name is text"],
  ])("%s", (_, content, code, text) => {
    const file = join(folder, "broken.html");
    writeFileSync(file, content());
    expect(() => readRun(file)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(text) }),
    );
    expect(() => readRun(file)).toThrow(/^run: [^\n]*broken\.html"$/);
  });
});

describe("the page of a sweep", () => {
  const swept = (
    lr: number,
    accuracy: number | null,
    more: object = {},
  ): SweptRun & Record<string, unknown> => ({
    ...{ lr, width: 16, parameters: 100, seconds: 1, trainLoss: 0.1, trainAccuracy: 0.9 },
    ...{
      accuracy,
      loss: accuracy === null ? null : 1 - accuracy,
      failure: accuracy === null ? "NAN_LOSS" : null,
    },
    history: accuracy === null ? [] : [{ epoch: 1, loss: 1 - accuracy, accuracy }],
    ...more,
  });
  const write = (runs: SweepData["runs"], more: Partial<SweepData> = {}) => {
    const path = join(folder, "sweep.html");
    writeSweep(path, {
      runs,
      varied: ["lr", "width"],
      combinations: runs.length,
      running: false,
      facts: [["seed", "0"]],
      command: "simdgrad sweep",
      ...more,
    });
    const page = readPage(path);
    elementsOf(page);
    return page;
  };

  test("has a line for each run with a result, the best marked, and a row for all", () => {
    const page = write([swept(0.01, 0.9), swept(0.001, 0.8), swept(0.1, 0.3), swept(9, null)]);
    const [, parallel] = /<svg class="wide"([\s\S]*?)<\/svg>/.exec(page)!;
    expect(parallel.match(/<path/g)).toHaveLength(3);
    expect(parallel.match(/class="best"/g)).toHaveLength(1);
    // What does not vary has no axis.
    expect(parallel).toContain(">lr</text>");
    expect(parallel).not.toContain(">width</text>");
    expect(textOf(page)).toMatch(/1 0\.01 100 90\.00 %.* 2 0\.001 100 80\.00 %.* 4 9 100 NAN_LOSS/);
    expect(textOf(page)).toContain("4 done, 1 of them without a result");
  });

  test.each<[string, SweepData["runs"], Partial<SweepData>, string]>([
    ["before the first run", [], { combinations: 4, running: true }, "0 done"],
    ["of one run", [swept(0.1, 0.5)], {}, "Sweep of 1 run completed"],
    ["of runs that all failed", [swept(1, null), swept(2, null)], {}, "2 of them without a result"],
    ["that was stopped", [swept(0.1, 0.5)], { combinations: 4 }, "Sweep of 4 runs stopped"],
    ["of equal results", [swept(0.1, 0.5), swept(0.2, 0.5)], {}, "completed"],
    [
      "with a loss that is not finite",
      [swept(0.1, 0.5), swept(0.2, 0.5, { loss: Number.POSITIVE_INFINITY })],
      {},
      "Infinity",
    ],
  ])("%s", (_, runs, more, text) => {
    const page = write(runs, more);
    expect(textOf(page)).toContain(text);
    expect(/"[^"]*NaN[^_"]*"|="[^"]*undefined/.test(page)).toBe(false);
    expect(page.includes('http-equiv="refresh"')).toBe(more.running === true);
  });
});
