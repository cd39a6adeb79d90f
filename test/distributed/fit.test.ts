/** `fit` and the command on several ranks: the bits of one process, whatever happens on the way. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Norms } from "../../src/train/report/run-data.js";
import { launchers } from "../../tools/mpi.js";
import { writePatterns } from "../cli/patterns.js";
import { dataOf, readPage } from "../train/pages.js";
import { alone, program, ranks, underEach } from "./launchers.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-ranks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fit = program("fit.mjs");
let made = 0;
const newFile = () => join(folder, `${made++}.ckpt`);

/** What one process prints: hashes of the model and of the checkpoint, and metrics. */
const expected = new Map(
  ["mlp", "cnn", "wide"].map((network) => {
    const [eager, compiled] = ["eager", "compiled"].map((how) => alone([fit, network, how, newFile(), "4"]));
    expect(eager).toMatchObject({ status: 0, stderr: "" });
    expect(compiled).toMatchObject({ status: 0, stderr: "", stdout: eager.stdout });
    return [network, eager.stdout];
  }),
);

/** What the report of one process says of the gradients. */
const page = join(folder, "one.html");
expect(alone([fit, "cnn", "compiled", newFile(), "4", "3", "", page]).stdout).toBe(expected.get("cnn"));
const normsOfOne = dataOf(readPage(page)).norms as Norms;

/** The norms of one step: which other steps are looked at depends on a clock. */
const normsAt = ({ step, total, each }: Norms, number: number) => {
  const at = step.indexOf(number);
  return [total[at], ...each.map((norms) => norms[at])];
};

test("a run has other bits with another number of shards, or without any", () => {
  const others = ["0", "1", "3"].map((shards) => alone([fit, "cnn", "compiled", newFile(), shards]).stdout);
  for (const line of others) expect(line).toMatch(/^\w{12} \w{12} 0\.\d+ 0\.\d+ 0\.\d+ 0\.\d+\n$/);
  expect(new Set([expected.get("cnn"), ...others]).size).toBe(4);
});

test("a resumed run keeps its number of shards", () => {
  const file = newFile();
  alone([fit, "mlp", "compiled", file, "4", "1"]);
  const { status, stderr } = alone([fit, "mlp", "compiled", file, "2"]);
  expect(status).toBe(3);
  expect(stderr).toMatch(/STATE_DICT_MISMATCH: fit: resume: .* was written with 4 shards: 2/);
  expect(alone([fit, "mlp", "compiled", file]).stdout).toBe(expected.get("mlp"));
});

