// Makes the parts of a CommonJS bundle load at first use.
//
// The bundler writes `const require_a = require("./a.cjs")` at the start of a file and `require_a.name` where
// something of it is used. Here the first becomes a function that loads the file when it is first called:
//
//   use of another part                       becomes
//   a call, or a value in a function          require_a().name    which loads it when it runs
//   a function that is a value                late_a.name         a function that loads it when it is called
//   any other value, outside of functions     require_a().name    which loads it with this file; the core
//                                                                 must not do this
//
// So the sources know nothing of parts. A function that is a value has one identity: everybody outside of its
// part sees `late_a.name`. Modules of Node are loaded at their first use too. The early parts (the addon's
// and the core) are complete before any other is loaded, so others copy what they use of them to constants.
import { posix } from "node:path";
import { isDeferred, readFile, walk } from "./syntax.js";

const identifier = ({ name }) => posix.basename(name, ".cjs").replaceAll(/\W/g, "_");
const load = (file) => `require_${identifier(file)}`;
const late = (file) => `late_${identifier(file)}`;

/** Functions of the bundler itself, which are needed at once. */
const isRuntime = (file) => file !== undefined && posix.basename(file.name) === "rolldown-runtime.cjs";

/**
 * Declares `name` as the function that loads `path` when it is first called. Some bundlers that write ES
 * modules do not support `require` of Node's modules.
 */
function loader([name, path]) {
  const loaded = path.startsWith("node:") ? `process.getBuiltinModule("${path}")` : `require("${path}")`;
  return `let ${name}$loaded;\nfunction ${name}() {\n\treturn (${name}$loaded ??= ${loaded});\n}`;
}

function pathTo(from, to) {
  const path = posix.relative(posix.dirname(from.name), to.name);
  return path.startsWith(".") ? path : `./${path}`;
}

