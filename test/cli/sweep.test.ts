import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writePatterns } from "./patterns.js";
import { simdgrad, start, temporaryFolder } from "./simdgrad.js";

const folder = temporaryFolder();
const digits = join(folder, "digits");
beforeAll(() => void writePatterns(digits));

const small = ["--data", digits, "--width", "8", "--epochs", "2", "--batch", "20"];

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await simdgrad(["sweep", ...small, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

/** What does not depend on the clock. */
const timeless = ({ runs }: { runs: { seconds?: number }[] }) => runs.map(({ seconds, ...rest }) => rest);

describe("sweep", () => {
  test("prints a line a run, then a table with the best first", async () => {
    const lines = (await run("--lr", "1e-2,1e-5", "--depth", "1,2")).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^4 combinations, 2 epochs each on (native|js core), /);
    expect(lines[1]).toBe("270 training images, 30 validation images");
    const place =
      /^([1-4])\/4 {2}width 8, depth [12], lr (0\.01|0\.00001), batch 20, relu, adam: accuracy \d+\.\d\d %, [\d.]+ s$/;
    expect(lines.slice(2, 6).map((line) => place.exec(line)?.[1])).toEqual(["1", "2", "3", "4"]);
    expect(lines[6]).toBe("");
    expect(lines[7].split(/ {2,}/).map((name) => name.trim())).toEqual([
      "width",
      "depth",
      "lr",
      "batch",
      "activation",
      "optimizer",
      "accuracy",
      "loss",
      "train",
      "time",
    ]);
    const rows = lines.slice(8).map((line) => line.trim().split(/ {2,}/));
    const accuracies = rows.map((row) => Number(row[6].replace(" %", "")));
    expect(accuracies).toHaveLength(4);
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a));
    expect(rows[0][2]).toBe("0.01");
    expect(new Set(lines.slice(7).map((line) => line.length)).size).toBe(1);
  });

  test("--plot draws the validation losses of the best runs", async () => {
    const file = join(folder, "runs.svg");
    expect(await run("--lr", "1e-2,1e-3", "--plot", file)).toMatch(/saved .*runs\.svg\n$/);
    const svg = readFileSync(file, "utf8");
    for (const text of ["epoch", "validation loss", "lr 0.01,", "lr 0.001,"]) expect(svg).toContain(text);
  });

  test("--json has every combination once, with its history; the seed repeats it", async () => {
    const flags = [
      "--width",
      "4,8",
      "--activation",
      "relu,tanh",
      "--optimizer",
      "sgd,adamw",
      "--lr",
      "0.05",
      "--json",
    ];
    const stdout = await run(...flags);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ command: "sweep", combinations: 8, epochs: 2, seed: 0 });
    const names = result.runs.map((one: any) => [one.width, one.activation, one.optimizer].join());
    expect(new Set(names).size).toBe(8);
    for (const { parameters, width, history, accuracy, loss } of result.runs) {
      expect(parameters).toBe(64 * width + width + width * 10 + 10);
      expect(history.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2]);
      expect(history[1]).toEqual({ epoch: 2, accuracy, loss });
    }
    expect(timeless(JSON.parse(await run(...flags)))).toEqual(timeless(result));
    expect(timeless(JSON.parse(await run(...flags, "--seed", "1")))).not.toEqual(timeless(result));
  });

  test("--samples and --validation divide the training images; none is in both", async () => {
    const [, line] = (await run("--samples", "50", "--validation", "0.2")).split("\n");
    expect(line).toBe("40 training images, 10 validation images");
  });

  test("--csv writes the runs, best first", async () => {
    const path = join(folder, "runs.csv");
    expect(await run("--lr", "1e-2,1e-5", "--csv", path)).toContain(`saved ${path}`);
    const [header, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(header).toBe(
      "width,depth,lr,batch,activation,optimizer,parameters,accuracy,loss,trainLoss,trainAccuracy,seconds,failure",
    );
    expect(lines.map((line) => line.split(",").slice(0, 7).join())).toEqual([
      "8,1,0.01,20,relu,adam,610",
      "8,1,0.00001,20,relu,adam,610",
    ]);
  });

  test("a run that diverges is a row at the end, and the others go on", async () => {
    const result = JSON.parse(await run("--optimizer", "sgd", "--lr", "1e30,0.05", "--json"));
    expect(result.runs.map(({ lr, failure, accuracy }: any) => [lr, failure, accuracy === null])).toEqual([
      [0.05, null, false],
      [1e30, "NAN_LOSS", true],
    ]);
    expect(await run("--optimizer", "sgd", "--lr", "1e30")).toContain("NAN_LOSS");
  });
});

