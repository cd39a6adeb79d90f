/**
 * The number of elements of an operand, as text in a row of schema.ts. JavaScript evaluates the text
 * (calls.ts), and the generated C++ header contains it as an expression (tools/generate-kernels.js).
 *
 *     batch m k                 axes: the sizes of these names, or numbers
 *     shape                     the axes of the shape
 *     rows + 1                  one axis: a sum of sizes, each with a factor: `2 oh + 2 ow`
 *     reduction ? 1 : rows      one axis: the first if the flag is not 0, or if the operand is not null
 *     rule ? 6 7 5              one axis: a number for each op of that name, in their order
 */
import type { Shape } from "../shape.js";

/** The name of a size, or a number. */
type Factor = string | number;

export type ExtentForm =
  | { readonly kind: "axes"; readonly axes: readonly Factor[] }
  | { readonly kind: "sum"; readonly terms: readonly (readonly Factor[])[] }
  | { readonly kind: "choice"; readonly by: string; readonly given: Factor; readonly otherwise: Factor }
  | { readonly kind: "table"; readonly by: string; readonly counts: readonly number[] };

const factor = (text: string): Factor => (/^\d+$/.test(text) ? Number(text) : text);
const factors = (text: string): Factor[] => text.trim().split(/\s+/).map(factor);

const forms = new Map<string, ExtentForm>();

/** The parsed form of an extent; each text is parsed once. */
export function formOf(extent: string): ExtentForm {
  const known = forms.get(extent);
  if (known !== undefined) return known;
  const form = parse(extent);
  forms.set(extent, form);
  return form;
}

function parse(extent: string): ExtentForm {
  const [by, choices] = extent.split("?");
  if (choices !== undefined) {
    const [given, otherwise] = choices.split(":");
    if (otherwise === undefined)
      return { kind: "table", by: by.trim(), counts: factors(choices).map(Number) };
    return { kind: "choice", by: by.trim(), given: factors(given)[0], otherwise: factors(otherwise)[0] };
  }
  const terms = extent.split("+").map(factors);
  return terms.length > 1 ? { kind: "sum", terms } : { kind: "axes", axes: terms[0] };
}

/** All sizes that an extent names. They determine how much work there is. */
export function namesOf(extent: string): string[] {
  const form = formOf(extent);
  const named = (given: readonly Factor[]) => given.filter((one): one is string => typeof one === "string");
  if (form.kind === "axes") return named(form.axes);
  if (form.kind === "sum") return named(form.terms.flat());
  return form.kind === "choice" ? named([form.given, form.otherwise]) : [];
}

/**
 * The sizes of the axes of an extent.
 * @param values sizes, flags, shape and ops by name; for operands their arrays
 * @param ops the ops of the kernel, for an extent that is a table
 */
export function sizesOf(
  extent: string,
  values: { readonly [name: string]: any },
  ops: readonly string[],
): Shape {
  if (extent === "shape") return values["shape"];
  const form = formOf(extent);
  const numberOf = (given: Factor): number => (typeof given === "number" ? given : values[given]);
  if (form.kind === "axes") return form.axes.map(numberOf);
  if (form.kind === "sum")
    return [form.terms.reduce((sum, term) => sum + term.reduce<number>((n, f) => n * numberOf(f), 1), 0)];
  const by = values[form.by];
  if (form.kind === "table") return [form.counts[ops.indexOf(by)]];
  return [numberOf(by === 0 || by === null ? form.otherwise : form.given)];
}

/** An extent for one row: gives the sizes from the arguments of a call. */
export type PlacedExtent = (args: readonly any[]) => Shape;

/** @param at the index of each parameter's first argument @param ops the ops of the row */
export function placed(
  extent: string,
  at: { readonly [name: string]: number },
  ops: readonly string[],
): PlacedExtent {
  if (extent === "shape") {
    const shape = at["shape"];
    return (args) => args[shape];
  }
  const form = formOf(extent);
  /** A number >= 0 is itself, and any other one is the complement of an index. */
  const place = (given: Factor): number => (typeof given === "number" ? given : ~at[given]);
  const argumentOf = (given: number, args: readonly any[]): number => (given >= 0 ? given : args[~given]);
  if (form.kind === "axes") {
    const axes = form.axes.map(place);
    return (args) => {
      const sizes: number[] = [];
      for (let d = 0; d < axes.length; d++) sizes.push(argumentOf(axes[d], args));
      return sizes;
    };
  }
  if (form.kind === "sum") {
    const terms = form.terms.map((term) => term.map(place));
    return (args) => [
      terms.reduce((sum, term) => sum + term.reduce((n, factor) => n * argumentOf(factor, args), 1), 0),
    ];
  }
  const by = at[form.by];
  if (form.kind === "table") return (args) => [form.counts[ops.indexOf(args[by])]];
  const [given, otherwise] = [place(form.given), place(form.otherwise)];
  return (args) => [argumentOf(args[by] === 0 || args[by] === null ? otherwise : given, args)];
}
