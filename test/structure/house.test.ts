import { readdirSync } from "node:fs";
import { basename, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { root, sources } from "./imports.js";

const code = /\.(tsx?|js|mjs|cjs|css|cc|h|py)$/;
const folders = readdirSync(root).filter((name) =>
  ["src", "native", "playground", "site", "test", "tools", "bench", "examples"].includes(name),
);
// Fixtures are data, and what makes them is one list of cases. What is generated is read in what it is
// generated from.
const written = /^(#pragma once\n\/\/|\/\*) Written by [^\n]*`?npm run generate`?/;
const files = new Map(
  [...sources(folders, code)].filter(
    ([path, text]) => !/^(test\/fixtures|site\/(dist|pages))\//.test(path) && !written.test(text),
  ),
);

/** A file that outgrows this holds more than one idea. */
const longest = 450;
/** Names that say where something is kept and not what it is. */
const nameless = /^(utils?|helpers?|common|misc|shared|lib)$/i;

describe("the house", () => {
  test(`files stay below ${longest} lines`, () => {
    const lines = [...files].map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }));
    expect(lines.length).toBeGreaterThan(60);
    expect(lines.filter((file) => file.lines >= longest)).toEqual([]);
  });

  test("every folder and file is called by what it is", () => {
    const names = new Set(
      [...files.keys()].flatMap((path) => path.split("/").map((name) => basename(name).split(".")[0]!)),
    );
    expect([...names].filter((name) => nameless.test(name))).toEqual([]);
  });

  test("names of files have hyphens between their words, in C++ and Python underscores", () => {
    const words = { ts: /^[a-z0-9]+(-[a-z0-9]+)*$/, cc: /^[a-z0-9]+([_-][a-z0-9]+)*$/ };
    const odd = [...files.keys()].filter((path) => {
      const [name, ...endings] = basename(path).split(".");
      return !words[/^(cc|h|py)$/.test(endings.at(-1)!) ? "cc" : "ts"].test(name);
    });
    expect(odd).toEqual([]);
  });

  test("only the binding sees Node-API", () => {
    const binding = /#\s*include\s*[<"](?:node_api|js_native_api|napi|uv|v8|node|addon)[\w-]*\.h[>"]/;
    const seen = [...files].filter(
      ([path, text]) => posix.dirname(path).startsWith("native") && binding.test(text),
    );
    expect(seen.map(([path]) => path)).toEqual([
      "native/binding/addon-job.cc",
      "native/binding/addon-mpi.cc",
      "native/binding/addon-program.cc",
      "native/binding/addon.cc",
      "native/binding/addon.h",
    ]);
  });

  test("every property has the seed of test/property.ts", () => {
    const direct = [...files].filter(([, text]) => /^import .* from "fast-check"/m.test(text));
    // the fuzzer is given its seed
    expect(direct.map(([path]) => path).sort()).toEqual(["test/native/fuzz.mjs", "test/property.ts"]);
  });

  test("no kernel calls the mathematics of the C library", () => {
    const libm = /#\s*include\s*<(?:cmath|math\.h)>|\bstd::(?:exp|log|sin|cos|tanh|pow|erf)\b/;
    const found = [...files].filter(([path, text]) => path.startsWith("native/kernels/") && libm.test(text));
    expect(found.map(([path]) => path)).toEqual([]);
  });
});
