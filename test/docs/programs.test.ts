/** The programs in the documents print what their comments say. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const docs = join(root, "docs");

/** Programs that import the library, by document. */
const programs = readdirSync(docs)
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) =>
    [...readFileSync(join(docs, name), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)]
      .map(([, program]) => program)
      .filter((program) => program.includes('from "simdgrad"'))
      .map((program, i) => [`docs/${name}`, i + 1, program] as const),
  );

it.each(programs)("%s, program %i", async (_name, _i, program) => {
  const stated = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, result]) => result);
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => {
    printed.push(values.map((value) => JSON.stringify(value)).join(" "));
  });
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-docs-"));
  try {
    const file = join(folder, "program.ts");
    const source = (_: string, part = "") => JSON.stringify(join(root, "src", part, "index.ts"));
    writeFileSync(file, program.replaceAll(/"simdgrad(?:\/(\w+))?"/g, source));
    await import(/* @vite-ignore */ file);
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  }
  expect(printed).toEqual(stated);
  expect(stated.length).toBeGreaterThan(0);
});

it("there are programs", () => {
  expect(new Set(programs.map(([name]) => name))).toEqual(
    new Set(["docs/attention.md", "docs/autograd.md", "docs/distributed.md"]),
  );
});
