/**
 * Everything that a program can import has a doc comment. That of a function, class or value shows how it is
 * used or what it computes; the fields of an interface have comments of their own, which give defaults.
 */
import { describe, expect, it } from "vitest";
import { type Exported, publicNames } from "./exports.js";

const names = publicNames().filter(({ doc }) => !doc.includes("@internal"));
const named = (which: readonly Exported[]) => which.map(({ name, file }) => `${name} (${file})`);

/** Without the tags, and without what other libraries call it. */
const proseOf = ({ doc }: Exported) =>
  doc
    .replace(/^@[\s\S]*/m, "")
    .replace(/\(PyTorch's `[^`]*`\)|PyTorch: .*/g, "")
    .replace(/\b(al\.|et)\b/g, "");

/** A line that runs (examples.test.ts), an indented piece of code, or a call in the text. */
const hasExample = (each: Exported) =>
  /^@example /m.test(each.doc) || /^ {4}\S/m.test(each.doc) || /`[^`]*\w\([^`]*\)[^`]*`/.test(proseOf(each));

/** Signs of mathematics, a known function of an argument, or a comparison. */
const hasFormula = (each: Exported) =>
  /[=≠·Σ√∫π→≤≥²³ˣᵀ⁻÷×±⌊‖∂ΓΦ^₀-₉ₙ]|\b(?:max|min|ln|log2|sin|trunc|tanh|erf|Ai)\(|\b(?:cos|sin|tan|ln) x|\|[ax]\||[abx1-9] ?[<>&|/+-] ?[(abx0-9]|^-x/.test(
    proseOf(each),
  );

describe("the public names", () => {
  it("are found", () => {
    expect(names.length).toBeGreaterThan(900);
    for (const name of ["matmul", "nn.Linear", "optim.lrScheduler.StepLR", "plot.curves", "FitOptions"])
      expect(names.map((each) => each.name)).toContain(name);
  });

  it("have a doc comment, without exception", () => {
    expect(named(names.filter(({ doc }) => doc === ""))).toEqual([]);
  });

  it("have an example or a formula where they do something, without exception", () => {
    const doing = names.filter(({ kind }) => kind === "function" || kind === "class" || kind === "value");
    expect(doing.length).toBeGreaterThan(700);
    expect(named(doing.filter((each) => !hasExample(each) && !hasFormula(each)))).toEqual([]);
  });

  it("have a comment at every field of an interface, without exception", () => {
    const fields = names.flatMap(({ name, fields }) =>
      fields.map((field) => [`${name}.${field.name}`, field.doc]),
    );
    expect(fields.length).toBeGreaterThan(300);
    expect(fields.filter(([, doc]) => doc === "").map(([field]) => field)).toEqual([]);
  });
});
