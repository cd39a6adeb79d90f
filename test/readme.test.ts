import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("the program on README's first screen trains on the real MNIST", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const program = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  expect(program.trim().split("\n").length).toBeLessThanOrEqual(18);
  // One epoch is enough here; the text must be as printed otherwise.
  const shortened = program.replace("epoch < 3", "epoch < 1");
  expect(shortened).not.toBe(program);
  // Beside package.json, so that "simdgrad" resolves to this package.
  const file = join(root, `readme-${process.pid}.mjs`);
  await writeFile(file, shortened);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(Number(/test accuracy ([\d.]+)/.exec(stdout)?.[1])).toBeGreaterThan(0.95);
  } finally {
    await rm(file);
  }
}, 120_000);
