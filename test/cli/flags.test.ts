import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/run.js";
import { formOf, variableNames } from "../../src/environment.js";
import { data, fit, nn, optim, zeros } from "../../src/index.js";
import { idx, writePatterns } from "./patterns.js";
import { simdgrad, temporaryFolder } from "./simdgrad.js";

const folder = temporaryFolder();
const digits = join(folder, "digits");
const out = join(folder, "model.safetensors");
beforeAll(() => void writePatterns(digits));

/** One line on stderr, nothing on stdout. */
async function fails(args: readonly string[], exitCode: number, text: string): Promise<void> {
  const { code, stdout, stderr } = await simdgrad(args);
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: "" });
  expect(stderr).toContain(text);
  expect(stderr).toMatch(/^simdgrad( \w+)?: [^\n]* \[[A-Z_]+\]\n$/);
}

describe("wrong usage ends with 2 and says what would be right", () => {
  // In this process, since starting one takes a fifth of a second.
  test.each([
    ["train --optimizer adm", "did you mean adam? [INVALID_FLAG]"],
    ["train --schedule cosin", "did you mean cosine?"],
    ["train --activation rleu", "did you mean relu?"],
    ["train --backend nativ", "did you mean native?"],
    ["train --backend cuda", "one of native, wasm, js is needed: cuda"],
    ["train --hidden 512,abc", '"abc" in 512,abc; for example 512'],
    ["train --hidden 512,0", '"0" in 512,0'],
    ["train --hidden 512,,256", '"" in 512,,256; for example 512,256'],
    ["train --hidden 9999999", "from 1 to 1048576"],
    ["train --epochs 0", "the nearest is 1"],
    ["train --epochs 2.5", "the nearest is 3"],
    ["train --epochs ten", "for example 10"],
    ["train --epochs 0x10", "an integer >= 1 is needed: 0x10"],
    ["train --lr -1", "a number above 0 is needed: -1; for example 1e-3"],
    ["train --lr 0", "a number above 0"],
    ["train --lr Infinity", "a number above 0"],
    ["train --batch 0", "the nearest is 1"],
    ["train --seed -1", "the nearest is 0"],
    ["train --seed 1e20", "the nearest is 9007199254740991"],
    ["train --threads 0", "the nearest is 1"],
    ["train --threads 5000", "the nearest is 256"],
    ["train --dropout 1", "the nearest is 0.99"],
    ["train --label-smoothing -0.1", "the nearest is 0"],
    ["train --weight-decay -1", "the nearest is 0"],
    ["train --momentum 0.9", "only --optimizer sgd has it: adam"],
    ["train --optimzer adam", "unknown option '--optimzer'; did you mean --optimizer? [USAGE]"],
    ["train --checkpoint x --out ./x", '--checkpoint: another file than --out is needed: "x" [INVALID_FLAG]'],
    ["train --epochs", "'-e, --epochs <n>' argument missing"],
    ["train more", "too many arguments"],
    ["trian", "simdgrad: unknown command 'trian'; did you mean train?"],
    ["eval", "'-m, --model <file>' not specified"],
    ["predict --model m --index x", "positions are integers >= 0"],
    ["predict --model m --index 5-3", "positions are integers >= 0"],
    ["predict --model m --index 0-99999", "at most 1000 positions at once"],
    ["predict --model m --from tset", "did you mean test?"],
    ["bench --seconds x", "from 0 to 600 is needed: x"],
    ["plan --ranks 2,0", "an integer from 1 to 1048576 is needed: 0"],
    ["plan --ranks 2,300", "--ranks: each rank needs a sample, and a batch has 256: 300; give --batch"],
    ["plan --bandwidth 0", "a number above 0 is needed: 0"],
    ["info --jsno", "did you mean --json?"],
  ])("%s", async (words, text) => {
    const { exitCode, line, json } = await run(words.split(" "));
    expect({ exitCode, json }).toEqual({ exitCode: 2, json: undefined });
    expect(line).toContain(text);
    expect(line).toMatch(/^simdgrad( \w+)?: [^\n]* \[[A-Z_]+\]$/);
  });

  test("a process that is used wrongly prints that line alone", async () => {
    await fails(["train", "--optimizer", "adm"], 2, "did you mean adam? [INVALID_FLAG]");
  });

  test("no command at all prints the help", async () => {
    const { code, stdout, stderr } = await simdgrad([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: simdgrad");
  });
});

describe("files that are not what they should be end with 1, before training", () => {
  const train = (...args: string[]) => ["train", "--data", digits, "--epochs", "1", "--out", out, ...args];

  test.each([
    ["no such directory", ["--data", join(folder, "digit")], `did you mean`],
    ["a directory without data", ["--data", folder], "no files like train-images"],
    ["out in a directory that is missing", ["--out", join(folder, "no/model")], "[DIRECTORY_NOT_FOUND]"],
    ["out is a directory", ["--out", folder], "a directory, not a file"],
    ["out below a file", ["--out", join(digits, "train-labels-idx1-ubyte", "x")], "[DIRECTORY_NOT_FOUND]"],
    ["out far below one", ["--out", join(digits, "train-labels-idx1-ubyte/x/y")], "[DIRECTORY_NOT_FOUND]"],
  ])("%s", async (_, change, text) => {
    await fails(train(...change), 1, text);
  });

  const damages: [string, (copy: string) => void, string][] = [
    ["truncated", (dir) => truncateSync(join(dir, "train-images-idx3-ubyte"), 5000), "[TRUNCATED]"],
    [
      "of different counts",
      (dir) => writeFileSync(join(dir, "train-labels-idx1-ubyte"), idx([2], Uint8Array.of(1, 2))),
      "[COUNT_MISMATCH]",
    ],
    [
      "no IDX file",
      (dir) => writeFileSync(join(dir, "t10k-images-idx3-ubyte"), "hello, world"),
      "[BAD_MAGIC]",
    ],
    ["missing", (dir) => rmSync(join(dir, "t10k-labels-idx1-ubyte")), "[FILE_NOT_FOUND]"],
    [
      "empty",
      (dir) => {
        writeFileSync(join(dir, "train-images-idx3-ubyte"), idx([0, 8, 8], new Uint8Array()));
        writeFileSync(join(dir, "train-labels-idx1-ubyte"), idx([0], new Uint8Array()));
      },
      "[EMPTY_DATASET]",
    ],
  ];
  test.each(damages)("a file that is %s", async (name, damage, text) => {
    const copy = writePatterns(join(folder, name));
    damage(copy);
    await fails(train("--data", copy), 1, text);
    expect(existsSync(out)).toBe(false);
  });

  test("a path that cannot be written is found before the data is read", async () => {
    await fails(train("--out", folder, "--data", "nowhere"), 1, "--out:");
  });

  test("long values are shortened in messages", async () => {
    const sizes = `${"1,".repeat(1e4)}${"x".repeat(1e4)}`;
    await fails(train("--epochs", `${"1".repeat(1e5)}x`), 2, `is needed: ${"1".repeat(80)}…; for example 10`);
    await fails(train("--hidden", sizes), 2, `"${"x".repeat(30)}…" in 1,1`);
  });

  test("links that lead to one file, there or not, or to themselves are found out", async () => {
    const [link, ring, checkpoint] = ["link", "ring", "run.ckpt"].map((name) => join(folder, name));
    symlinkSync("run.ckpt", link);
    symlinkSync("ring", ring);
    const args = ["--checkpoint", checkpoint, "--out", link, "--data", "nowhere"];
    await fails(train(...args), 2, "--checkpoint: another file than --out is needed");
    await fails(train("--out", ring, "--data", "nowhere"), 1, "--out:");
  });

  test("a pipe, a directory and a device are no place for a checkpoint: no signal is waited for", async () => {
    const pipe = join(folder, "pipe");
    if (spawnSync("mkfifo", [pipe]).status !== 0) return;
    for (const flag of ["--out", "--checkpoint"])
      await fails(train(flag, pipe), 1, `${flag}: a file is needed, not a pipe or another special file`);
    await fails(train("--checkpoint", folder), 1, "a directory, not a file");
    await fails(train("--checkpoint", "/dev/zero"), 1, "[NOT_A_FILE]");
    await expect(async () => {
      const model = new nn.Linear(1, 1);
      const optimizer = new optim.SGD(model.parameters());
      await fit(model, new data.TensorDataset(zeros([1, 1]), zeros([1, 1])), { optimizer, checkpoint: pipe });
    }).rejects.toMatchObject({ code: "NOT_A_FILE" });
  });

  test("a text file for a model", async () => {
    const text = join(folder, "package.json");
    writeFileSync(text, '{ "name": "simdgrad" }');
    await fails(["eval", "--model", text], 1, "no safetensors file, as simdgrad train saves one: ");
  });

  test("a full disk", async () => {
    if (!existsSync("/dev/full")) return;
    const { code, stderr } = await simdgrad(train("--out", "/dev/full"));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^simdgrad train: saveSafetensors: the disk is full: "\/dev\/full" \[DISK_FULL\]\n$/,
    );
  });

  test("a loss that is no number stops, says where, and leaves the old file alone", async () => {
    writeFileSync(out, "the old model");
    const { code, stderr } = await simdgrad(train("--optimizer", "sgd", "--lr", "1e30"));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^simdgrad train: fit: the loss is \S+: epoch 1, step \d, .*: try a lower learning rate.* \[NAN_LOSS\]\n$/,
    );
    expect(readFileSync(out, "utf8")).toBe("the old model");
    rmSync(out);
  });

  test("a backend that cannot be had", async () => {
    const args = ["train", "--data", digits, "--out", out, "--backend", "native"];
    const { code, stderr } = await simdgrad(args, {
      SIMDGRAD_ADDON: join(folder, "no.node"),
      SIMDGRAD_BACKEND: "js",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^simdgrad train: [^\n]*\[BACKEND_UNAVAILABLE\]\n$/);
  });
});

test("SIMDGRAD_DEBUG=1 shows the stack, --json an object", async () => {
  const args = ["eval", "--model", join(folder, "none"), "--json"];
  const { stderr, stdout } = await simdgrad(args, { SIMDGRAD_DEBUG: "1" });
  expect(stderr).toMatch(/\n {4}at /);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "FILE_NOT_FOUND" } });
});

