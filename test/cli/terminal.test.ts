import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writePatterns } from "./patterns.js";
import { main, simdgrad, start, temporaryFolder } from "./simdgrad.js";

const folder = temporaryFolder();
const digits = join(folder, "digits");
const out = join(folder, "model.safetensors");
const train = [
  "train",
  "--data",
  digits,
  "--hidden",
  "256,256",
  "--epochs",
  "4",
  "--batch",
  "4",
  "--out",
  out,
];
beforeAll(() => void writePatterns(digits));

/** script(1) of util-linux gives a command a terminal. */
const hasScript = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

/** What the command writes to a terminal of that many columns. */
async function onTerminal(
  columns: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const words = [process.execPath, main, ...args].map((word) => `'${word}'`).join(" ");
  const line = `stty cols ${columns} rows 30; exec ${words}`;
  const { stdout, code } = await start(["-qec", line, "/dev/null"], env, "script").ended;
  expect(code).toBe(0);
  return stdout;
}

const esc = String.fromCharCode(27);
const sgr = new RegExp(`${esc}\\[[\\d;]*m`, "g");
const control = new RegExp(`${esc}(\\[[?\\d;]*[A-Za-z]|[78])`, "g");

/** The texts that were drawn over each other and below each other, without control codes. */
const drawn = (output: string) =>
  output
    .split(new RegExp(`\\r?\\n|\\r|${esc}\\[1G`))
    .map((text) => text.replaceAll(control, ""))
    .filter((text) => text !== "");

describe.skipIf(!hasScript)("on a terminal", () => {
  test("a bar moves, then gives way to one line an epoch, and the cursor comes back", async () => {
    const output = await onTerminal(120, train);
    const lines = drawn(output);
    const bars = lines.filter((line) => line.includes("ETA"));
    expect(bars.length).toBeGreaterThan(2);
    for (const bar of bars)
      expect(bar).toMatch(
        /^epoch [1-4]\/4 {2}[━─]+ {2} {0,2}\d+ % {2}loss [\d.]+ {2}accuracy +[\d.]+ % {2} *[\d,]+ images\/s {2}ETA (\d+:\d\d|-:--)$/,
      );
    const epochs = lines.filter((line) => line.startsWith("epoch") && !line.includes("ETA"));
    expect(epochs.map((line) => line.slice(0, 9))).toEqual([
      "epoch 1/4",
      "epoch 2/4",
      "epoch 3/4",
      "epoch 4/4",
    ]);
    expect(output.lastIndexOf(`${esc}[?25h`)).toBeGreaterThan(output.lastIndexOf(`${esc}[?25l`));
    expect(output).toMatch(sgr);
  });

  test.each([100, 60, 40, 25, 12])("%d columns are enough", async (columns) => {
    const lines = drawn(await onTerminal(columns, train)).filter((line) => line.startsWith("epoch"));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    if (columns >= 40) expect(lines[0]).toContain("loss");
  });

  test("NO_COLOR is obeyed", async () => {
    expect(await onTerminal(80, train, { NO_COLOR: "1" })).not.toMatch(sgr);
    const picture = ["predict", "--model", out, "--data", digits];
    expect(await onTerminal(80, picture, { NO_COLOR: "1" })).not.toContain(esc);
    expect(await onTerminal(80, picture)).toMatch(sgr);
  });

  test("a picture shrinks to the width", async () => {
    const lines = drawn(
      await onTerminal(5, ["predict", "--model", out, "--data", digits], { NO_COLOR: "1" }),
    );
    for (const line of lines.slice(0, 2)) expect(line.length).toBeLessThanOrEqual(5);
  });

  test("a dumb terminal gets plain lines", async () => {
    expect(await onTerminal(80, train, { TERM: "dumb" })).not.toContain(esc);
  });
});

test("a pipe gets no control codes, also where CI or FORCE_COLOR ask for colours", async () => {
  const { stdout, stderr } = await simdgrad(train, { CI: "1", FORCE_COLOR: "1" });
  expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]/u);
});
