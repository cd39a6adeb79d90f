/**
 * The programs in the documents run, and print what their comments say. They run in this process, one after
 * another, each in a folder of its own.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { root } from "../structure/imports.js";
import { type Block, blocks, blocksOf } from "./pages.js";

const isProgram = ({ language }: Block) => /^(ts|js|mjs|tsx|jsx)$/.test(language);
const programs = blocks.filter(isProgram);

describe("a program", () => {
  const home = process.cwd();
  let folder: string | undefined;

  afterEach(() => {
    process.chdir(home);
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  });

  it.each(
    programs
      .filter(({ notRun }) => notRun === undefined)
      .map((block) => [block.page, block.line, block.code]),
  )("%s, line %i", async (_page, _line, program) => {
    const stated = [...`${program}`.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, result]) => result);
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values) => {
      printed.push(values.map((value) => JSON.stringify(value)).join(" "));
    });
    folder = mkdtempSync(join(tmpdir(), "simdgrad-docs-"));
    try {
      const file = join(folder, "program.ts");
      const source = (_: string, part = "") => JSON.stringify(join(root, "src", part, "index.ts"));
      writeFileSync(file, `${program}`.replaceAll(/"simdgrad(?:\/(\w+))?"/g, source));
      process.chdir(folder);
      await import(/* @vite-ignore */ file);
    } finally {
      log.mockRestore();
    }
    expect(printed).toEqual(stated);
  });
});

it("every program imports the library: nothing runs that cannot fail", () => {
  const idle = programs.filter(({ code, notRun }) => notRun === undefined && !/from "simdgrad/.test(code));
  expect(idle.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  expect(programs.length).toBeGreaterThan(40);
});

it("what does not run here runs in the test that its reason names", () => {
  for (const { page, notRun } of programs)
    if (notRun !== undefined) {
      const [file] = /test\/[\w/-]+\.test\.ts/.exec(notRun) ?? [];
      expect(file && existsSync(join(root, file)), `${page}: ${notRun}`).toBe(true);
    }
});

it("the programs that do not run here are these", () => {
  const reasons = programs.flatMap(({ page, notRun }) => (notRun === undefined ? [] : `${page}: ${notRun}`));
  expect(reasons).toEqual([
    "README.md: test/readme.test.ts runs it, with one epoch",
    "docs/browser.md: a page of a browser: test/browser/chromium.test.ts",
    "docs/browser.md: only imports: test/browser/bundlers.test.ts",
    "docs/browser.md: a Worker of a browser: test/browser/docs.test.ts",
  ]);
});

it("a reason stands directly above its block", () => {
  const page = "<!-- not run: why -->\n```ts\na\n```\n\n<!-- not run: lost -->\n\n```sh\nb\n```\n";
  expect(blocksOf("page", page)).toEqual([
    { page: "page", line: 2, language: "ts", code: "a\n", notRun: "why" },
    { page: "page", line: 8, language: "sh", code: "b\n", notRun: undefined },
  ]);
});
