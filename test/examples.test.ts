/** Every example runs to its end, as `npm run example` runs it. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
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
      const { stdout } = await promisify(execFile)(process.execPath, [join(root, "tools/example.js"), name], {
        cwd: folder, // what it saves goes there
        env: { ...process.env, EPOCHS: "1" },
      });
      expect(stdout).toMatch(output);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  120_000,
);
