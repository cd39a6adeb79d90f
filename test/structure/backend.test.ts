import { describe, expect, test } from "vitest";
import { backend } from "../../src/index.js";
import type { Addon } from "../../src/kernels/addon.js";
import { binaryMathRows, integerRows } from "../../src/kernels/binary-math.js";
import * as js from "../../src/kernels/js/index.js";
import { overlay } from "../../src/kernels/native.js";
import { kernelNames, opsOf } from "../../src/kernels/schema.js";
import { specialBinaryRows, specialUnaryRows } from "../../src/kernels/special-rows.js";
import { unaryMathRows } from "../../src/kernels/unary-math.js";

/**
 * Kernels and ops of the table that have no C++ and run in JavaScript on purpose. A misspelt name would show
 * up here.
 */
const pinned: string[] = [
  ...Object.keys(unaryMathRows).map((op) => `unary.${op}`),
  ...Object.keys(unaryMathRows).map((op) => `unaryGrad.${op}`),
  ...[...Object.keys(binaryMathRows), ...Object.keys(integerRows)].map((op) => `binary.${op}`),
  ...Object.keys(specialUnaryRows).flatMap((op) => [`unary.${op}`, `unaryGrad.${op}`]),
  ...Object.keys(specialBinaryRows).map((op) => `binary.${op}`),
  ...["argSort", "searchSorted", "argScan", "scan"],
  "scatterReduce",
];

test.runIf(backend.isas.length > 0)("what the native table leaves to JavaScript is what was decided", () => {
  backend.use("native");
  expect([...backend.fallbacks].sort()).toEqual(pinned.sort());
});

/** An addon that has every kernel and op, under the names that it is given the chance to change. */
function addon(change: (kernels: Addon["kernels"], ops: Addon["ops"]) => void): Addon {
  const kernels: Addon["kernels"] = Object.fromEntries(Object.keys(js).map((name) => [name, () => -1]));
  const families = kernelNames.filter((name) => opsOf(name).length > 0);
  const ops: Addon["ops"] = Object.fromEntries(families.map((name) => [name, [...opsOf(name)]]));
  change(kernels, ops);
  return { kernels, ops, init() {} } as unknown as Addon;
}

const rename = <T>(table: Record<string, T>, from: string, to: string) => {
  table[to] = table[from]!;
  delete table[from];
};

describe("a name that C++ and TypeScript spell differently is seen", () => {
  test.each<[string, (kernels: Addon["kernels"], ops: Addon["ops"]) => void, string[]]>([
    ["none", () => {}, []],
    ["a kernel", (kernels) => rename(kernels, "softmaxGrad", "softmax_grad"), ["softmaxGrad"]],
    ["an op", (_, ops) => ops["unary"]!.splice(ops["unary"]!.indexOf("gelu"), 1, "Gelu"), ["unary.gelu"]],
    [
      "a family",
      (_, ops) => rename(ops, "reduce", "reduction"),
      ["reduce.sum", "reduce.prod", "reduce.max", "reduce.min"],
    ],
  ])("%s", (_, change, expected) => {
    expect(overlay(addon(change), { block: new Float64Array(512) }).fallbacks).toEqual(expected);
  });
});
