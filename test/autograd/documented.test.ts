/** The program in docs/autograd.md prints what its comments say. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

it("docs/autograd.md has an example that runs", async () => {
  const page = readFileSync(join(root, "docs/autograd.md"), "utf8");
  const program = /```ts\n([\s\S]*?)```/.exec(page)![1];
  const stated = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, result]) => result);
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => {
    printed.push(values.map((value) => JSON.stringify(value)).join(" "));
  });
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-docs-"));
  try {
    const file = join(folder, "program.ts");
    writeFileSync(file, program.replace('"simdgrad"', JSON.stringify(join(root, "src/index.ts"))));
    await import(/* @vite-ignore */ file);
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  }
  expect(printed).toEqual(stated);
  expect(stated.length).toBeGreaterThan(2);
});