describe("help and facts", () => {
  test.each(["", "train", "eval", "predict", "bench", "plan", "info"])(
    "simdgrad %s --help has examples",
    async (name) => {
      const { code, stdout, stderr } = await simdgrad([...(name ? [name] : []), "--help"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(`Usage: simdgrad ${name}`.trim());
      expect(stdout).toMatch(/Examples:\n {2}\$ /);
    },
  );

  test("--version is that of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await simdgrad(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  test("info says what runs and why", async () => {
    const { stdout } = await simdgrad(["info"], { SIMDGRAD_BACKEND: "js" });
    for (const label of [
      "simdgrad",
      "backend",
      "because",
      "instruction set",
      "threads",
      "cgroup quota",
      "speed",
    ])
      expect(stdout).toMatch(new RegExp(`^${label} +\\S`, "m"));
    expect(stdout).toContain("SIMDGRAD_BACKEND=js");
  });

  test("--help and info tell all environment variables", async () => {
    const help = await simdgrad(["--help"]);
    for (const name of variableNames) expect(help.stdout).toContain(`\n  ${formOf(name)}\n`);
    expect(Math.max(...help.stdout.split("\n").map((line) => line.length))).toBeLessThan(110);
    const environment = { SIMDGRAD_BACKEND: "js", SIMDGRAD_KEEP_MEMORY: "0" };
    const { stdout } = await simdgrad(["info"], environment);
    expect(stdout).toMatch(/^environment +.*SIMDGRAD_BACKEND=js, .*SIMDGRAD_KEEP_MEMORY=0/m);
    const json = await simdgrad(["info", "--json"], environment);
    expect(JSON.parse(json.stdout).environment).toMatchObject(environment);
  });

  test("info is short; --verbose names the kernels that run in JavaScript", async () => {
    const short = await simdgrad(["info"]);
    expect(Math.max(...short.stdout.split("\n").map((line) => line.length))).toBeLessThan(120);
    if (short.stdout.includes("native"))
      expect((await simdgrad(["info", "--verbose"])).stdout).toMatch(/kernels in JavaScript +\d+: [\w.]+, /);
  });

  test("info --json", async () => {
    const { stdout } = await simdgrad(["info", "--json"], { SIMDGRAD_BACKEND: "js" });
    expect(JSON.parse(stdout)).toMatchObject({
      backend: "js",
      isa: "js",
      threads: 1,
      reason: "SIMDGRAD_BACKEND=js",
      matmul: { size: 512, gflops: expect.any(Number) },
    });
  });

  test("bench --json measures a backend", async () => {
    const { stdout } = await simdgrad(["bench", "--backend", "js", "--seconds", "0", "--json"]);
    const [result] = JSON.parse(stdout).results;
    expect(result).toMatchObject({ backend: "js", steps: 5 });
    expect(result.best).toBeLessThanOrEqual(result.median);
  });

  test("plan overlaps the exchange of gradients with backward", async () => {
    // Each layer is a bucket, and the last two are done before backward is.
    const network = ["--input", "520", "--hidden", "520,520", "--classes", "520", "--batch", "64"];
    const link = ["--bandwidth", "1e9", "--latency", "1e-3", "--seconds", "0"];
    const { stdout } = await simdgrad(["plan", ...network, ...link, "--ranks", "1,4", "--json"]);
    const { bytes, results } = JSON.parse(stdout);
    const [one, four] = results;
    const layer = 4 * 521 * 520;
    expect(bytes).toBe(3 * layer);
    expect(one).toMatchObject({ ranks: 1, samples: 64, exchange: 0, step: one.compute, efficiency: 1 });
    expect(four).toMatchObject({ ranks: 4, samples: 16, buckets: [layer, layer, layer] });
    // Three quarters of the bytes twice, at a gigabit a second, and six messages of a millisecond a bucket.
    expect(four.exchange).toBeCloseTo((1.5 * bytes * 8) / 1e6 + 18, 9);
    expect(four.step).toBeGreaterThan(Math.max(four.compute, four.exchange));
    expect(four.step).toBeLessThan(four.compute + four.exchange);
    expect(four.imagesPerSecond).toBeCloseTo(64e3 / four.step, 6);
    expect(four.efficiency).toBeCloseTo(one.step / four.step / 4, 9);
  });
});
