// Writes src/ops/generated from the operations: functions by namespace, the table of methods, and the types
// of methods with their doc comments, which editors show.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, posix } from "node:path";
import { root } from "./read.js";

/** @typedef {import("./read.js").Operation} Operation */
/** @typedef {import("./forms.js").Form} Form */

const folder = "src/ops/generated";
const header =
  "/* Written by tools/generate-ops.js (npm run generate) from the operations of src/ops. Do not edit. */\n";

/** @param {Operation[]} operations @returns {Record<string, string>} the generated files, by their paths */
export function generatedFiles(operations) {
  const files = {
    "functions.ts": functionsFile(operations, "function", ["function", "method", "inPlace"]),
    "linalg.ts": functionsFile(operations, "linalg", ["linalg"]),
    "special.ts": functionsFile(operations, "special", []),
    "functional.ts": functionsFile(operations, "functional", []),
    "methods.ts": methodsFile(operations),
    "tensor.ts": tensorFile(operations),
  };
  const texts = formatted(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, header + text])),
  );
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${folder}/${name}`, text]));
}

/**
 * What biome makes of files: the same as of those written by hand. It takes half a second for a run, so one
 * run takes all of them.
 */
function formatted(files) {
  const place = mkdtempSync(join(tmpdir(), "operations-"));
  try {
    const { formatter, linter } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    writeFileSync(join(place, "biome.json"), JSON.stringify({ formatter, linter }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
    const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
    const args = [biome, "check", "--write", "--config-path=biome.json", "."];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: place, encoding: "utf8" });
    if (status !== 0) throw new Error(`biome does not take what is generated: ${stderr}`);
    return Object.fromEntries(
      Object.keys(files).map((name) => [name, readFileSync(join(place, name), "utf8")]),
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const specifier = (file) => posix.relative(folder, file).replace(/\.ts$/, ".js");
/** `src/ops/reduce/scan.ts` → `scan`: the names of files are unique in src/ops. */
const moduleName = (file) => basename(file, ".ts").replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const isRow = (op) => op.value.includes(".");
const alphabetic = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Every form of a kind with its operation, by name. @returns {{ op: Operation, form: Form }[]} */
const formsOf = (operations, ...kinds) =>
  operations
    .flatMap((op) => op.forms.filter(({ kind }) => kinds.includes(kind)).map((form) => ({ op, form })))
    .sort((a, b) => alphabetic(a.form.name, b.form.name));

/** Functions as re-exports, of rows as constants; and the types that the signatures of these `kinds` name. */
function functionsFile(operations, kind, typesOfKinds) {
  const forms = formsOf(operations, kind);
  const exported = forms.filter(({ op }) => !isRow(op));
  const rows = forms.filter(({ op }) => isRow(op));
  const named = formsOf(operations, ...typesOfKinds).map(({ op }) => ({
    ...op,
    types: [...op.types, ...op.parts],
  }));
  const types = typesOf(named).filter(({ from }) => from.startsWith("src/ops/"));
  /** @type {Map<string, Set<string>>} */
  const exports = new Map();
  const note = (file, name) => {
    if (!exports.has(file)) exports.set(file, new Set());
    exports.get(file).add(name);
  };
  for (const { op, form } of exported)
    note(op.file, op.name === form.name ? op.name : `${op.name} as ${form.name}`);
  for (const { from, imported } of types) note(from, `type ${imported}`);
  const lines = [...exports].map(
    ([file, names]) => `export { ${[...names].join(", ")} } from "${specifier(file)}";`,
  );
  const constants = rows.map(({ op, form }) => {
    const [{ parameters, returns }] = op.signatures;
    const type = `(${parameters.map(({ text }) => text).join(", ")}) => ${returns}`;
    return `${comment(docLines(op.doc))}export const ${form.name}: ${type} = ${moduleName(op.file)}.${op.value};\n`;
  });
  const imports = rows.length === 0 ? "" : importsOf(rows.map(({ op }) => op));
  const rowTypes = rows.length === 0 ? "" : typeImports(rows.map(({ op }) => op));
  return [imports, rowTypes, ...lines.sort(), "", ...constants].join("\n");
}

/** The types that operations name, without doubles. */
function typesOf(operations) {
  const found = new Map();
  for (const op of operations)
    for (const type of op.types) {
      const other = found.get(type.name);
      if (other !== undefined && (other.from !== type.from || other.imported !== type.imported))
        throw new Error(
          `${op.file}: ${op.name}: two types have the name ${type.name}: that of ${other.from}`,
        );
      found.set(type.name, type);
    }
  return [...found.values()];
}

function importsOf(operations) {
  const files = [...new Set(operations.map((op) => op.file))];
  const names = new Set();
  return files
    .map((file) => {
      const name = moduleName(file);
      if (names.has(name)) throw new Error(`${file}: another file of src/ops has this name`);
      names.add(name);
      return `import * as ${name} from "${specifier(file)}";\n`;
    })
    .join("");
}

const typeImports = (operations) =>
  typesOf(operations)
    .map(({ name, from, imported }) => {
      const what = imported === name ? name : `${imported} as ${name}`;
      return `import type { ${what} } from "${specifier(from)}";\n`;
    })
    .join("");

/** The table of methods, in-place forms and properties at run time. */
function methodsFile(operations) {
  const value = ({ op, form }) => {
    const fn = `${moduleName(op.file)}.${op.value}`;
    return form.spread === undefined ? fn : `ofSizes(${fn})`;
  };
  const table = (forms) => forms.map((given) => `  ${given.form.name}: ${value(given)},\n`).join("");
  const inPlace = formsOf(operations, "inPlace");
  const written = inPlace.filter(({ op }) => op.name.endsWith("_"));
  const methods = formsOf(operations, "method");
  const properties = formsOf(operations, "property");
  const used = [...methods, ...inPlace, ...properties].map(({ op }) => op);
  return `import { inPlaceForms } from "../methods/in-place-forms.js";
