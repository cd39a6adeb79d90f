/** The generator reads from the source of an operation what it needs, or says what is missing. */
import { describe, expect, test } from "vitest";
import { operationsOf } from "../../tools/operations/read.js";
import { generatedFiles } from "../../tools/operations/write.js";

const file = "src/ops/reduce/total.ts";
const imports = 'import type { Tensor } from "../../tensor/tensor.js";\n';
const written = (text: string) => generatedFiles(operationsOf(file, imports + text));
const member = (text: string) =>
  /interface Tensor \{\n([\s\S]*?)\n {2}\}/.exec(written(text)["src/ops/generated/tensor.ts"])?.[1];

const total = `
export interface TotalOptions { keepdim?: boolean }
type Dims = number | readonly number[];
/**
 * The total over \`dims\`, of many subtotals that are added. More about it. PyTorch: \`torch.total\`.
 * @throws ShapeError for a dim that there is not.
 * @forms total(), x.total(), x.total_(), linalg.totalOf(), nn.functional.total()
 */
export function total(x: Tensor, dims: Dims, n = 1, options?: TotalOptions): Tensor {
  return x;
}
`;

describe("an operation of one file", () => {
  test("is a function, in its namespaces, with the types of its signature", () => {
    const files = written(total);
    expect(files["src/ops/generated/functions.ts"]).toContain(
      'export { type TotalOptions, total } from "../reduce/total.js";',
    );
    expect(files["src/ops/generated/linalg.ts"]).toContain("total as totalOf");
    expect(files["src/ops/generated/functional.ts"]).toContain('export { total } from "../reduce/total.js";');
    expect(files["src/ops/generated/methods.ts"]).toMatch(/methodsOf\(\{\s+total: total\.total,/);
    expect(files["src/ops/generated/methods.ts"]).toMatch(/inPlaceForms\(\{\s+total_: total\.total,/);
  });

  test("is a method and an in-place method with its doc comment, and with the types written out that a file keeps to itself", () => {
    expect(member(total)).toBe(`    /**
     * The total over \`dims\`, of many subtotals that are added. More about it. PyTorch: \`torch.total\`.
     * @throws ShapeError for a dim that there is not.
     */
    total(dims: number | readonly number[], n?: number, options?: TotalOptions): Tensor;
    /**
     * \`total\` in place: writes the result to this tensor and returns it. The total over \`dims\`, of many
     * subtotals that are added.
     * @throws ShapeError for a dim that there is not.
     */
    total_(dims: number | readonly number[], n?: number, options?: TotalOptions): Tensor;`);
  });

  test("takes sizes one by one where its form says so, and may be a property or have overloads", () => {
    const text = member(`
/**
 * A. PyTorch: none.
 * @forms x.shaped(...shape)
 */
export function shapedAs(x: Tensor, shape: readonly number[]): Tensor { return x; }
/**
 * B. PyTorch: none.
 * @forms x.B
 */
export const b = (x: Tensor): Tensor => x;
/**
 * C. PyTorch: none.
 * @forms x.c()
 */
export function c(x: Tensor): Tensor;
/** D. */
export function c(x: Tensor, dim: number): number;
export function c(x: Tensor, dim?: number): Tensor | number { return x; }
`);
    expect(text?.replace(/\s+/g, " ").trim()).toBe(
      "/** B. */ readonly B: Tensor; /** C. */ c(): Tensor; /** D. */ c(dim: number): number; /** A. */ shaped(...shape: Sizes): Tensor;",
    );
  });
});

const documented = (forms: string, code: string) =>
  `/**\n * A sentence. PyTorch: none.\n * @forms ${forms}\n */\n${code}\n`;
const f = "export function f(x: Tensor): Tensor { return x; }";

test.each([
  ["a form that is none", documented("f", f), "f: @forms does not know the form f"],
  ["no sentence", `/** @forms f() */\n${f}`, "a sentence is needed that says what the operation returns"],
  [
    "a value",
    documented("f()", "export const f = made();"),
    "@forms stands before what is no exported function",
  ],
  [
    "a function of this file",
    documented("f()", f.slice(7)),
    "@forms stands before what is no exported function",
  ],
  [
    "no type of the result",
    documented("f()", "export const f = (x: Tensor) => x;"),
    "f: the result has no type",
  ],
  [
    "no type of a parameter",
    documented("f()", "export function f(x: Tensor, n = sizes()): Tensor { return x; }"),
    "f: a parameter has no type: n",
  ],
  [
    "a type that is not exported",
    `interface O { n?: number }\n${documented("f()", "export function f(x: Tensor, o: O): Tensor { return x; }")}`,
    "f: export the type O, which the signature names",
  ],
  [
    "a method of what is no tensor",
    documented("x.f()", "export function f(n: number): number { return n; }"),
    "f: a method needs a tensor as its first parameter",
  ],
  [
    "no word about PyTorch",
    `/**\n * A.\n * @forms f()\n */\n${f}`,
    "f: the doc comment ends with PyTorch's name",
  ],
  ["sizes that are no parameter", documented("x.f(...shape)", f), "f: there is no parameter shape"],
])("%s is refused", (_, text, message) => {
  expect(() => written(text)).toThrow(message);
});
