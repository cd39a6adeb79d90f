import { describe, expect, test } from "vitest";
import { circlesIn, graphOf, importsOf, runtimeImportsOf, sources } from "./imports.js";

/** Circles that stay, each with its reason. */
const whenRun: { files: string[]; reason: string }[] = [
  {
    files: [
      "src/ops/elementwise/elementwise.ts",
      "src/ops/index/scalar-as-line.ts",
      "src/ops/reduce/reduce.ts",
      "src/ops/shape/views.ts",
    ],
    reason:
      "Gradients: the one of a sum is an expand, the one of an expand is a sum. Elementwise operations sum what they have broadcast, " +
      "reductions compute with elementwise operations, and both see a scalar as a line.",
  },
];
const inTypesOnly: { files: string[]; reason: string }[] = [
  {
    files: ["src/tensor/format.ts", "src/tensor/tensor.ts"],
    reason: "A tensor prints itself, and what prints it takes a tensor.",
  },
];

const files = sources(["src"], /\.ts$/);

test("no file of src imports itself by way of others, but for gradients", () => {
  expect(files.size).toBeGreaterThan(200);
  expect(circlesIn(graphOf(files, runtimeImportsOf))).toEqual(whenRun.map((circle) => circle.files));
});

test("nor by its types", () => {
  const expected = [...whenRun, ...inTypesOnly].map((circle) => circle.files).sort();
  expect(circlesIn(graphOf(files, importsOf))).toEqual(expected);
});

describe("a circle is found", () => {
  const a = "src/a.ts";
  const b = "src/b.ts";
  const c = "src/c.ts";
  test.each<[string, string, string, string, runtime: string[][], all: string[][]]>([
    ["of two", 'import { x } from "./b.js";', 'export * from "./a.js";', "", [[a, b]], [[a, b]]],
    ["of three", 'import "./b.js";', 'import "./c.js";', 'await import("./a.js");', [[a, b, c]], [[a, b, c]]],
    ["of types", 'import type { X } from "./b.js";', 'import { y } from "./a.js";', "", [], [[a, b]]],
    ["unless it is a line", 'import "./b.js";\nimport "./c.js";', 'import "./c.js";', "", [], []],
    ["unless it is a comment", 'import "./b.js";', '// import "./a.js";', "", [], []],
  ])("%s", (_, inA, inB, inC, runtime, all) => {
    const three = new Map([
      [a, inA],
      [b, inB],
      [c, inC],
    ]);
    expect(circlesIn(graphOf(three, runtimeImportsOf))).toEqual(runtime);
    expect(circlesIn(graphOf(three, importsOf))).toEqual(all);
  });
});