describe("mistakes", () => {
  test.each([
    ["--width 8,x", 2, "--width: an integer from 1 to 1048576 is needed: x"],
    ["--width 8,", 2, "is needed: nothing"],
    ["--depth -1", 2, "the nearest is 0"],
    ["--lr 0.1,0", 2, "a number above 0 is needed: 0"],
    ["--activation relu,tahn", 2, "did you mean tanh?"],
    ["--optimizer adma", 2, "did you mean adam?"],
    ["--samples 301", 2, "--samples: at most 300 training images: 301"],
    ["--validation 0.001", 2, "--validation: leaves no images: 0.001 of 300"],
    ["--epochs 0", 2, "the nearest is 1"],
    ["--plot x.jpg", 1, '--plot: the name of a file ends in .svg or .png: "x.jpg"'],
    ["--csv x.svg --plot ./x.svg", 2, "--csv: another file than --plot is needed"],
    ["--csv no/such/file.csv", 1, "[DIRECTORY_NOT_FOUND]"],
    ["--wdith 8", 2, "did you mean --width?"],
  ])("%s", async (line, exitCode, text) => {
    const { code, stdout, stderr } = await simdgrad(["sweep", ...small, ...line.split(" ")]);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: expect.any(String) });
    expect(stdout).not.toContain("accuracy");
    expect(stderr).toContain(text);
    expect(stderr).toMatch(/^simdgrad sweep: [^\n]* \[[A-Z_]+\]\n$/);
  });

  test("more combinations than anybody means", async () => {
    const many = Array.from({ length: 101 }, (_, i) => i + 1).join();
    const { code, stderr } = await simdgrad(["sweep", "--data", digits, "--width", many, "--batch", many]);
    expect([code, stderr]).toEqual([
      2,
      "simdgrad sweep: at most 10,000 combinations: 10,201 [INVALID_FLAG]\n",
    ]);
  });
});

describe.skipIf(process.platform === "win32")("Ctrl-C", () => {
  // The second combination does not end by itself.
  const endless = (...more: string[]) =>
    start([
      "sweep",
      "--data",
      digits,
      "--width",
      "4,16",
      "--epochs",
      "300",
      "--batch",
      "1",
      "--seed",
      "0",
      ...more,
    ]);

  test("prints what there is and ends with 130", async () => {
    const path = join(folder, "stopped.csv");
    const sweep = endless("--csv", path, "--depth", "1,2,3,4,5,6,7,8");
    await sweep.printed(" 1/16  width 4, depth 1");
    sweep.child.kill("SIGINT");
    const { code, stdout, stderr } = await sweep.ended;
    expect(code).toBe(130);
    const [, finished] = /^simdgrad sweep: stopped by SIGINT after (\d+) of 16 combinations\n$/.exec(
      stderr,
    ) ?? [stderr];
    const rows = stdout.split("\n").filter((line) => /^ *(4|16) .* % {2,}[\d.]+ s$/.test(line));
    expect(rows).toHaveLength(Number(finished));
    expect(readFileSync(path, "utf8").trimEnd().split("\n")).toHaveLength(Number(finished) + 1);
  });
});
