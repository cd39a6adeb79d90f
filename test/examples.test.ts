/** Every example runs to its end, as `npm run example` runs it. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** What each must print. */
const expected: Record<string, RegExp> = {
  xor: /tensor\(\[\[0\.\],\n {8}\[1\.\],\n {8}\[1\.\],\n {8}\[0\.\]\]\)/,
  mnist: /test accuracy 0\.9[5-9]\d*\nsaved digits\.safetensors/,
  server: /asked while training: step \d+[\s\S]*trained 938 steps to a loss of 0\.[0-2]\d*\n\d+ answers/,
};

test("every example is tested: here, or in a file of its own", async () => {
  const named = async (folder: string, ending: string) =>
    (await readdir(join(root, folder)))
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length));
  const tested = [...Object.keys(expected), ...(await named("test/examples", ".test.ts"))];
  expect((await named("examples", ".ts")).sort()).toEqual(tested.sort());
});

test.each(Object.entries(expected))(
  "%s",
  async (name, output) => {
    const folder = await mkdtemp(join(tmpdir(), "simdgrad-example-"));
    try {
      const program = [join(root, "tools/example.js"), name, "--out", folder];
      const env = { ...process.env, EPOCHS: "1" };
      const { stdout } = await promisify(execFile)(process.execPath, program, { env });
      expect(stdout).toMatch(output);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  120_000,
);

test("pictures go into the folder of --out, which is made; paths of arguments stay where they are", async () => {
  const folder = await mkdtemp(join(tmpdir(), "simdgrad-example-"));
  const run = (...options: string[]) =>
    promisify(execFile)(process.execPath, [join(root, "tools/example.js"), ...options], { cwd: folder });
  try {
    const { stderr } = await run("classification-losses", "--out", "a/b");
    expect(stderr).toContain("what it wrote is in a/b");
    expect(await readdir(join(folder, "a/b"))).toEqual(["classification-losses.svg"]);
    // This folder has no CIFAR-10 in it, and the example finds that out.
    await mkdir(join(folder, "cifar"));
    await expect(run("cifar10", "cifar", "--out", "a")).rejects.toMatchObject({
      stderr: expect.stringContaining(join(folder, "cifar/data_batch_1.bin")),
    });
    await expect(run("xor", "--out")).rejects.toMatchObject({ code: 2 });
    expect((await readdir(folder)).sort()).toEqual(["a", "cifar"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("no example says in which folder its pictures go", async () => {
  for (const file of await readdir(join(root, "examples")))
    if (file.endsWith(".ts"))
      expect(await readFile(join(root, "examples", file), "utf8"), file).not.toMatch(
        /["'`][^"'`]*\/[^"'`]*\.(svg|png)/,
      );
});
