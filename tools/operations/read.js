// Reads the operations from the sources: every exported function under src/ops whose doc comment has a line
// `@forms`, and every row of src/kernels/rows.ts. Syntax only: signatures are the text that stands in the
// source.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { parseForms, readDoc, rowForms } from "./forms.js";

/**
 * @typedef {{ text: string, name: string, type: string }} Parameter
 * @typedef {{ typeParameters: string, parameters: Parameter[], returns: string, doc?:
 * import("./forms.js").Doc }} Signature
 * @typedef {{ name: string, from: string, imported: string, declaration?: object }} TypeImport
 * @typedef {object} Operation
 * @property {string} name      the name in its file
 * @property {string} file      `src/ops/reduce/scan.ts`
 * @property {string} value     the expression behind the module: `cumsum`, `unary.exp`
 * @property {import("./forms.js").Form[]} forms
 * @property {import("./forms.js").Doc} doc
 * @property {Signature[]} signatures
 * @property {TypeImport[]} types   what the signatures name
 * @property {TypeImport[]} parts   what these types name in turn, in their own file
 */

export const root = fileURLToPath(new URL("../..", import.meta.url));
const elementwise = "src/ops/elementwise/elementwise.ts";

/** @returns {Promise<Operation[]>} every operation, in the order of its file and name */
export async function readOperations() {
  const files = readdirSync(join(root, "src/ops"), { recursive: true, encoding: "utf8" })
    .map((file) => `src/ops/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".ts") && !file.startsWith("src/ops/generated/"))
    .sort();
  const functions = files.flatMap((file) => operationsOf(file, readFileSync(join(root, file), "utf8")));
  const claimed = new Set(functions.flatMap((op) => op.forms.map((form) => form.text)));
  const rows = (await readRows()).map((op) => ({
    ...op,
    forms: op.forms.filter((form) => !claimed.has(form.text)),
  }));
  const all = [...functions, ...rows.filter((op) => op.forms.length > 0)];
  const owners = new Map();
  for (const op of all)
    for (const { text } of op.forms) {
      if (owners.has(text))
        throw new Error(`${op.file}: ${op.name}: the form ${text} is that of ${owners.get(text)}, too`);
      owners.set(text, `${op.file}: ${op.name}`);
    }
  return all;
}

/** @returns {Operation[]} the operations that one file exports */
export function operationsOf(file, text) {
  if (!text.includes("@forms")) return [];
  const { body } = parseAst(text, { lang: "ts" }, file);
  const scope = scopeOf(file, body);
  /** @type {Map<string, Operation>} */
  const found = new Map();
  let last = 0;
  for (const statement of body) {
    const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/.exec(text.slice(last, statement.start))?.[0];
    last = statement.end;
    const declared = statement.type === "ExportNamedDeclaration" ? functionOf(statement.declaration) : null;
    if (declared === null) {
      if (comment?.includes("@forms"))
        throw new Error(`${file}: @forms stands before what is no exported function: ${comment}`);
      continue;
    }
    const { name, node } = declared;
    const doc = comment === undefined ? undefined : readDoc(comment, `${file}: ${name}`);
    let op = found.get(name);
    if (op === undefined && doc?.forms !== undefined) {
      op = {
        name,
        file,
        value: name,
        forms: parseForms(doc.forms, `${file}: ${name}`),
        doc,
        signatures: [],
        types: [],
        parts: [],
      };
      found.set(name, op);
    }
    if (op === undefined) continue;
    // The last of overloads is the implementation, whose signature nobody sees.
    if (node.body !== null && op.signatures.length > 0) continue;
    const { names, ...signature } = signatureOf(node, text, scope, `${file}: ${name}`);
    op.signatures.push({ ...signature, doc: doc === undefined || doc.prose === "" ? op.doc : doc });
    for (const type of names)
      if (!op.types.some((known) => known.name === type) && scope.has(type)) op.types.push(scope.get(type));
  }
  for (const op of found.values()) op.parts.push(...partsOf(op.types, scope));
  return [...found.values()];
}

/** The exported types of this file that the declarations of these types name, and so on. */
function partsOf(types, scope, seen = new Set(types.map(({ name }) => name))) {
  const own = types.filter(({ declaration }) => declaration !== undefined);
  const names = own.flatMap(({ declaration }) => namesIn(declaration)).map(({ name }) => name);
  const parts = [...new Set(names)].filter((name) => scope.get(name)?.declaration && !seen.has(name));
  for (const name of parts) seen.add(name);
  const found = parts.map((name) => scope.get(name));
  return found.length === 0 ? [] : [...found, ...partsOf(found, scope, seen)];
}

/** `function f`, or `const f = () => …`. */
function functionOf(declaration) {
  if (declaration?.type === "FunctionDeclaration" || declaration?.type === "TSDeclareFunction")
    return { name: declaration.id.name, node: declaration };
  if (declaration?.type !== "VariableDeclaration" || declaration.declarations.length !== 1) return null;
  const [{ id, init }] = declaration.declarations;
  return init?.type === "ArrowFunctionExpression" ? { name: id.name, node: init } : null;
}

function signatureOf(node, text, scope, where) {
  const own = new Set((node.typeParameters?.params ?? []).map((parameter) => parameter.name.name));
  const names = new Set();
  /** The text of a type, with the types that a file keeps to itself written out. */
  const source = (type) => {
    const parts = [];
    let from = type.start;
    for (const { name, start, end } of namesIn(type)) {
      if (own.has(name)) continue;
      const alias = scope.get(name);
      if (alias?.from !== undefined || alias === undefined) names.add(name);
      else if (alias.typeParameters != null || alias.typeAnnotation === undefined)
        throw new Error(`${where}: export the type ${name}, which the signature names`);
      else {
        parts.push(text.slice(from, start), `(${source(alias.typeAnnotation)})`);
        from = end;
      }
    }
    return [...parts, text.slice(from, type.end)].join("").replace(/\s+/g, " ");
  };
  const typeOf = (pattern, value) => {
    if (pattern.typeAnnotation != null) return source(pattern.typeAnnotation.typeAnnotation);
    const kind = value?.type === "UnaryExpression" ? typeof value.argument.value : typeof value?.value;
    if (["number", "string", "boolean"].includes(kind)) return kind;
    throw new Error(`${where}: a parameter has no type: ${text.slice(pattern.start, pattern.end)}`);
  };
  const parameters = node.params.map((given) => {
    const [pattern, value] = given.type === "AssignmentPattern" ? [given.left, given.right] : [given];
    const rest = pattern.type === "RestElement";
    const binding = rest ? pattern.argument : pattern;
    const name = binding.type === "Identifier" ? binding.name : "options";
    const type = typeOf(rest && pattern.typeAnnotation ? pattern : binding, value);
    const optional = value !== undefined || binding.optional === true;
    return { text: `${rest ? "..." : ""}${name}${optional ? "?" : ""}: ${type}`, name, type };
  });
  if (node.returnType == null) throw new Error(`${where}: the result has no type`);
  const typeParameters = node.typeParameters == null ? "" : source(node.typeParameters);
  const returns = source(node.returnType.typeAnnotation);
  return { typeParameters, parameters, returns, names };
}

/** The names of types, and of values behind `typeof`, in a piece of syntax, from left to right. */
function namesIn(node) {
  if (node === null || typeof node !== "object") return [];
  if (Array.isArray(node)) return node.flatMap(namesIn);
  const named = { TSTypeReference: node.typeName, TSTypeQuery: node.exprName }[node.type];
  const others = Object.values(node).filter((part) => part !== named);
  return [...(named?.type === "Identifier" ? [named] : []), ...others.flatMap(namesIn)].sort(
    (a, b) => a.start - b.start,
  );
}

/**
 * The types that a file knows by name: where they come from, or what they are where it keeps them to itself.
 */
function scopeOf(file, body) {
  const known = new Map();
  for (const statement of body) {
    if (statement.type === "ImportDeclaration")
      for (const { local, imported } of statement.specifiers) {
        const from = posix.join(dirname(file), statement.source.value).replace(/\.js$/, ".ts");
        if (imported !== undefined)
          known.set(local.name, { name: local.name, from, imported: imported.name });
      }
    const exported = statement.type === "ExportNamedDeclaration";
    const declaration = exported ? statement.declaration : statement;
    if (!/^TS(Interface|TypeAlias)Declaration$/.test(declaration?.type ?? "")) continue;
    const { name } = declaration.id;
    known.set(name, exported ? { name, from: file, imported: name, declaration } : declaration);
  }
  return known;
}

/** What a row need not say in its comment, because its family and its fields do: shape, defaults, errors. */
function withFamily(family, row, doc) {
  const defaults = Object.entries(row.params ?? {}).map(([name, value]) => `${name} ${value}`);
  const stated = defaults.length === 0 ? [] : [`Default: ${defaults.join(", ")}.`];
  const shape = family === "unary" ? "Shape of `x`." : "Shapes broadcast.";
  const dtypes =
    family === "integer"
      ? `for floats${row.counts ? " and `bool`" : ""}`
      : family === "unary"
        ? row.integers && row.bools === undefined && "for `bool`"
        : family === "binary" && !row.floats && !row.bools && "for two operands of `bool`";
  const throws = [
    ...(family === "unary" ? [] : ["ShapeError for shapes that do not broadcast"]),
    ...(dtypes ? [`DTypeError ${dtypes}`] : []),
  ];
  return {
    ...doc,
    prose: [doc.prose, ...stated, shape].join(" "),
    throws: throws.length === 0 ? [] : [`${throws.join("; ")}.`],
  };
}

/** The rows of elementwise operations, which are data: they are loaded and not parsed. */
async function readRows() {
  const entry = "rows-of-operations";
  const build = await rolldown({
    cwd: root,
    platform: "node",
    input: entry,
    plugins: [
      {
        name: "rows",
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry
            ? `export { unaryRows, binaryRows, compareRows } from ${JSON.stringify(join(root, "src/kernels/rows.ts"))};
               export { integerRows } from ${JSON.stringify(join(root, "src/kernels/binary-math.ts"))};`
            : undefined,
      },
    ],
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  const rows = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
  const families = {
    unary: rows.unaryRows,
    binary: rows.binaryRows,
    compare: rows.compareRows,
    integer: rows.integerRows,
  };
  const tensor = { name: "Tensor", from: "src/tensor/tensor.ts", imported: "Tensor" };
  const operand = { name: "Operand", from: elementwise, imported: "Operand" };
  const parameter = (name, type, optional = "") => ({ text: `${name}${optional}: ${type}`, name, type });
  return Object.entries(families).flatMap(([family, table]) =>
    Object.entries(table).map(([name, row]) => {
      const where = `the row ${name}`;
      const doc = withFamily(family, row, readDoc(`/** ${row.doc} */`, where));
      const options = Object.keys(row.params ?? {}).map((option) => `${option}?: number`);
      const parameters =
        family === "unary"
          ? [
              parameter("x", "Tensor"),
              ...(options.length > 0 ? [parameter("options", `{ ${options.join("; ")} }`, "?")] : []),
            ]
          : [parameter("a", "Operand"), parameter("b", "Operand")];
      return {
        name,
        file: elementwise,
        value: `${family}.${name}`,
        forms: parseForms(rowForms(name, family, doc, row.forms), where),
        doc,
        signatures: [{ typeParameters: "", parameters, returns: "Tensor", doc }],
        types: family === "unary" ? [tensor] : [tensor, operand],
        parts: [],
      };
    }),
  );
}
