/** Functions and modules against PyTorch: values, gradients, and the state that a call leaves behind. */
import { describe, expect, it } from "vitest";
import { autograd, nn, type Tensor } from "../../src/index.js";
import { expectClose, type Tolerance, tolerances } from "../close.js";
import {
  argument,
  loadModules,
  type StoredFunction,
  type StoredModule,
  tensorsIn,
} from "../fixtures/pytorch/modules.js";
import { decode, elements, type StoredTensor, toTensor } from "../fixtures/pytorch/read.js";

type Floats = "float32" | "float64";

function expectTensor(
  x: Tensor,
  stored: StoredTensor,
  dtype: Floats,
  what: string,
  tolerance: Tolerance = tolerances[dtype],
): void {
  expect(x.shape, what).toEqual(stored[1]);
  expectClose(elements(x.detach()), decode(stored[2]), tolerance, what);
}

/** Values of the results, and gradients of `leaves` with the stored cotangents. */
function expectCall(
  c: StoredFunction | StoredModule,
  results: Tensor[],
  leaves: Tensor[],
  expected: (StoredTensor | null)[],
  dtype: Floats,
): void {
  expect(results.length).toBe(c.outputs.length);
  for (const [i, y] of results.entries()) expectTensor(y, c.outputs[i], dtype, `output ${i}`);
  if (c.cotangents.length === 0) return;
  const roots = results.filter((y) => y.requiresGrad);
  expect(roots.length).toBe(c.cotangents.length);
  const grads = autograd.grad(roots, leaves, {
    gradOutputs: c.cotangents.map((g) => toTensor(g, dtype)),
    allowUnused: true,
  });
  for (const [i, g] of grads.entries()) {
    const wanted = expected[i];
    if (wanted === null) continue; // takes no part, or is not asked for
    expect(g, `gradient ${i}`).not.toBe(null);
    // PyTorch's sixth in the gradient of hardsigmoid is a float32, also for float64.
    const sixth = c.op.toLowerCase() === "hardsigmoid" && dtype === "float64";
    expectTensor(g!, wanted, dtype, `gradient ${i}`, sixth ? { rtol: 1e-7, atol: 1e-13 } : undefined);
  }
}

function checkFunction(c: StoredFunction, dtype: Floats): void {
  const args = c.args.map((a) => argument(a, dtype));
  const options = argument(c.options, dtype) as Record<string, unknown>;
  const leaves = tensorsIn([args, options]);
  for (const [i, x] of leaves.entries()) if (c.grads[i] !== null) x.requiresGrad = true;
  const fn = (nn.functional as Record<string, (...args: any[]) => unknown>)[c.op];
  const given = Object.keys(options).length > 0 ? [...args, options] : args;
  const results = tensorsIn(fn(...given));
  const differentiable = leaves.filter((x) => x.requiresGrad);
  const wanted = c.grads.filter((g) => g !== null);
  expectCall(c, results, differentiable, wanted, dtype);
  const kept = tensorsIn(args).filter((x, i) => c.grads[i] === null && x.dtype === dtype);
  for (const [i, x] of kept.entries()) expectTensor(x, c.after[i], dtype, `argument ${i} afterwards`);
}

/** The module with the stored weights. */
function moduleOf(c: StoredModule, dtype: Floats): nn.Module {
  const Layer = (nn as unknown as Record<string, new (...args: any[]) => nn.Module>)[c.op];
  const options = argument(c.options, dtype) as Record<string, unknown>;
  const given = Object.keys(options).length > 0 ? [...c.positional, options] : c.positional;
  const module = new Layer(...given).to(dtype).train(c.train);
  const state = Object.fromEntries(Object.entries(c.state).map(([k, v]) => [k, toTensor(v, dtype)]));
  expect(Object.keys(module.stateDict()).sort()).toEqual(Object.keys(state).sort());
  module.loadStateDict(state);
  return module;
}

function checkModule(c: StoredModule, dtype: Floats): void {
  const module = moduleOf(c, dtype);
  const options = argument(c.forwardOptions, dtype) as Record<string, unknown>;
  const withOptions = (args: unknown[]) => (Object.keys(options).length > 0 ? [...args, options] : args);
  let last: unknown[] = [];
  let results: Tensor[] = [];
  for (const call of c.calls) {
    last = call.map((a) => argument(a, dtype));
    for (const [i, x] of tensorsIn(last).entries()) if (c.grads[i] !== null) x.requiresGrad = true;
    results = tensorsIn(module.forward(...withOptions(last)));
  }
  const parameters = [...module.namedParameters()];
  const inputs = tensorsIn(last);
  const leaves = [...inputs.filter((x) => x.requiresGrad), ...parameters.map(([, p]) => p)];
  const wanted = [
    ...c.grads.filter((g) => g !== null),
    ...parameters.map(([name]) => c.parameterGrads[name]),
  ];
  expectCall(c, results, leaves, wanted, dtype);
  for (const [name, x] of Object.entries(module.stateDict()))
    expectTensor(x, c.after[name] ?? c.state[name], dtype, `${name} afterwards`);
}

const shapes = (v: unknown) =>
  JSON.stringify(v, (_, x) => (Array.isArray(x) && typeof x[0] === "string" && x.length === 3 ? x[1] : x));

for (const file of ["normalization", "activations", "embeddings", "attention", "recurrent", "sampling"]) {
  const { functions = [], modules = [] } = loadModules(file);
  describe.each(["float64", "float32"] as const)(`${file} in %s`, (dtype) => {
    if (functions.length > 0)
      it.each(functions.map((c, i) => [`${c.op} #${i} ${shapes(c.args)} ${shapes(c.options)}`, c] as const))(
        "%s",
        (_, c) => checkFunction(c, dtype),
      );
    if (modules.length > 0)
      it.each(
        modules.map((c, i) => {
          const call = `${shapes(c.positional)} ${shapes(c.options)} ${c.train} ${shapes(c.calls)}`;
          return [`${c.op} #${i} ${call} ${shapes(c.forwardOptions)}`, c] as const;
        }),
      )("%s", (_, c) => checkModule(c, dtype));
  });
}