underEach((launcher) => {
  // What costs many launches is divided among the libraries: they differ below the exchange only.
  const first = launcher === launchers[0];

  test.each([
    [2, "mlp", "compiled"],
    [4, "mlp", "eager"],
    [3, "cnn", "compiled"],
    [2, "cnn", "eager"],
    [2, "wide", "compiled"],
    [3, "wide", "eager"],
  ])("%i ranks have the model, metrics and checkpoint of one: %s, %s", (count, network, how) => {
    const { status, stdout, stderr } = ranks(launcher, count, [fit, network, how, newFile(), "4"]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: expected.get(network), stderr: "" });
  });

  test.each([
    ...(first ? [[3, "mlp", "compiled"] as const] : [[2, "cnn", "eager"] as const]),
    [2, "wide", "compiled"] as const,
  ])("%i ranks that share the state of the optimizer have it too: %s, %s", (count, network, how) => {
    const file = newFile();
    const divided = { SHARD_OPTIMIZER: "1" };
    const first = ranks(launcher, count, [fit, network, how, file, "4", "1"], divided);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    // With another number of ranks, without the option, and back.
    ranks(launcher, 2, [fit, network, how, file, "4", "2"]);
    const { status, stdout, stderr } = ranks(launcher, count, [fit, network, how, file, "4"], divided);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: expected.get(network), stderr: "" });
  });

  test.each(["eager", "compiled"])("while %s steps are made, each rank has a part of the state", (how) => {
    const { status, stdout, stderr } = ranks(launcher, 2, [program("parts.mjs"), how]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const seen = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(seen).toHaveLength(2);
    for (const { during, ...after } of seen) {
      expect(during).toHaveLength(2);
      for (const [share, ...rest] of during) {
        expect(share).toBeCloseTo(0.5, 2);
        expect(rest).toEqual(["STATE_IN_PARTS", true]);
      }
      expect(after).toEqual({ whole: true, moved: true, same: true });
    }
  });

  test.each([
    ["break", "break on rank 0", 0, ["rank 0 at 5", "rank 1 at 5"]],
    ["abort", "a signal of one rank", 3, ["rank 1: 20: This operation was aborted"]],
    ["kill", "a rank that is killed", null, []],
    ["throw", "an exception on one rank", 3, ["rank 1: Error: broken"]],
  ])("%s: after %s another number of ranks goes on to the same bits", (what, _, code, lines) => {
    const file = newFile();
    const { status, stdout, stderr } = ranks(launcher, 2, [fit, "cnn", "compiled", file, "4", "3", what]);
    if (code === null) expect(status).toBeGreaterThan(0);
    else expect(status).toBe(code);
    for (const line of lines) expect(stdout + stderr).toContain(line);
    const resumed = [fit, "cnn", "compiled", file];
    expect(what === "kill" ? ranks(launcher, 3, resumed) : alone(resumed)).toMatchObject({
      status: 0,
      stdout: expected.get("cnn"),
    });
  });

  test.each([
    ["nan", /rank 1: NAN_LOSS: fit: the loss is NaN: epoch 1, step 1/],
    ["other", /RANKS_DIFFER: fit: all ranks have the same model: rank \d has 1.weight/],
  ])("%s on one rank is an error of all", (what, message) => {
    const file = newFile();
    const { status, stderr } = ranks(launcher, 2, [fit, "cnn", "compiled", file, "4", "3", what]);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(message);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ...(first ? [["", "completed", 0] as const] : [["break", "stopped", 0] as const]),
    ["abort", "stopped", 3] as const,
  ])("the report of a run is that of rank 0 (%s), and changes no bit", (what, state, code) => {
    const page = join(folder, `${made++}.html`);
    const args = [fit, "cnn", "compiled", newFile(), "4", "3", what, page];
    const { status, stdout, stderr } = ranks(launcher, 2, args);
    expect({ status, stderr: code === 0 ? stderr : "" }).toEqual({ status: code, stderr: "" });
    if (what === "") expect(stdout).toBe(expected.get("cnn"));
    const run = dataOf(readPage(page));
    expect(run).toMatchObject({ state, kernels: { missing: expect.stringContaining("several processes") } });
    // The gradients are those of one process: means over the batch.
    const norms = run.norms as Norms;
    expect(norms.names).toEqual(normsOfOne.names);
    expect(normsAt(norms, 1)).toEqual(normsAt(normsOfOne, 1));
    expect(normsAt(norms, 1)[0]).toBeGreaterThan(0);
    expect(run.machine).toContainEqual(["processes", "2"]);
    expect(run.curves.step.length).toBeGreaterThan(0);
  });

  test("simdgrad train writes the same files, and only the first process prints", () => {
    const data = writePatterns(join(folder, "patterns"));
    const out = join(folder, "model.safetensors");
    const command = join(import.meta.dirname, "../../dist/cli/main.js");
    const args = [command, "train", "--data", data, "--epochs", "2", "--hidden", "16", "--dropout", "0.2"];
    const more = ["--batch", "32", "--shards", "3", "--out", out];
    const one = alone([...args, ...more]);
    copyFileSync(out, `${out}.one`);
    const two = ranks(launcher, 2, [...args, ...more, "--shard-optimizer"]);
    expect({ one: one.status, two: two.status, stderr: two.stderr }).toEqual({ one: 0, two: 0, stderr: "" });
    expect(readFileSync(out).equals(readFileSync(`${out}.one`))).toBe(true);
    expect(two.stdout).toMatch(new RegExp(`2 processes over ${launcher.name} \\S+ ?\\S*\\n`));
    expect(two.stdout.match(/test accuracy/g)).toHaveLength(1);
  });
});
