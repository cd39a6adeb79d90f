import { describe, expect, test } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import { bind, type Kernel, partsOf } from "../../src/kernels/marshal.js";
import { type KernelName, type Kernels, kernelNames } from "../../src/kernels/schema.js";

const block = new Float64Array(512);

/** A kernel whose C++ notes what reaches it. */
function bound(name: KernelName) {
  const calls: { numbers: number[]; arrays: unknown[] }[] = [];
  const parts = partsOf(name);
  const numbers = parts.filter((part) => part !== "array" && part !== "list").length;
  const native: Kernel = (...arrays) => {
    calls.push({ numbers: [...block.subarray(0, numbers)], arrays });
    return -1;
  };
  const binding = {
    name,
    native,
    fallback: () => -1,
    numbers: { block },
    codes: { sum: 0, normal: 1, relu: 2 },
  };
  let kernel: Kernel = () => -1;
  kernel = bind(binding, (generated) => {
    kernel = generated;
  });
  return { calls, call: (...args: unknown[]) => kernel(...args) };
}

describe("what a first call passes does not decide how later ones are passed", () => {
  const x = new Float32Array(4);
  const out = new Float32Array(4);
  const state = new Int32Array(4);
  test.each<[KernelName, unknown[], unknown[], { numbers: number[]; arrays: unknown[] }]>([
    [
      "random",
      ["normal", { std: 0.02 }, undefined, 4, state, 0, out, 0],
      ["normal", 0, 1, 4, state, 0, out, 0],
      { numbers: [1, 0, 1, 4, 0, 0], arrays: [state, out] },
    ],
    ["fill", ["0.5", 4, out, 0], [0.5, 4, out, 0], { numbers: [0.5, 4, 0], arrays: [out] }],
    [
      "reduce",
      ["sum", 2, "2", [1], x, 0, out, 0],
      ["sum", 2, 2, 1, x, 0, out, 0],
      { numbers: [0, 2, 2, 1, 0, 0], arrays: [x, out] },
    ],
  ])("%s", (name, wrong, right, expected) => {
    const { calls, call } = bound(name);
    call(...wrong);
    call(...right);
    expect(calls[1]).toEqual(expected);
  });
});

test("every kernel has a row with as many arguments as its definition takes", () => {
  expect([...kernelNames].sort()).toEqual(Object.keys(js).sort());
  const core: Kernels = js;
  // These take a list: the type of the table is their only declaration.
  const rest = ["gemmSgdStep", "gemmAdamStep", "attention", "attentionGrad"];
  for (const name of kernelNames)
    if (!rest.includes(name)) expect([name, partsOf(name).length]).toEqual([name, core[name].length]);
});
