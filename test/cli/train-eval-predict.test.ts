import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { io } from "../../src/index.js";
import { idx, writePatterns } from "./patterns.js";
import { simdgrad, temporaryFolder } from "./simdgrad.js";

const folder = temporaryFolder();
const digits = join(folder, "digits");
const letters = join(folder, "letters");
const model = join(folder, "model.safetensors");
const quick = ["--hidden", "32", "--epochs", "6", "--batch", "20", "--lr", "0.01"];

async function run(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await simdgrad(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

beforeAll(async () => {
  writePatterns(digits);
  writePatterns(letters, {
    classes: 27,
    firstLabel: 1,
    train: 520,
    test: 52,
    gzip: true,
    prefix: "emnist-letters-",
  });
  await run("train", "--data", digits, ...quick, "--out", model);
});

describe("train", () => {
  test("prints plain lines into a pipe: what, one an epoch, one summary", async () => {
    const out = join(folder, "lines.safetensors");
    const lines = (await run("train", "--data", digits, ...quick, "--out", out)).trimEnd().split("\n");
    expect(lines[0]).toBe("64-32-10 relu: 2,410 parameters");
    expect(lines[1]).toBe("300 training images, 60 test images");
    expect(lines[2]).toMatch(/^backend: /);
    for (const [i, line] of lines.slice(3, 9).entries())
      expect(line).toMatch(
        new RegExp(String.raw`^epoch ${i + 1}/6  loss \d\.\d{4}  accuracy \d+\.\d\d %  [\d,]+ images/s$`),
      );
    expect(lines[9]).toMatch(
      /^test accuracy \d+\.\d\d %, trained in [\d.]+ s on (native, \w+, \d+ threads?|js core, 1 thread)$/,
    );
    expect(lines.slice(10)).toEqual([`saved ${out}`]);
  });

  test("--resume says where it goes on from", async () => {
    const checkpoint = join(folder, "run.ckpt");
    const out = join(folder, "resumed.safetensors");
    const linesOf = async (...more: string[]) => {
      const flags = ["--checkpoint", checkpoint, "--resume", "--out", out, ...more];
      return (await run("train", "--data", digits, ...quick, ...flags)).trimEnd().split("\n");
    };
    expect((await linesOf("--epochs", "1"))[3]).toBe(
      `no checkpoint in ${checkpoint} yet: trains from the beginning`,
    );
    const lines = await linesOf();
    expect(lines[3]).toBe(
      `resumed from ${checkpoint}: goes on in epoch 2 of 6 with step 16 of 90; where the run before was stopped: no step is made again`,
    );
    expect(lines[4]).toMatch(/^epoch 2\/6 /);
    const again = await linesOf();
    expect(again[3]).toBe(
      `${checkpoint} holds a finished run: step 90 of 90, epoch 6 of 6; nothing is left to train`,
    );
    expect(again[4]).toMatch(/^test accuracy /);
  });

  test("--json prints one line with the numbers", async () => {
    const out = join(folder, "json.safetensors");
    const stdout = await run("train", "--data", digits, ...quick, "--out", out, "--json");
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      command: "train",
      steps: 90,
      classes: 10,
      out,
      seed: 0,
      optimizer: "adam",
    });
    expect(summary.testAccuracy).toBeGreaterThan(0.95);
    expect(summary.history).toHaveLength(6);
    expect(summary.history[5]).toMatchObject({ epoch: 6, step: 90 });
    expect(summary.history[5].loss).toBeLessThan(summary.history[0].loss);
  });

  test("the same seed gives the same file with 1 and 2 threads, another seed another one", async () => {
    const files = await Promise.all(
      [["0"], ["0", "--threads", "1"], ["1"]].map(async ([seed, ...more], i) => {
        const out = join(folder, `seed${i}.safetensors`);
        await run(
          "train",
          "--data",
          digits,
          ...quick,
          "--dropout",
          "0.1",
          "--seed",
          seed,
          ...more,
          "--out",
          out,
        );
        return readFileSync(out);
      }),
    );
    expect(files[1].equals(files[0])).toBe(true);
    expect(files[2].equals(files[0])).toBe(false);
  });

  test("the JS core does it too, and one line says so", async () => {
    const out = join(folder, "js.safetensors");
    const { code, stdout, stderr } = await simdgrad(["train", "--data", digits, ...quick, "--out", out], {
      SIMDGRAD_BACKEND: "js",
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("backend: js core, 1 thread (SIMDGRAD_BACKEND=js)\n");
  });

  test.each([
    ["adamw", "cosine", "gelu"],
    ["sgd", "step", "tanh"],
    ["sgd", "none", "leakyRelu"],
  ])("%s, schedule %s, %s", async (optimizer, schedule, activation) => {
    const out = join(folder, `${optimizer}-${schedule}.safetensors`);
    const choices = ["--optimizer", optimizer, "--schedule", schedule, "--activation", activation];
    const stdout = await run(
      ...["train", "--data", digits, ...quick, ...choices],
      ...["--label-smoothing", "0.05", "--weight-decay", "1e-4", "--out", out, "--json"],
    );
    expect(JSON.parse(stdout)).toMatchObject({ optimizer, schedule });
    expect(JSON.parse(stdout).testAccuracy).toBeGreaterThan(0.8);
  });

  test("the file has PyTorch's names and says what the network is", async () => {
    const { tensors, metadata } = await io.readSafetensors(model);
    expect(Object.entries(tensors).map(([name, { shape }]) => `${name} ${shape.join("x")}`)).toEqual([
      "0.weight 32x64",
      "0.bias 32",
      "2.weight 10x32",
      "2.bias 10",
    ]);
    expect(JSON.parse(metadata["simdgrad"])).toMatchObject({
      ...{ input: [8, 8], hidden: [32], classes: 10, activation: "relu", dropout: 0 },
      training: { epochs: 6, seed: 0, finished: true },
    });
  });
});

describe("one part of the data", () => {
  const only = (part: string) => {
    const copy = join(folder, `only ${part}`);
    cpSync(digits, copy, { recursive: true, filter: (path) => path === digits || path.includes(`${part}-`) });
    return copy;
  };

  test("eval reads the test files alone", async () => {
    const facts = async (data: string) => {
      const { accuracy, loss, samples } = JSON.parse(
        await run("eval", "--model", model, "--data", data, "--json"),
      );
      return { accuracy, loss, samples };
    };
    expect(await facts(only("t10k"))).toEqual(await facts(digits));
  });

  test.each([
    ["t10k", "test"],
    ["train", "train"],
  ])("predict reads the %s files alone", async (part, from) => {
    const predict = (data: string) =>
      run("predict", "--model", model, "--data", data, "--from", from, "--json");
    expect(await predict(only(part))).toBe(await predict(digits));
  });
});

describe("eval", () => {
  test("finds in the file all that it needs", async () => {
    const stdout = await run("eval", "--model", model, "--data", digits);
    expect(stdout).toMatch(/64-32-10 relu\ntest accuracy \d+\.\d\d % \(\d+ of 60\), loss \d\.\d{4}/);
  });

  test("--json has the confusion matrix", async () => {
    const result = JSON.parse(await run("eval", "--model", model, "--data", digits, "--json"));
    expect(result).toMatchObject({ command: "eval", samples: 60 });
    expect(result.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(60);
    const hits = result.confusion.reduce((n: number, row: number[], i: number) => n + row[i], 0);
    expect(hits).toBe(result.correct);
  });
});

describe("predict", () => {
  test("draws the image and shows the probabilities", async () => {
    const lines = (await run("predict", "--model", model, "--data", digits, "--index", "7")).split("\n");
    expect(lines.slice(0, 4).join("")).toMatch(/^[ ▀▄█]+$/);
    expect(lines[4]).toMatch(/^image 7: 7 \(\d+\.\d\d %\), which is right$/);
    expect(lines.slice(5, 15).map((line) => Number(line.slice(0, 3)))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    expect(lines[12]).toMatch(/█/);
  });

  test("--json takes several positions", async () => {
    const stdout = await run(
      "predict",
      "--model",
      model,
      "--data",
      digits,
      "--index",
      "3",
      "5-6,9",
      "--json",
    );
    const { predictions } = JSON.parse(stdout);
    expect(predictions.map((p: { index: number }) => p.index)).toEqual([3, 5, 6, 9]);
    for (const { probabilities, label, target, index } of predictions) {
      expect(probabilities.reduce((a: number, b: number) => a + b)).toBeCloseTo(1, 5);
      expect(Math.max(...probabilities)).toBe(probabilities[label]);
      expect(target).toBe(index % 10);
    }
  });

  test("takes one file of images, which needs no labels", async () => {
    const file = join(digits, "t10k-images-idx3-ubyte");
    const { predictions } = JSON.parse(await run("predict", "--model", model, "--data", file, "--json"));
    expect(predictions).toMatchObject([{ index: 0, label: 0 }]);
    expect(predictions[0]).not.toHaveProperty("target");
  });

  test("--from train takes training images", async () => {
    const args = [
      "predict",
      "--model",
      model,
      "--data",
      digits,
      "--from",
      "train",
      "--index",
      "299",
      "--json",
    ];
    expect(JSON.parse(await run(...args)).predictions[0].target).toBe(9);
  });
});

test("letters: gzipped files of EMNIST with 27 classes, through all three commands", async () => {
  const out = join(folder, "letters.safetensors");
  const summary = JSON.parse(await run("train", "--data", letters, ...quick, "--out", out, "--json"));
  expect(summary.classes).toBe(27);
  expect(summary.testAccuracy).toBeGreaterThan(0.9);
  expect(await run("eval", "--model", out, "--data", letters)).toContain("64-32-27 relu");
  const lines = (await run("predict", "--model", out, "--data", letters, "--index", "25"))
    .trimEnd()
    .split("\n");
  expect(lines[4]).toMatch(/^image 25: 26 /);
  expect(lines).toHaveLength(15); // four of picture, the verdict, the ten likeliest
});

describe("a model and data that do not fit", () => {
  const fails = async (code: string, text: string, ...args: string[]) => {
    const outcome = await simdgrad(args);
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(new RegExp(`^simdgrad ${args[0]}: [^\n]*\\[${code}\\]\n$`));
    expect(outcome.stderr).toContain(text);
  };

  test("images of another size", async () => {
    const large = writePatterns(join(folder, "large"), { side: 12 });
    await fails("MODEL_MISMATCH", "takes images of 8 x 8", "eval", "--model", model, "--data", large);
    const file = join(large, "t10k-images-idx3-ubyte");
    await fails("MODEL_MISMATCH", "the data has 12 x 12", "predict", "--model", model, "--data", file);
  });

  test("more classes in the data", async () => {
    await fails("LABEL_OUT_OF_RANGE", "10 classes", "eval", "--model", model, "--data", letters);
  });

  test("a file of tensors that no command saved", async () => {
    const other = join(folder, "other.safetensors");
    io.saveSafetensorsSync(other, (await io.readSafetensors(model)).tensors);
    await fails("NO_ARCHITECTURE", other, "eval", "--model", other, "--data", digits);
  });

  test.each([
    ["BAD_ARCHITECTURE", "activation", { activation: "constructor" }],
    ["BAD_ARCHITECTURE", "std", { std: 0 }],
    ["BAD_ARCHITECTURE", "hidden", { hidden: 3 }],
    ["MODEL_MISMATCH", "0.weight is [32, 64], not [1000000000, 64]", { hidden: [1e9] }],
    ["MODEL_MISMATCH", "no 4.weight", { hidden: [32, 10] }],
    ["MODEL_MISMATCH", "unexpected 2.weight", { hidden: [], classes: 32 }],
    ["NEWER_FORMAT", "format 99", { format: 99 }],
  ])("a description that is wrong: %s %s", async (code, text, change) => {
    const { tensors, metadata } = await io.readSafetensors(model);
    const path = join(folder, "described.safetensors");
    const description = JSON.stringify({ ...JSON.parse(metadata["simdgrad"]), ...change });
    io.saveSafetensorsSync(path, tensors, { metadata: { simdgrad: description } });
    await fails(code, text, "eval", "--model", path, "--data", digits);
  });

  test("a truncated model", async () => {
    const path = join(folder, "cut.safetensors");
    writeFileSync(path, readFileSync(model).subarray(0, 2000));
    await fails("[A-Z_]+", path, "predict", "--model", path, "--data", digits);
  });

  test("an image file that is none", async () => {
    const path = join(folder, "labels");
    writeFileSync(path, idx([3], Uint8Array.of(1, 2, 3)));
    await fails("NOT_IMAGES", "labels", "predict", "--model", model, "--data", path);
  });

  test("a position behind the last image", async () => {
    const args = ["predict", "--model", model, "--data", digits, "--index", "60"];
    await fails("INDEX_OUT_OF_RANGE", "of 60 images the last is at 59: 60", ...args);
  });
});

test.each([
  ["a path", () => "\x1b]0;title\x07\x1b[2J\u009b5n.safetensors"],
  [
    "the name of a tensor",
    () => {
      const path = join(folder, "hostile.safetensors");
      const { tensors, metadata } = io.readSafetensorsSync(model);
      const named = { ...tensors, ["\x1b[2J\u009b5n\u202e".repeat(10_000)]: tensors["0.bias"]! };
      io.saveSafetensorsSync(path, named, { metadata });
      return path;
    },
  ],
])("%s reaches the terminal without what it would obey", async (_, path) => {
  for (const json of [[], ["--json"]]) {
    const { code, stdout, stderr } = await simdgrad(["eval", "--model", path(), "--data", digits, ...json]);
    expect(code).toBe(1);
    expect(stderr).toContain("\\u001b[2J");
    expect(`${stdout}${stderr}`.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(stderr.length).toBeLessThan(1000);
  }
});
