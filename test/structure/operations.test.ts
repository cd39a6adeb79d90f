/** What is generated from the operations is what they state: docs/operations.md and src/ops/generated. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as library from "../../src/index.js";
import { backend, compile, nn, Tensor, tensor } from "../../src/index.js";
import { k, withKernels } from "../../src/kernels/backend.js";
import { binaryRows, compareRows, unaryRows } from "../../src/kernels/rows.js";
import type { Kernels } from "../../src/kernels/schema.js";
import { numel } from "../../src/shape.js";
import { type Operation, readOperations, root } from "../../tools/operations/read.js";
import { generatedFiles } from "../../tools/operations/write.js";
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

/**
 * Whether a case of linear algebra reads the values of its inputs, to factorize without kernels: what
 * `compile` refuses.
 */
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

/**
 * A signature as a user writes it: `cumsum(x: Tensor, dim: number): Tensor`, or `x.view(...)` of what is a
 * method only.
 */
function signaturesOf({ forms, signatures }: Operation): string[] {
  const [{ kind, name, spread, text }] = forms;
  if (kind === "property") return [`${text}: ${signatures[0].returns}`];
  const onTensor = kind === "method" || kind === "inPlace";
  return signatures.map(({ typeParameters, parameters, returns }) => {
    const given = parameters
      .slice(onTensor ? 1 : 0)
      .map((p) => (spread !== undefined && p.name === spread ? `...${p.name}: number[]` : p.text));
    const prefix = onTensor ? "x." : kind === "linalg" ? "linalg." : "";
    return `${prefix}${name}${typeParameters}(${given.join(", ")}): ${returns}`;
  });
}

/** Operations of one name share a line: `x.add_()` is in that of `add`. */
function byName(operations: readonly Operation[]): Map<string, Operation[]> {
  const named = (op: Operation) => (op.forms[0].kind === "linalg" ? "linalg." : "") + op.forms[0].name;
  const names = new Set(operations.map(named));
  const groups = new Map<string, Operation[]>();
  for (const op of operations) {
    const name = named(op);
    const base = name.endsWith("_") && names.has(name.slice(0, -1)) ? name.slice(0, -1) : name;
    groups.set(base, [...(groups.get(base) ?? []), op]);
  }
  return groups;
}

const order = ["function", "linalg", "method", "inPlace", "property", "special", "functional"];
const code = (text: string) => `\`${text.replaceAll("|", "\\|")}\``;
const list = (texts: readonly string[]) => texts.map(code).join(", ");

function page(operations: readonly Operation[]): string {
  const layers = Object.entries(nn).filter(
    ([, value]) => (value as { prototype?: object }).prototype instanceof nn.Module,
  );
  const groups = byName(operations);
  const lines = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => {
      const { gradient, runs } = rowOf(name);
      const ops = group.sort((a, b) => order.indexOf(a.forms[0].kind) - order.indexOf(b.forms[0].kind));
      const texts = ops.flatMap((op) => {
        const sentence = op.doc.sentence.replaceAll("|", "\\|");
        return [...signaturesOf(op).map(code), sentence];
      });
      const forms = [
        ...ops.flatMap((op) => op.forms.map(({ text }) => text)),
        ...layers.flatMap(([layer]) => (layersOf[layer] === name ? [`nn.${layer}`] : [])),
      ];
      const torch = [...new Set(ops.flatMap((op) => op.doc.torch))];
      const cells = [name, [...new Set(texts)].join("<br>"), list(forms), list(torch), gradient, runs];
      return `| ${cells.join(" | ")} |`;
    });
  const others = layers.flatMap(([layer]) => (groups.has(layersOf[layer]) ? [] : [`nn.${layer}`]));
  const known = new Set(operations.flatMap(({ forms }) => forms.map(({ text }) => text)));
  const members = Object.entries(Object.getOwnPropertyDescriptors(Tensor.prototype))
    .filter(([name, { value }]) => typeof value === "function" && name !== "constructor" && name !== "viewOf")
    .flatMap(([name]) => (known.has(`x.${name}()`) ? [] : [`x.${name}()`]));
  return `# Operations

Written by \`npm run generate\` from the doc comments of the operations; \`test/structure/operations.test.ts\` fails when it is not what the
library has.

*Gradient*: checked against difference quotients in float64 (\`test/autograd\`), in any order where
gradients have gradients; values and gradients are compared with PyTorch's by the fixtures of
\`test/fixtures/pytorch\`. *Runs in*: C++ for float32, or JavaScript where a kernel it needs has no C++
yet; float64 and integers always run in JavaScript. Empty: makes, reads or converts tensors, or has no
gradient to be checked.

| operation | what it returns | forms | PyTorch | gradient | runs in |
|---|---|---|---|---|---|
${lines.join("\n")}

Layers made of several operations: ${list(others.sort())}.

Methods of Tensor that are no operations: ${list(members.sort())}.
`;
}

const operations = await readOperations();

test.runIf(backend.isas.length > 0)("docs/operations.md is up to date", async () => {
  backend.use("native");
  await expect(page(operations)).toMatchFileSnapshot("../../docs/operations.md");
});

test("src/ops/generated is what the operations state: if not, `npm run generate` writes it", () => {
  const stale = Object.entries(generatedFiles(operations)).flatMap(([path, text]) =>
    readFileSync(join(root, path), "utf8") === text ? [] : [`${path} is stale: npm run generate`],
  );
  expect(stale).toEqual([]);
});

test("every function of the library is an operation with a form, or is named here", () => {
  const forms = new Set(operations.flatMap((op) => op.forms.map(({ text }) => text)));
  const functions = Object.entries(library).flatMap(([name, value]) =>
    typeof value === "function" && !/^[A-Z]/.test(name) && !forms.has(`${name}()`) ? [name] : [],
  );
  expect(functions.sort()).toEqual([
    ...["compile", "fit", "formatShape", "getFloat32MatmulPrecision", "gradcheck", "manualSeed", "noGrad"],
    "setFloat32MatmulPrecision",
  ]);
});
