// Builds dist/browser/: an ES module for each source, as it is but for its types, so that bundlers take what
// a program uses and split what is loaded later. Nothing of Node is in it, and nothing generates code. A file
// of src/browser takes the place of the file of src with the same path.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { transform } from "rolldown/utils";
import { withShortNames } from "./short-names.js";
import { walk } from "./syntax.js";
import { textsOf, writtenModules } from "./written-code.js";

/**
 * Namespaces that are also modules, `simdgrad/nn`: esbuild takes all of a namespace that it imports from
 * `simdgrad`, and only what is used of `import * as nn from "simdgrad/nn"`.
 */
export const modules = ["data", "distributed", "io", "nn", "optim", "train"];

/** Copies of a loop for the ops and dtypes that a program uses; those after them share the loop. */
const COPIES = 8;

/** What the library takes of packages, as files that need no further ones. */
const packages = { "csv-parse/browser/esm/sync": "node_modules/csv-parse/dist/esm/sync.js" };

/** A text with insertions at these places, each `[position, text]`. */
function withInsertions(code, insertions) {
  const parts = [];
  let at = 0;
  for (const [position, text] of insertions.sort((a, b) => a[0] - b[0])) {
    parts.push(code.slice(at, position), text);
    at = position;
  }
  return parts.join("") + code.slice(at);
}

/**
 * Completes a module:
 * - `specialize(loop)` gets copies of the loop, since V8 keeps its type feedback for each literal.
 * - Values of constants are marked as pure: no call that makes one has another effect. Without the mark,
 *   bundlers keep constants that a program does not use.
 * - Classes state their names, because messages and printed models contain them and minifiers change them.
 */
function complete(code) {
  const program = parseAst(code);
  const insertions = [];
  walk(program, (node) => {
    if (node.type !== "CallExpression" || node.callee.name !== "specialize") return;
    const [{ start, end }] = node.arguments;
    insertions.push([end, `, ${code.slice(start, end)}`.repeat(COPIES)]);
  });
  for (const statement of program.body) {
    const declared = statement.declaration ?? statement;
    if (declared.type === "VariableDeclaration")
      for (const { init } of declared.declarations)
        if (["CallExpression", "NewExpression"].includes(init?.type))
          insertions.push([init.start, "/* @__PURE__ */ "]);
    if (declared.type === "ClassDeclaration" && declared.superClass !== null)
      insertions.push([declared.body.start + 1, `static name = "${declared.id.name}";`]);
  }
  return withInsertions(code, insertions);
}

/** The modules that a module imports: the places of their names, and the names. */
function importsOf(program) {
  const found = [];
  walk(program, (node) => {
    if (
      /^(Import|Export\w+)(Declaration|Expression)$/.test(node.type) &&
      typeof node.source?.value === "string"
    )
      found.push(node.source);
  });
  return found;
}

/** The sentences about ops, from which documents are made: no program reads them. */
function docsOf(program) {
  const found = [];
  walk(program, ({ type, key, value }) => {
    if (type === "Property" && key.name === "doc" && typeof value.value === "string") found.push(value);
  });
  return found;
}

/** The source of a module of dist/browser: a file of src/browser, if there is one, instead of that of src. */
function sourceOf(root, name) {
  const path = name.replace(/\.js$/, ".ts");
  const twin = join(root, "src/browser", path);
  return existsSync(twin) ? twin : join(root, "src", path);
}

/** Where the import of `specifier` in `file` leads in dist/browser. */
function targetOf(root, file, specifier) {
  if (specifier in packages)
    return `packages/${posix.basename(dirname(dirname(dirname(packages[specifier]))))}.js`;
  const path = relative(root, join(dirname(file), specifier)).replaceAll("\\", "/");
  if (path.endsWith(".csv")) return `${path}.js`;
  return path.replace(/^src\/(browser\/)?/, "");
}

async function codeOf(root, name, written) {
  if (name in written) return { file: join(root, "src/browser", name), code: written[name] };
  if (name.endsWith(".csv.js"))
    return {
      file: root,
      code: `export default ${JSON.stringify(readFileSync(join(root, name.slice(0, -3)), "utf8"))};`,
    };
  const own = Object.entries(packages).find(([specifier]) => targetOf(root, root, specifier) === name);
  if (own !== undefined) return { file: root, code: readFileSync(join(root, own[1]), "utf8") };
  const file = sourceOf(root, name);
  const { code, errors } = await transform(file, readFileSync(file, "utf8"), {
    typescript: { onlyRemoveTypeImports: true },
  });
  if (errors.length > 0) throw new Error(`build: ${file}: ${errors[0].message}`);
  return { file, code };
}

/** Writes dist/browser. */
export async function buildBrowser(root) {
  const folder = join(root, "dist/browser");
  rmSync(folder, { recursive: true, force: true });
  const written = writtenModules(await textsOf(root));
  const names = ["index.js"];
  for (const name of names) {
    const { file, code } = await codeOf(root, name, written);
    const program = parseAst(code);
    const edits = importsOf(program).map(({ value, start, end }) => {
      if (!value.startsWith(".") && !(value in packages)) throw new Error(`build: ${file} imports ${value}`);
      const target = targetOf(root, file, value);
      if (!names.includes(target)) names.push(target);
      const path = posix.relative(posix.dirname(name), target);
      return { start, end, text: JSON.stringify(path.startsWith(".") ? path : `./${path}`) };
    });
    for (const { start, end } of docsOf(program)) edits.push({ start, end, text: '""' });
    let placed = code;
    for (const { start, end, text } of edits.sort((a, b) => b.start - a.start))
      placed = placed.slice(0, start) + text + placed.slice(end);
    // The doc comments are in the declarations, which editors read.
    const bare = await withShortNames(name, placed, true);
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, complete(bare));
  }
  mkdirSync(join(folder, "modules"));
  for (const name of modules)
    writeFileSync(
      join(folder, `modules/${name}.js`),
      `import "../ops/methods/methods.js";\nexport * from "../${name}/index.js";\n`,
    );
}
