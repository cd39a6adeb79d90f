import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { main } from "./simdgrad.js";

const text = readFileSync(main, "utf8");

test("the command needs Node and the library, no package", () => {
  const imports = [...text.matchAll(/^import\s[^"]*"([^"]+)";$/gm)].map(([, from]) => from);
  expect(imports).toContain("../index.js");
  expect(imports.filter((from) => !/^(node:|\.\.\/(distributed\/)?index\.js$)/.test(from))).toEqual([]);
  const required = [...text.matchAll(/\b(?:__)?require\("([^"]+)"\)/g)].map(([, from]) =>
    from.replace("node:", ""),
  );
  const builtin = ["events", "child_process", "path", "fs", "process", "readline", "tty"];
  expect(required.filter((from) => !builtin.includes(from))).toEqual([]);
});

test("it can be run as a program", () => {
  expect(text.startsWith("#!/usr/bin/env node\n")).toBe(true);
  if (process.platform !== "win32") expect(statSync(main).mode & 0o111).toBe(0o111);
});

test("the licences of the bundled packages lie beside it", () => {
  const notices = readFileSync(join(dirname(main), "THIRD_PARTY_LICENSES.txt"), "utf8");
  const bundled = new Set(
    [...text.matchAll(/^\/\/ node_modules\/(?:.*node_modules\/)?((?:@[^/]+\/)?[^/]+)\//gm)].map(
      ([, name]) => name,
    ),
  );
  expect(bundled.size).toBeGreaterThan(3);
  const named = [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \((MIT|ISC)\)\n\n/gm)].map(([, name]) => name);
  // A package of one file may be set in where it is used, without a comment.
  expect(named.sort()).toEqual([...bundled, "picocolors"].sort());
  expect(notices.match(/Permission (is hereby granted|to use, copy)/g)).toHaveLength(named.length);
});
