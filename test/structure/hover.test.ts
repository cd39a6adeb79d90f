/**
 * An editor shows a doc comment for everything that the operations make public, as the declarations in dist
 * are shipped.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { Tensor } from "../../src/index.js";
import { readOperations } from "../../tools/operations/read.js";
import { hovers } from "./language-server.js";

const forms = (await readOperations()).flatMap((op) => op.forms.map(({ text }) => text.replace("()", "")));
const members = Object.getOwnPropertyNames(Tensor.prototype).map((name) => `x.${name}`);
const fields = ["storage", "offset", "shape", "strides", "dtype"].map((name) => `x.${name}`);
const internal = ["constructor", "gradFn", "isBehind", "gradient", "gradientStored", "viewOf"];

describe("hovers", () => {
  /** What an editor shows for expressions: `x.exp_`, `linalg.lu`. */
  const shown = new Map<string, string>();

  beforeAll(async () => {
    const head = ['import * as sg from "../../dist/index.js";', "declare const x: sg.Tensor;"];
    const expressions = [...new Set([...forms, ...members, ...fields])];
    const program = expressions.map((text) => (text.startsWith("x.") ? text : `sg.${text}`));
    const found = await hovers("test/structure/editor.ts", [...head, ...program]);
    for (const [i, text] of expressions.entries())
      shown.set(text, found[head.length + i].replace(/\s+/g, " ").replace(/\bsg\./g, ""));
  }, 120_000);

  /** What stands behind the signature. */
  const docOf = (text: string) => /^```\w+ .*? ```(.*)$/.exec(shown.get(text) ?? "")?.[1].trim() ?? "";

  test("have a sentence for every form of every operation", () => {
    expect(forms.length).toBeGreaterThan(1000);
    expect(forms.filter((text) => docOf(text) === "")).toEqual([]);
  });

  test("have a sentence for every member of Tensor", () => {
    const named = [...members, ...fields].filter((text) => !internal.includes(text.slice(2)));
    expect(named.length).toBeGreaterThan(500);
    expect(named.filter((text) => docOf(text) === "")).toEqual([]);
  });

  test.each([
    ["x.cumsum", "Tensor.cumsum(dim: number", "The running sums along `dim`."],
    [
      "x.cumsum_",
      "Tensor.cumsum_(dim: number",
      "`cumsum` in place: writes the result to this tensor and returns it.",
    ],
    ["cumsum", "cumsum(x: Tensor, dim: number", "@forms* — cumsum(), x.cumsum(), x.cumsum_()"],
    ["x.exp", "Tensor.exp(): Tensor", "eˣ. Shape of `x`. PyTorch: `torch.exp`."],
    ["x.elu_", "Tensor.elu_(options?: { alpha?: number; }", "alpha · (eˣ - 1)."],
    ["nn.functional.relu", "relu: (x: Tensor) => Tensor", "max(x, 0)"],
    ["x.reshape", "Tensor.reshape(...shape: Sizes): Tensor", "The same elements in another shape"],
    ["x.addmm", "Tensor.addmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor", "alpha · (a b)"],
    ["x.max", "Tensor.max(other: Tensor): Tensor", "The largest element of `x`"],
    ["x.T", "Tensor.T: Tensor", "The dims in the opposite order"],
    ["linalg.lu", "lu(a: Tensor, options?: LuOptions)", "P, L and U with A = P L U"],
    [
      "x.backward",
      "Tensor.backward(cotangent?: Tensor",
      "Adds the gradients of this tensor to the `grad` of every leaf",
    ],
  ])("%s", (text, signature, sentence) => {
    expect(shown.get(text)).toContain(signature);
    expect(shown.get(text)).toContain(sentence);
  });
});
