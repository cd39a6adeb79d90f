/** docs/operations.md is what the library has: every operation, its gradient, and where it runs. `npx vitest run -u` writes it anew. */
import { expect, test } from "vitest";
import * as library from "../../src/index.js";
import { backend, compile, nn, Tensor, tensor } from "../../src/index.js";
import { k, withKernels } from "../../src/kernels/backend.js";
import { binaryRows, compareRows, unaryRows } from "../../src/kernels/rows.js";
import type { Kernels } from "../../src/kernels/schema.js";
import { numel } from "../../src/shape.js";
import { type Case, cases, layersOf } from "../autograd/cases.js";
import { linearCases } from "../autograd/linear-cases.js";
import { units } from "../hash.js";

/** Fresh inputs of a case. */
function inputsOf({ shapes, values = [-2, 2] }: Case): Tensor[] {
  const [low, high] = values as readonly [number, number];
  return shapes.map((shape, i) => {
    const given = values[i];
    const data = Array.isArray(given)
      ? Float64Array.from(given)
      : units(numel(shape), 20 + i).map((u) => low + ((u + 1) / 2) * (high - low));
    return tensor(data, { shape, requiresGrad: true });
  });
}

/** Kernels that a case calls, forward and backward; of families with the op: `unary.exp`. */
function kernelsOf(c: Case): Set<string> {
  const used = new Set<string>();
  const table = k as unknown as Record<string, (...args: unknown[]) => number>;
  const noting = Object.fromEntries(
    Object.keys(table).map((name) => [
      name,
      (...args: unknown[]) => {
        used.add(name).add(`${name}.${args[0]}`);
        return table[name](...args);
      },
    ]),
  );
  const inputs = inputsOf(c);
  withKernels(noting as unknown as Kernels, () => {
    const out = c.fn(...inputs);
    if (out.requiresGrad) out.sum().backward();
  });
  return used;
}

/** Whether a case of linear algebra reads the values of its inputs, to factorize without kernels: what `compile` refuses. */
function readsValues(c: Case): boolean {
  try {
    compile(c.fn)(...inputsOf(c).map((x) => x.detach()));
    return false;
  } catch (error) {
    return (error as { code?: string }).code === "NOT_CAPTURABLE";
  }
}

interface Row {
  readonly gradient: string;
  readonly runs: string;
}

function rowOf(name: string): Row {
  const slow = new Set(backend.fallbacks);
  const families = { unary: unaryRows, binary: binaryRows, compare: compareRows };
  const family = Object.entries(families).find(([, rows]) => Object.hasOwn(rows, name))?.[0];
  const own = Object.hasOwn(cases, name) ? cases[name] : [];
  const [used] = own.map(kernelsOf);
  const factorizes = Object.hasOwn(linearCases, name) && readsValues(own[0]);
  const inJs =
    family !== undefined
      ? slow.has(`${family}.${name}`)
      : factorizes || [...(used ?? [])].some((kernel) => slow.has(kernel));
  const twice = family !== undefined || own.some((c) => c.noSecondOrder === undefined);
  const gradient =
    family === "compare" || (family === undefined && own.length === 0)
      ? "none"
      : twice
        ? "any order"
        : "first order";
  const runs = family === undefined && used === undefined ? "" : inJs ? "JavaScript" : "native";
  return { gradient, runs };
}

function page(): string {
  const methods = Object.getOwnPropertyNames(Tensor.prototype).filter(
    (name) =>
      typeof Object.getOwnPropertyDescriptor(Tensor.prototype, name)!.value === "function" &&
      name !== "constructor",
  );
  const inPlace = new Set(methods.filter((name) => name.endsWith("_")).map((name) => name.slice(0, -1)));
  const functions = Object.entries(library).flatMap(([name, value]) =>
    typeof value === "function" && !/^[A-Z]/.test(name) ? [name] : [],
  );
  const layers = Object.entries(nn).filter(
    ([, value]) => (value as { prototype?: object }).prototype instanceof nn.Module,
  );
  const names = new Set([
    ...methods.filter((name) => !name.endsWith("_")),
    ...functions,
    ...Object.keys(nn.functional),
    ...Object.keys(library.linalg).map((name) => `linalg.${name}`),
  ]);
  const forms = (name: string) =>
    [
      methods.includes(name) ? `x.${name}()` : "",
      inPlace.has(name) ? `x.${name}_()` : "",
      functions.includes(name) || name.startsWith("linalg.") ? `${name}()` : "",
      Object.hasOwn(nn.functional, name) ? `nn.functional.${name}()` : "",
      ...layers.flatMap(([layer]) => (layersOf[layer] === name ? [`nn.${layer}`] : [])),
    ].filter((form) => form !== "");
  const lines = [...names].sort().map((name) => {
    const { gradient, runs } = rowOf(name);
    return `| ${name} | ${forms(name)
      .map((form) => `\`${form}\``)
      .join(", ")} | ${gradient} | ${runs} |`;
  });
  const others = layers.flatMap(([layer]) => (names.has(layersOf[layer]) ? [] : [`\`nn.${layer}\``]));
  return `# Operations

Written by \`test/structure/operations.test.ts\`, which fails when it is not what the library has.

*Gradient*: checked against difference quotients in float64 (\`test/autograd\`), in any order where gradients have gradients; values and gradients
are compared with PyTorch's by the fixtures of \`test/fixtures/pytorch\`. *Runs in*: C++ for float32, or JavaScript where a kernel it needs has no
C++ yet; float64 and integers always run in JavaScript. Empty: makes, reads or converts tensors, or has no gradient to be checked.

| operation | forms | gradient | runs in |
|---|---|---|---|
${lines.join("\n")}

Layers made of several operations: ${others.sort().join(", ")}.
`;
}

test.runIf(backend.isas.length > 0)("docs/operations.md is up to date", async () => {
  backend.use("native");
  await expect(page()).toMatchFileSnapshot("../../docs/operations.md");
});
