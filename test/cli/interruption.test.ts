import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { writePatterns } from "./patterns.js";
import { simdgrad, start, temporaryFolder } from "./simdgrad.js";

const folder = temporaryFolder();
const digits = join(folder, "digits");
beforeAll(() => void writePatterns(digits));

/** A run that does not end by itself. */
const endless = (out: string, ...more: string[]) =>
  start(["train", "--data", digits, "--hidden", "32", "--epochs", "1000000", "--out", out, ...more]);

describe.skipIf(process.platform === "win32")("signals", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s saves what there is and exits %d", async (signal, exitCode) => {
    const out = join(folder, `${signal}.safetensors`);
    const run = endless(out);
    await run.printed("epoch       2/1000000");
    run.child.kill(signal);
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(exitCode);
    const said =
      /^simdgrad train: stopped by (\w+) at epoch (\d+) of 1000000, step (\d+); the model so far is in (.*)\n$/;
    const [, by, epoch, step, path] = said.exec(stderr) ?? [stderr];
    expect({ by, path }).toEqual({ by: signal, path: out });
    // 300 images in batches of 128 are three steps an epoch.
    expect(Math.ceil(Number(step) / 3)).toBe(Number(epoch));
    expect(stdout).not.toContain("test accuracy");
    expect(await simdgrad(["eval", "--model", out, "--data", digits])).toMatchObject({ code: 0, stderr: "" });
  });

  test("--json says it too", async () => {
    const out = join(folder, "interrupted.safetensors");
    // It prints nothing while it trains, so whether training has begun shows only afterwards.
    for (const wait of [1000, 4000, 16000]) {
      const run = endless(out, "--json");
      await sleep(wait);
      run.child.kill("SIGINT");
      const { code, stdout } = await run.ended;
      if (stdout === "" && wait < 16000) continue;
      expect(code).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({ interrupted: { by: "SIGINT" }, out });
      break;
    }
  });

  test("before anything was trained nothing is overwritten", async () => {
    const stuck = writePatterns(join(folder, "stuck"));
    const pipe = join(stuck, "train-images-idx3-ubyte");
    rmSync(pipe);
    if (spawnSync("mkfifo", [pipe]).status !== 0) return;
    const out = join(folder, "kept.safetensors");
    writeFileSync(out, "an older model");
    const run = start(["train", "--data", stuck, "--out", out]);
    const writer = await openWhenRead(pipe);
    run.child.kill("SIGINT");
    await run.printed("stopped by SIGINT");
    closeSync(writer); // the read that the process waits for ends
    const { code, stderr } = await run.ended;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: "simdgrad train: stopped by SIGINT before training began; nothing was saved\n",
    });
    expect(readFileSync(out, "utf8")).toBe("an older model");
  });
});

test.skipIf(process.platform === "win32")("a second signal ends even a read that is stuck", async () => {
  const stuck = writePatterns(join(folder, "stuck twice"));
  const pipe = join(stuck, "train-images-idx3-ubyte");
  rmSync(pipe);
  if (spawnSync("mkfifo", [pipe]).status !== 0) return;
  const run = start(["train", "--data", stuck, "--out", join(folder, "never.safetensors")]);
  const writer = await openWhenRead(pipe);
  await sleep(200);
  run.child.kill("SIGINT");
  await run.printed("stopped by SIGINT");
  await sleep(200);
  run.child.kill("SIGINT");
  const { code, signal } = await run.ended;
  closeSync(writer);
  expect(code === 130 || signal === "SIGINT").toBe(true);
});

/** Opening a pipe for writing without waiting succeeds once a reader has opened it. */
async function openWhenRead(pipe: string): Promise<number> {
  for (;;) {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
      await sleep(10);
    }
  }
}

describe("a reader that goes away", () => {
  test("train stops, saves and says so", async () => {
    const out = join(folder, "head.safetensors");
    const run = endless(out);
    await run.printed("epoch       1/");
    run.child.stdout!.destroy();
    const { code, stderr } = await run.ended;
    expect(code).toBe(141);
    expect(stderr).toMatch(
      /^simdgrad train: stopped by closed output at epoch \d+ of \d+.*; the model so far is in .*head\.safetensors\n$/,
    );
    expect(existsSync(out)).toBe(true);
  });

  test("predict just ends", async () => {
    const model = join(folder, "small.safetensors");
    await simdgrad(["train", "--data", digits, "--hidden", "none", "--epochs", "1", "--out", model]);
    const run = start([
      "predict",
      "--model",
      model,
      "--data",
      digits,
      "--index",
      "0-59",
      "0-59",
      "0-59",
      "0-59",
    ]);
    run.child.stdout!.destroy();
    expect(await run.ended).toMatchObject({ code: 0, stderr: "" });
  });
});

test("no temporary file stays behind", () => {
  expect(readdirSync(folder).filter((name) => name.includes("tmp"))).toEqual([]);
});
