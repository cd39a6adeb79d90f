import { describe, expect, test } from "vitest";
import { arrows, importsOf, roomOf, sources } from "./imports.js";

/**
 * The rooms of src/, from the ground up. A room may import the rooms named beside it, and no other: an arrow
 * that points up, or a new one between neighbours, fails here and is either a mistake or a decision to be
 * written into this table.
 */
const ground = [
  "host",
  "not-here",
  "recognize",
  "quote",
  "errors",
  "dtype",
  "region",
  "busy",
  "tracing",
  "shape",
  "random",
  "elementary",
  "nearest",
  "decimal",
  "arguments",
  "option-kinds",
  "options",
  "saved-state",
  "package-root",
  "version",
  "cache-lines",
  "event-loop",
  "allocator",
  "environment",
];
const tensors = [...ground, "kernels", "tensor", "autograd"];
const rooms: Record<string, readonly string[]> = {
  host: [], // what the library asks of Node, or of a browser
  recognize: [],
  quote: ["recognize"],
  errors: ["quote"],
  "not-here": ["errors"],
  dtype: [],
  region: ["dtype"],
  busy: ["dtype", "errors", "region"],
  tracing: ["dtype"],
  elementary: [],
  nearest: [],
  decimal: [],
  "package-root": [],
  version: [],
  "cache-lines": ["dtype"],
  "event-loop": ["host"],
  allocator: ["host"],
  environment: [],
  arguments: ["errors", "quote", "recognize"],
  "option-kinds": ["dtype", "errors", "quote", "recognize"],
  options: ["errors", "nearest", "option-kinds", "quote", "recognize"],
  shape: ["errors", "quote"],
  "saved-state": ["errors", "quote"],
  random: ["errors", "host", "quote", "tracing"],
  kernels: ground, // never a Tensor
  tensor: ground,
  autograd: [...ground, "tensor"],
  ops: tensors,
  nn: [...tensors, "ops"],
  optim: [...tensors, "ops"],
  io: [...tensors, "ops"],
  compile: tensors,
  data: [...tensors, "ops", "io", "compile"], // a loader says how a program fetches its batches
  distributed: [...tensors, "ops", "nn"], // the ranks of a launch, and batches in shards
  train: [...tensors, "ops", "nn", "optim", "io", "data", "compile", "distributed"],
  // Bundled apart from the library, the command uses what everybody uses: the public face.
  index: [...tensors, "ops", "nn", "optim", "io", "data", "compile", "train"],
  // Beside the public face, which never loads it.
  plot: [...tensors, "ops", "nn", "io"],
  cli: [...ground, "io", "index", "plot", "distributed", "train"],
};

/**
 * The command line is bundled when it is built, pictures load optional peers when they draw; the library
 * itself stands on Node alone, but for what the build bundles.
 */
const mayImportPackages = new Set(["cli", "plot"]);
const bundled: Record<string, readonly string[]> = {
  "src/data/csv-parser.ts": ["csv-parse", "csv-parse/sync"],
  "src/data/csv-records.ts": ["csv-parse"],
  "src/browser/data/csv-parser.ts": ["csv-parse", "csv-parse/browser/esm/sync"],
  "src/browser/data/iris-text.ts": ["../../../data/iris.csv"],
  // Charts and event files of reports, which are loaded when a run writes them.
  "src/train/report/page/format.ts": ["d3-format"],
  "src/train/report/page/line-chart.ts": ["d3-array", "d3-scale", "d3-shape"],
  "src/train/report/page/parallel-chart.ts": ["d3-scale", "d3-shape"],
  "src/train/report/tensorboard/events.ts": ["pbf"],
};

function violations(files: Map<string, string>): string[] {
  const found: string[] = [];
  for (const path of files.keys())
    if (!(roomOf(path) in rooms)) found.push(`${path}: the room ${roomOf(path)} is not in the table`);
  for (const { path, from, specifier, to } of arrows(files)) {
    if (bundled[path]?.includes(specifier)) continue;
    if (to === undefined) {
      if (!specifier.startsWith("node:") && !mayImportPackages.has(from))
        found.push(`${path} imports ${specifier}`);
    } else if (to !== from && !rooms[from]?.includes(to))
      found.push(`${path} imports ${specifier}: ${from} -> ${to}`);
  }
  return found;
}

describe("imports", () => {
  test("point one way", () => {
    const files = sources(["src"], /\.ts$/);
    expect(files.size).toBeGreaterThan(30);
    expect(violations(files)).toEqual([]);
  });

  test.each([
    ["an arrow that points up", "src/tensor/tensor.ts", 'import { add } from "../ops/elementwise.js";'],
    ["a type that points up", "src/kernels/schema.ts", 'import type { Tensor } from "../tensor/tensor.js";'],
    ["an import() in a type", "src/kernels/schema.ts", 'type T = import("../tensor/tensor.js").Tensor;'],
    ["a side effect", "src/autograd/engine.ts", 'import "../ops/methods.js";'],
    ["a re-export", "src/shape.ts", 'export { tensor } from "./ops/create.js";'],
    [
      "a statement on several lines",
      "src/ops/create/create.ts",
      'import {\n  Linear,\n  // both\n  Module,\n} from "../../nn/index.js";',
    ],
    ["the face of the library", "src/nn/linear.ts", 'import { tensor } from "../index.js";'],
    ["an npm package in the core", "src/data/idx.ts", 'import { unzip } from "fflate";'],
    ["require()", "src/io/read.ts", 'const fs = require("fs-extra");'],
    ["a room that nobody planned", "src/misc/thing.ts", ""],
  ])("%s is found", (_, path, text) => {
    expect(violations(new Map([[path, text]]))).toHaveLength(1);
  });

  test.each([
    ["a room below", "src/ops/create/create.ts", 'import { kernels } from "../../kernels/backend.js";'],
    ["a neighbour in the room", "src/ops/create/create.ts", 'import { add } from "./elementwise.js";'],
    ["Node", "src/io/read.ts", 'import { open } from "node:fs";'],
    ["a package in the command line", "src/cli/main.ts", 'import { Command } from "commander";'],
    [
      "an example in a comment",
      "src/shape.ts",
      '/**\n * import { tensor } from "simdgrad";\n */\n// import x from "y";',
    ],
  ])("%s may be imported", (_, path, text) => {
    expect(violations(new Map([[path, text]]))).toEqual([]);
  });

  test("the table itself has no circle: a room names only rooms above it", () => {
    const order = Object.keys(rooms);
    for (const [room, others] of Object.entries(rooms))
      for (const other of others) expect(order.slice(0, order.indexOf(room)), room).toContain(other);
  });

  test("are read in every form", () => {
    const text = `import a from "a";\nimport "b";\nexport * from "c";\nconst d = await import("d");\nimport type { E } from 'e';`;
    expect(importsOf(text).sort()).toEqual(["a", "b", "c", "d", "e"]);
  });
});
