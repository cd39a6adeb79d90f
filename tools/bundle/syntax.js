// What the build reads from the syntax tree (ESTree) of a bundled file.
import { parseAst } from "rolldown/parseAst";

/** Calls `visit(node, parents)` for every node; `parents` run from the root to the nearest. */
export function walk(node, visit, parents = []) {
  visit(node, parents);
  parents.push(node);
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === "string") walk(child, visit, parents);
  parents.pop();
}

const functions = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;
const isFunction = (node) => functions.test(node?.type);

/** Whether a node with these parents is inside of a function, and so runs only when that is called. */
export const isDeferred = (parents) =>
  parents.some((node) => isFunction(node) || (node.type === "PropertyDefinition" && !node.static));

/** The `length` of a function: the number of parameters before the first that has a default or is a rest. */
function lengthOf({ params }) {
  const end = params.findIndex(({ type }) => type === "AssignmentPattern" || type === "RestElement");
  return end < 0 ? params.length : end;
}

/** `require("…")` of a declaration such as `const name = require("…");` */
function requireOf(text) {
  const [, name, path] = /^(?:const|let) ([\w$]+) = require\("([^"]+)"\);$/.exec(text) ?? [];
  return name === undefined ? undefined : { name, path };
}

/** The statement that exports a variable whose value may change; `value` matches what it returns. */
const getter = (value) =>
  new RegExp(
    `^Object\\.defineProperty\\(exports, "([\\w$]+)", \\{\\s*enumerable: true,\\s*` +
      `get: function ?\\(\\) \\{\\s*return ${value};\\s*\\}\\s*\\}\\);$`,
  );
const own = getter("([\\w$]+)");
/** Exports of what another file declares. */
const forwards = [/^exports\.([\w$]+) = ([\w$]+)\.([\w$]+);$/, getter("([\\w$]+)\\.([\\w$]+)")];
const needless = /^(require\("[^"]+"\)|(node_\w+) = require_rolldown_runtime\.__toESM\(\2, 1\));$/;

/** What a bundled file requires, declares and exports. */
export function readFile(name, code) {
  const program = parseAst(code);
  const file = {
    name,
    code,
    program,
    /** `const a = require("path");` by name. */
    requires: new Map(),
    /** `Object.defineProperty(exports, "a", …)` of variables of this file, by the exported name. */
    exports: new Map(),
    /** `exports.a = require_b.c;` by the exported name. */
    forwards: new Map(),
    /** The lengths of the functions that are declared outside of others, by name. */
    functions: new Map(),
    /** The variables that functions assign to: their values change after the file has run. */
    changing: new Set(),
    /**
     * `require("path");` of a file of which nothing is used here, and the wrapping of a module of Node that
     * is imported as a namespace: its exports are used as they are.
     */
    needless: [],
    /** Other statements that have only an effect, and use another file. */
    effects: [],
  };
  const variables = new Set();
  for (const statement of program.body) {
    const text = code.slice(statement.start, statement.end);
    const required = requireOf(text);
    const [, exported, local] = own.exec(text) ?? [];
    const [, forwarded, object, member] = forwards.map((form) => form.exec(text)).find(Boolean) ?? [];
    if (required !== undefined) file.requires.set(required.name, { path: required.path, statement });
    else if (exported !== undefined) file.exports.set(exported, { local, statement });
    else if (forwarded !== undefined) file.forwards.set(forwarded, { object, member });
    else if (needless.test(text)) file.needless.push(statement);
    else if (statement.type === "ExpressionStatement" && /\brequire_\w/.test(text)) file.effects.push(text);
    else if (isFunction(statement)) file.functions.set(statement.id.name, lengthOf(statement));
    else if (statement.type === "VariableDeclaration")
      for (const { id, init } of statement.declarations)
        if (isFunction(init)) file.functions.set(id.name, lengthOf(init));
        else if (statement.kind !== "const") variables.add(id.name);
  }
  walk(program, (node, parents) => {
    const target = { AssignmentExpression: node.left, UpdateExpression: node.argument }[node.type];
    if (target?.type === "Identifier" && variables.has(target.name) && isDeferred(parents))
      file.changing.add(target.name);
  });
  return file;
}
