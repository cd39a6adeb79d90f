/** Every environment variable is in the list of src/environment.ts, and the documents state it as it is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formOf, variableNames } from "../../src/environment.js";
import { root, sources } from "./imports.js";

const namesIn = (text: string) => new Set(text.match(/\bSIMDGRAD_[A-Z_]*[A-Z]\b/g));

test("the source reads no variable that the list lacks", () => {
  const read = new Set([...sources(["src"], /\.ts$/).values()].flatMap((text) => [...namesIn(text)]));
  expect([...read].sort()).toEqual(variableNames.filter((name) => name.startsWith("SIMDGRAD_")).sort());
});

test("CONTRIBUTING.md states every variable that chooses what runs, and its values", () => {
  const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  for (const name of variableNames)
    if (/BACKEND|ISA|THREADS|MEMORY|ADDON/.test(name)) expect(page).toContain(`\`${formOf(name)}\``);
});

const documents = ["README.md", "docs/memory.md", "docs/command-line.md"];

test.each(documents)("%s names no variable that there is not", (path) => {
  const known = new Set<string>(variableNames);
  for (const name of namesIn(readFileSync(join(root, path), "utf8"))) expect(known).toContain(name);
});

test("docs/command-line.md lists every variable that users set", () => {
  const page = readFileSync(join(root, "docs/command-line.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  // The library sets this one itself.
  expect(rows.sort()).toEqual(variableNames.filter((name) => name !== "SIMDGRAD_MPI_OWNER").sort());
});