import { methodsOf, ofSizes, propertiesOf } from "../methods/install.js";
import "./tensor.js";
${importsOf(used)}
methodsOf({
${table(methods)}
  // These write to \`x\` themselves.
${table(written)}});

methodsOf(inPlaceForms({
${table(inPlace.filter(({ op }) => !op.name.endsWith("_")))}}));

propertiesOf({
${table(properties)}});
`;
}

/** The types of all methods, with doc comments. */
function tensorFile(operations) {
  const forms = formsOf(operations, "method", "inPlace", "property");
  const members = forms.map(({ op, form }) => member(op, form)).join("\n");
  const sizes = forms.some(({ form }) => form.spread !== undefined)
    ? 'import type { Sizes } from "../arguments/sizes.js";\n'
    : "";
  // Inside the module of Tensor its own types are known.
  const known = ({ name, from }) => name === "Sizes" || from === "src/tensor/tensor.ts";
  const used = forms.map(({ op }) => ({ ...op, types: op.types.filter((type) => !known(type)) }));
  const types = typeImports(used);
  return `${sizes}${types}
declare module "../../tensor/tensor.js" {
  interface Tensor {
${members}
  }
}
`;
}

function member(op, form) {
  const overloads = op.signatures.filter(({ parameters }) => /^(Tensor|Operand)$/.test(parameters[0]?.type));
  if (overloads.length === 0)
    throw new Error(`${op.file}: ${op.name}: a method needs a tensor as its first parameter`);
  return overloads
    .map(({ typeParameters, parameters, returns, doc }) => {
      const lines = form.kind === "inPlace" && !op.name.endsWith("_") ? inPlaceDoc(form, doc) : docLines(doc);
      if (form.kind === "property") return `${comment(lines)}readonly ${form.name}: ${returns};`;
      const rest = parameters
        .slice(1)
        .map(({ text, name }) => (name === form.spread ? `...${name}: Sizes` : text));
      if (form.spread !== undefined && !rest.some((text) => text.startsWith(`...${form.spread}:`)))
        throw new Error(`${op.file}: ${op.name}: there is no parameter ${form.spread}`);
      return `${comment(lines)}${form.name}${typeParameters}(${rest.join(", ")}): ${returns};`;
    })
    .join("\n");
}

/** A doc comment without the tags that say what the generated file says itself. */
function docLines({ prose, torch, throws }) {
  const names = torch.map((name) => `\`${name}\``).join(", ");
  const paragraphs = prose.split("\n");
  if (names !== "") paragraphs.push(`${paragraphs.pop()} PyTorch: ${names}.`);
  return [...paragraphs, ...throws.map((text) => `@throws ${text}`)];
}

function inPlaceDoc(form, doc) {
  const method = form.name.slice(0, -1);
  return [
    `\`${method}\` in place: writes the result to this tensor and returns it. ${doc.sentence}`,
    ...doc.throws.map((t) => `@throws ${t}`),
  ];
}

/** Lines of at most 110 columns, with room for the indentation of a member. */
function comment(paragraphs) {
  const lines = paragraphs.flatMap((paragraph) => {
    const words = paragraph.match(/(?:`[^`]*`|[^\s`])+/g) ?? [];
    const out = [words.shift() ?? ""];
    for (const word of words)
      if (out.at(-1).length + 1 + word.length > 102) out.push(word);
      else out[out.length - 1] += ` ${word}`;
    return out;
  });
  return lines.length === 1 && lines[0].length < 98
    ? `/** ${lines[0]} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */\n`;
}