/** The value of `key`, made at the first request. */
function entry(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

/**
 * Rewrites a bundle: `codes` maps the names of its files to their code, `early` names the early parts, the
 * core last, and `entries` the files that only export what others declare, that of the library first. Returns
 * the code of the parts, and where each entry finds its exports.
 */
export function loadLate(codes, early, entries) {
  const files = new Map([...codes].map(([name, code]) => [name, readFile(name, code)]));
  const core = files.get(early.at(-1));
  const isEarly = (file) => early.includes(file.name);
  const required = (file, path) => files.get(posix.join(posix.dirname(file.name), path));
  /** By part: the functions of it that are values somewhere, with their lengths. */
  const lateFunctions = new Map();

  const isFunction = (target, name) => target.functions.has(target.exports.get(name)?.local);
  const changes = (target, name) => target.changing.has(target.exports.get(name)?.local);
  /** Makes a function of a part one that loads it; returns the name of the object of the core that has it. */
  function makeLate(target, name) {
    const { local } = target.exports.get(name);
    entry(lateFunctions, target, () => new Map()).set(name, target.functions.get(local));
    return late(target);
  }

  /** What replaces the uses of other files in `file`, and what must be declared for that. */
  function usesIn(file) {
    const uses = { edits: [], loaders: new Map(), early: new Map() };
    const replace = ({ start, end }, text) => uses.edits.push({ start, end, text });
    /** Replaces the name of a file by the call that loads it: `new a.B()` becomes `new (a().B)()`. */
    const loads = (node, parents, name, path) => {
      uses.loaders.set(name, path);
      const called = parents.findLastIndex(({ type }) => type !== "MemberExpression");
      const callee = parents[called + 1];
      const constructed = parents[called].type === "NewExpression" && parents[called].callee === callee;
      replace(node, `${constructed ? "(" : ""}${name}()`);
      if (constructed) uses.edits.push({ start: callee.end, end: callee.end, text: ")" });
    };
    const constant = (target, name) => {
      if (file === target) return name;
      entry(uses.early, target, () => new Set()).add(name);
      return `${identifier(target)}_${name}`;
    };
    walk(file.program, (node, parents) => {
      if (node.type !== "Identifier" || !file.requires.has(node.name)) return;
      if (file.needless.includes(parents[1])) return;
      const [outer, member] = parents.slice(-2);
      if (member.type === "VariableDeclarator" && member.id === node) return;
      const { path } = file.requires.get(node.name);
      const target = required(file, path);
      if (isRuntime(target)) return;
      if (target === undefined) return loads(node, parents, node.name, path);
      if (member.object !== node || member.computed)
        throw new Error(`build: ${file.name} uses ${target.name} as a whole`);
      const { name } = member.property;
      if (isEarly(target) && changes(target, name))
        return replace(member, `${constant(target, "changing")}.${name}`);
      if (isEarly(target)) return replace(member, constant(target, name));
      if (outer.callee !== member && isFunction(target, name))
        return replace(member, `${constant(core, makeLate(target, name))}.${name}`);
      if (isEarly(file) && !isDeferred(parents))
        throw new Error(`build: ${name} of ${target.name} is used when ${file.name} is loaded`);
      loads(node, parents, load(target), pathTo(file, target));
    });
    return uses;
  }

  // Parts that only another entry uses stay out of the core: a bundler would follow them to optional peers.
  const ofLibrary = [core, files.get(entries[0])].flatMap((file) =>
    [...file.requires.values()].map(({ path }) => required(file, path)),
  );
  /** For each export of an entry: the file that declares it, its name there, and the object that has it. */
  function exportsOf(file) {
    return [...file.forwards].map(([name, { object, member }]) => {
      const target = required(file, file.requires.get(object).path);
      if (isEarly(target))
        return { name, source: target, file: target, member, object: changes(target, member) && "changing" };
      return isFunction(target, member) && ofLibrary.includes(target)
        ? { name, source: target, file: core, member, object: makeLate(target, member) }
        : { name, source: target, file: target, member, live: changes(target, member) };
    });
  }

  const parts = [...files.values()].filter(({ name }) => !entries.includes(name));
  for (const file of parts)
    if (file.effects.length > 0 && !isEarly(file) && !isRuntime(file))
      throw new Error(
        `build: ${file.name} must be in an early part, since it does something: ${file.effects}`,
      );
  const uses = new Map(parts.map((file) => [file, usesIn(file)]));
  const exported = new Map(entries.map((name) => [name, exportsOf(files.get(name))]));

  /** What the library calls the function that a part exports as `member`; undefined if it is not public. */
  function publicName(file, member) {
    const rows = exported.get(entries[0]).filter((row) => row.source === file && row.member === member);
    const names = rows.map(({ name }) => name);
    return names.includes(member) ? member : names[0];
  }
  /** Gives a function its name in the library: the sources and the bundler may call it otherwise. */
  const named = (value, name) => `Object.defineProperty(${value}, "name", { value: "${name}" })`;

  for (const target of lateFunctions.keys()) uses.get(core).loaders.set(load(target), pathTo(core, target));

  /** The functions of a part that load it when they are called, with the names and lengths of its own. */
  function lateObject([target, functions]) {
    const methods = [...functions].map(([name, length]) => {
      const parameters = Array.from({ length }, (_, i) => `a${i}`).join(", ");
      return `\t${name}(${parameters}) {\n\t\treturn ${load(target)}().${name}(...arguments);\n\t}`;
    });
    const renamed = [...functions.keys()]
      .filter((name) => ![name, undefined].includes(publicName(target, name)))
      .map((name) => `\n${named(`${late(target)}.${name}`, publicName(target, name))};`);
    return `const ${late(target)} = exports.${late(target)} = {\n${methods.join(",\n")}\n};${renamed.join("")}`;
  }

  /** Getters of the exported variables that change. */
  function changingObject(file) {
    const names = [...file.exports].filter(([, { local }]) => file.changing.has(local));
    const getters = names.map(([name, { local }]) => `\tget ${name}() {\n\t\treturn ${local};\n\t}`);
    return names.length === 0 ? [] : [`exports.changing = {\n${getters.join(",\n")}\n};`];
  }

  /** What a part exports as `name`: the variable `local`. */
  function exportedValue(file, name, local) {
    const wanted = publicName(file, name);
    return wanted !== undefined && wanted !== local && file.functions.has(local)
      ? named(local, wanted)
      : local;
  }

  function rewritten(file) {
    const { edits, loaders, early } = uses.get(file);
    const head = ['"use strict";', ...[...loaders].map(loader)];
    for (const [target, used] of early) {
      const names = [...used].map((name) => `${name}: ${identifier(target)}_${name}`);
      head.push(`const { ${names.join(", ")} } = require("${pathTo(file, target)}");`);
    }
    if (file === core) head.push(...[...lateFunctions].map(lateObject));
    if (isEarly(file)) head.push(...changingObject(file));

    const requires = [...file.requires.values()].filter(({ path }) => !isRuntime(required(file, path)));
    const gone = [...requires.map(({ statement }) => statement), ...file.needless];
    const constants = [...file.exports].filter(([, { local }]) => !file.changing.has(local));
    const all = [
      ...edits,
      ...gone.map(({ start, end }) => ({ start, end, text: "" })),
      ...constants.map(
        ([
          name,
          {
            local,
            statement: { start, end },
          },
        ]) => ({
          ...{ start, end, text: `exports.${name} = ${exportedValue(file, name, local)};` },
        }),
      ),
    ].sort((a, b) => a.start - b.start);
    let code = "";
    let at = 0;
    for (const { start, end, text } of all) {
      code += file.code.slice(at, start) + text;
      at = end;
    }
    return `${head.join("\n")}\n${code}${file.code.slice(at)}`;
  }

  return { codes: new Map(parts.map((file) => [file.name, rewritten(file)])), exported };
}
