/**
 * What doc comments state besides what a name does: the shapes of tensors, the default of everything that is
 * optional, and errors. The tests know these by their words, so they find what is missing, not what is wrong.
 */
import { describe, expect, it } from "vitest";
import { type Exported, publicNames } from "./exports.js";
import { pages } from "./pages.js";
import { thrownBy } from "./thrown.js";

/** Each declaration once, although some have several names. */
const names = [
  ...new Map(
    publicNames()
      .filter(({ doc }) => !doc.includes("@internal"))
      .map((each) => [`${each.file}: ${each.text}`, each]),
  ).values(),
];
const listed = (which: readonly Exported[]) => which.map(({ name, file }) => `${name} (${file})`);

/** A comment without the tags `without`. */
const withoutTags = (doc: string, without: RegExp) =>
  doc
    .split(/^(?=@\w)/m)
    .filter((part) => !without.test(part))
    .join("");
const proseOf = ({ doc }: Exported) => withoutTags(doc, /^@(?:example|throws|forms)/);

/** The parameters of a function, or of the constructor of a class. */
const parametersOf = ({ nodes }: Exported): any[] =>
  nodes.flatMap((node) => {
    if (node.type === "VariableDeclaration")
      return node.declarations.flatMap((d: any) => d.init?.params ?? []);
    if (node.type !== "ClassDeclaration") return node.params ?? [];
    return node.body.body.find(({ kind }: any) => kind === "constructor")?.value.params ?? [];
  });

describe("shapes", () => {
  const words =
    /\b[Ss]hapes?\b|\b[Dd]ims?\b|broadcast|\bscalars?\b|\bvectors?\b|\bmatri(?:x|ces)\b|\[(?:…|\.\.\.|[A-Z]|\w+[,\]])[^\]]*/;
  const ofTensors = /"name":"(?:Tensor|Operand)"/;
  const isModule = ({ name, kind, text }: Exported) =>
    name.startsWith("nn.") && (kind === "value" || (kind === "class" && /\bforward\(/.test(text)));
  const takesTensors = (each: Exported) =>
    (each.kind === "function" && ofTensors.test(JSON.stringify(parametersOf(each)))) ||
    (each.kind === "value" && each.file.includes("/generated/")) ||
    isModule(each);
  const all = names.filter(takesTensors).filter(({ name }) => name !== "nn.functional");

  it("are stated by every function of tensors and every layer", () => {
    expect(all.length).toBeGreaterThan(600);
    expect(listed(all.filter((each) => !words.test(proseOf(each))))).toEqual([]);
  });
});

describe("defaults", () => {
  const words = /\b[Dd]efaults?\b|\b[Ww]ithout\b|\bAbsent\b/;
  const interfaces = new Map(names.map((each) => [each.name.split(".").at(-1)!, each.fields]));

  /** A comment may send the reader to another field: ``See `xRange`.``, ``As `srcMask`, for the target.`` */
  function isStated(fields: Exported["fields"], doc: string): boolean {
    if (words.test(doc)) return true;
    const [, other] = /(?:See|[Aa]s) `(\w+)`/.exec(doc) ?? [];
    const there = fields.find(({ name }) => name === other);
    return there !== undefined && there.doc !== doc && isStated(fields, there.doc);
  }

  it("are stated by every optional field", () => {
    const optional = [...interfaces.entries()].flatMap(([name, fields]) =>
      fields.filter((field) => field.optional).map((field) => ({ name, fields, field })),
    );
    expect(optional.length).toBeGreaterThan(300);
    const silent = optional.filter(({ fields, field }) => !isStated(fields, field.doc));
    expect(silent.map(({ name, field }) => `${name}.${field.name}`)).toEqual([]);
  });

  /** What a comment must have in it for a parameter: the default, if it can be written. */
  function isNamed(doc: string, parameter: any): boolean {
    const given = parameter.type === "TSParameterProperty" ? parameter.parameter : parameter;
    const value = given.type === "AssignmentPattern" ? given.right : undefined;
    const { name, optional, typeAnnotation = null } = value === undefined ? given : given.left;
    if (value === undefined && !optional) return true;
    // Options that are left out have the defaults of their fields.
    if (name === "options" || value?.type === "ObjectExpression") return true;
    if (/Options"/.test(JSON.stringify(typeAnnotation))) return true;
    const literal =
      value?.type === "Literal" ? value.value : value?.operator === "-" ? -value.argument.value : undefined;
    return words.test(doc) && (literal === undefined || doc.includes(String(literal)));
  }

  it("are stated for every optional parameter", () => {
    const functions = names.filter(({ kind }) => kind === "function" || kind === "class");
    const silent = functions.flatMap((each) =>
      parametersOf(each)
        .filter((parameter) => !isNamed(proseOf(each), parameter))
        .map((parameter) => `${each.name}: ${parameter.left?.name ?? parameter.name}`),
    );
    expect(silent).toEqual([]);
  });
});

describe("errors", () => {
  /** Every function checks its arguments with these files and throws these codes: docs/errors.md says so. */
  const checks = ["src/arguments.ts", "src/options.ts", "src/option-kinds.ts", "src/shape.ts"];
  const general =
    /^(?:NOT_A_TENSOR|INVALID_OPTIONS?|UNKNOWN_OPTION|UNKNOWN_DTYPE|INVALID_DIM|DIM_OUT_OF_RANGE|INVALID_SHAPE|OUT_OF_MEMORY)$/;
  const anyError = /\b(?:[A-Z]\w*)?Error\b|\b[A-Z]+_[A-Z_]+\b|\bthe errors of\b/;
  const functions = names
    .filter(({ kind }) => kind === "function" || kind === "class")
    .map((each) => {
      const { own, byHelpers } = thrownBy(each.file, each, checks);
      const special = (thrown: typeof own) => thrown.filter(({ code }) => !general.test(code));
      return {
        ...each,
        stated: withoutTags(each.doc, /^@(?:example|forms)/),
        own: special(own),
        byHelpers: special(byHelpers),
      };
    });

  it("are stated by every function that throws one, each by its code or its class", () => {
    const throwing = functions.filter(({ own }) => own.length > 0);
    expect(throwing.length).toBeGreaterThan(150);
    const silent = throwing.flatMap(({ name, stated, own }) => {
      const missing = own.filter(({ code, kind }) => {
        return !stated.includes(code) && !(kind !== "SimdgradError" && stated.includes(kind));
      });
      return missing.map(({ code }) => `${name}: ${code}`);
    });
    expect(silent).toEqual([]);
  });

  it("have codes that there are", () => {
    const codes = new Set(
      [...pages.get("docs/errors.md")!.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code),
    );
    const named = names.flatMap(({ name, doc }) =>
      [...doc.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code]) => ({ name, code })),
    );
    expect(named.length).toBeGreaterThan(150);
    expect(named.filter(({ code }) => !codes.has(code) && !code.startsWith("SIMDGRAD_"))).toEqual([]);
  });

  it("are stated by every function whose helpers throw one", () => {
    const throwing = functions.filter(({ byHelpers }) => byHelpers.length > 0);
    expect(throwing.length).toBeGreaterThan(150);
    const silent = throwing.filter(({ stated }) => !anyError.test(stated));
    expect(silent.map(({ name, byHelpers }) => `${name}: ${byHelpers[0].code}`)).toEqual([]);
  });
});
