import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { elementsOf, dataOf as pageData, textOf } from "../train/pages.js";
import { writePatterns } from "./patterns.js";
import { simdgrad, start, temporaryFolder } from "./simdgrad.js";

const folder = temporaryFolder();
const digits = join(folder, "digits");
const [a, b] = ["a", "b"].map((name) => join(folder, `${name}.html`));
const quick = [
  "--data",
  digits,
  "--hidden",
  "32",
  "--batch",
  "20",
  "--lr",
  "0.01",
  "--out",
  join(folder, "m.safetensors"),
];

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await simdgrad(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

beforeAll(async () => {
  writePatterns(digits);
  await run("train", ...quick, "--epochs", "2", "--report", a);
  await run("train", ...quick, "--epochs", "3", "--optimizer", "sgd", "--seed", "4", "--report", b);
});

describe("train --report", () => {
  test("writes a page with the test images, their confusions, and the command that repeats the run", () => {
    const page = readFileSync(b, "utf8");
    elementsOf(page);
    const data = pageData(page);
    expect(data).toMatchObject({ title: "64-32-10 relu", state: "completed", epoch: 3, step: 45 });
    expect(data.classified).toMatchObject({ source: "the test data", samples: 60, of: 60 });
    expect(data.reproduce.command).toMatch(/^simdgrad train --data .* --seed 4 --report /);
    expect(pageData(readFileSync(a, "utf8")).reproduce.command).toMatch(/ --seed 0$/);
  });

  test("prints the file last, and the same results as without", async () => {
    const page = join(folder, "again.html");
    const withReport = JSON.parse(await run("train", ...quick, "--epochs", "2", "--json", "--report", page));
    const without = JSON.parse(await run("train", ...quick, "--epochs", "2", "--json"));
    expect([withReport.testLoss, withReport.testAccuracy]).toEqual([without.testLoss, without.testAccuracy]);
    expect(
      (await run("train", ...quick, "--epochs", "1", "--report", page)).trimEnd().split("\n").at(-1),
    ).toBe(`saved ${page}`);
  });

  test.each([
    ["train", "--report", join(folder, "missing", "a.html"), 1, "no directory"],
    ["train", "--report", folder, 1, "a directory, not a file"],
    ["train", "--report", join(folder, "m.safetensors"), 2, "another file than --out"],
    ["sweep", "--report", join(folder, "missing", "a.html"), 1, "no directory"],
  ])("%s %s %s is found before training", async (command, flag, path, exitCode, text) => {
    const more = command === "train" ? quick : ["--data", digits];
    const { code, stdout, stderr } = await simdgrad([command, ...more, flag, path]);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" });
    expect(stderr).toContain(text);
    expect(stderr).toMatch(/^simdgrad (train|sweep): [^\n]* \[[A-Z_]+\]\n$/);
  });

  test("says that a run was stopped by Ctrl-C", async () => {
    const page = join(folder, "stopped.html");
    const running = start(["train", ...quick, "--epochs", "100000", "--report", page]);
    await running.printed("epoch      3/100000");
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    expect(pageData(readFileSync(page, "utf8"))).toMatchObject({
      state: "stopped",
      message: "stopped by a signal",
    });
  });
});

describe("report", () => {
  test("prints runs side by side", async () => {
    const lines = (await run("report", a, b)).trimEnd().split("\n");
    expect(lines[0].trim().split(/\s+/)).toEqual([a, b]);
    expect(lines.find((line) => line.startsWith("epoch"))).toMatch(/^epoch +2 of 2 +3 of 3$/);
    expect(lines.find((line) => line.startsWith("accuracy after"))).toMatch(/ \d+\.\d\d % +\d+\.\d\d %$/);
    // No run had validation data.
    expect(lines.join()).not.toContain("validation");
  });

  test("--compare writes a page", async () => {
    const both = join(folder, "both.html");
    expect((await run("report", a, b, "--compare", both)).trimEnd().split("\n").at(-1)).toBe(
      `saved ${both}: 2 runs`,
    );
    const page = readFileSync(both, "utf8");
    elementsOf(page);
    expect(textOf(page)).toContain("optimizer Adam SGD");
  });

  test("--json", async () => {
    const { command, runs } = JSON.parse(await run("report", b, "--json"));
    expect(command).toBe("report");
    expect(runs).toMatchObject([
      { file: b, state: "completed", epoch: 3, settings: { optimizer: "SGD", momentum: "0.9" } },
    ]);
  });

  test.each<[string, string[], number, string]>([
    ["no file", [], 2, "missing required argument"],
    ["a missing file", [join(folder, "none.html")], 1, "[FILE_NOT_FOUND]"],
    ["a foreign file", [a, join(folder, "m.safetensors")], 1, "[NOT_A_REPORT]"],
    ["a folder", [folder], 1, "[NOT_A_FILE]"],
    ["a report as the page", [a, b, "--compare", a], 2, "another file than a report"],
    ["a page in a missing folder", [a, "--compare", join(folder, "missing", "c.html")], 1, "no directory"],
  ])("%s is one line", async (_, args, exitCode, text) => {
    const { code, stdout, stderr } = await simdgrad(["report", ...args]);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" });
    expect(stderr).toContain(text);
    expect(stderr).toMatch(/^simdgrad report: [^\n]* \[[A-Z_]+\]\n$/);
  });
});

describe("sweep --report", () => {
  test("writes a page with all runs, best first", async () => {
    const page = join(folder, "sweep.html");
    writeFileSync(page, "older");
    const flags = [
      "--width",
      "4,16",
      "--lr",
      "0.01,0.02",
      "--epochs",
      "2",
      "--batch",
      "20",
      "--report",
      page,
    ];
    expect((await run("sweep", "--data", digits, ...flags)).trimEnd().split("\n").at(-1)).toBe(
      `saved ${page}`,
    );
    const text = readFileSync(page, "utf8");
    elementsOf(text);
    const { kind, runs, command, running } = pageData(text) as unknown as Record<string, any>;
    expect({ kind, running }).toEqual({ kind: "simdgrad sweep", running: false });
    expect(runs).toHaveLength(4);
    const accuracies = runs.map(({ accuracy }: { accuracy: number }) => accuracy);
    expect(accuracies).toEqual([...accuracies].sort((x, y) => y - x));
    expect(command).toMatch(/^simdgrad sweep .* --seed 0$/);
    const { code, stderr } = await simdgrad(["report", page]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("the page is about several runs")]);
  });
});
