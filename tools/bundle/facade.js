// What a program loads: an ES module and a CommonJS module for each entry, over the same CommonJS parts. So a
// program has one instance of the library, whichever it loads. Bundlers follow their imports.
import { posix } from "node:path";

/**
 * The file that loads the early parts. It assigns module.exports in a way that Node does not look through:
 * Node would search the whole core for the names of exports, which the ES module does not need.
 */
export const startCode = (early) =>
  ['"use strict";', ...early.map((name) => `const ${posix.basename(name, ".cjs")} = require("./${name}");`)]
    .concat(`module.exports = ${posix.basename(early.at(-1), ".cjs")};`, "")
    .join("\n");

/** Names that can be exported and cannot be those of variables. Of PyTorch's names, this is the only one. */
const reserved = new Set(["var"]);

/**
 * A function that an entry with variables that change exports for this file alone: it calls a listener when
 * they have changed.
 */
const notifier = "whenInitialized";

/**
 * Where an entry takes its exports from; `exported` as late-parts.js returns it. `imports`: the path by the
 * name of each imported file. `rows`: each export, the object that has it, such as `$core.late_io`, and its
 * name there.
 */
function sources(name, exported, early, start) {
  const pathTo = (file) => {
    const path = posix.relative(posix.dirname(name), file);
    return path.startsWith(".") ? path : `./${path}`;
  };
  const imports = new Map([["$core", pathTo(start)]]);
  const rows = exported.map(({ name: as, file, member, object, live }) => {
    const base = early.includes(file.name)
      ? "$core"
      : `$${posix.basename(file.name, ".cjs").replaceAll(/\W/g, "_")}`;
    if (base !== "$core") imports.set(base, pathTo(file.name));
    // The values of variables that change must be read from their object at each use.
    return object === "changing"
      ? { as: object, from: base, member: object }
      : { as, from: object ? `${base}.${object}` : base, member, live };
  });
  return { imports, rows };
}

/** The ES module of the entry `name`. */
export function facade(name, exported, early, start) {
  const { imports, rows } = sources(name, exported, early, start);
  /** By object: what is taken from it. */
  const taken = new Map();
  const renamed = [];
  /** By object: the variables that change after this module has copied their values. */
  const live = new Map();
  for (const { as, from, member, live: changes } of rows) {
    if (as === notifier) continue;
    if (changes) {
      live.set(from, [...(live.get(from) ?? []), member === as ? as : `${member}: ${as}`]);
      continue;
    }
    if (reserved.has(as)) {
      renamed.push(`const the_${as} = ${from}.${member};\nexport { the_${as} as ${as} };`);
      continue;
    }
    if (!taken.has(from)) taken.set(from, new Set());
    taken.get(from).add(member === as ? as : `${member}: ${as}`);
  }
  return [
    ...[...imports].map(([local, path]) => `import ${local} from "${path}";`),
    ...[...taken].map(([from, names]) => `export const {\n\t${[...names].join(",\n\t")}\n} = ${from};`),
    ...renamed,
    ...[...live].flatMap(([from, names]) => [
      `export let { ${names.join(", ")} } = ${from};`,
      `${from}.${notifier}(() => {\n\t({ ${names.join(", ")} } = ${from});\n});`,
    ]),
    "",
  ].join("\n");
}

/** The CommonJS module of the entry `name`: for `require` where that cannot load ES modules (Jest). */
export function commonFacade(name, exported, early, start) {
  const { imports, rows } = sources(name, exported, early, start);
  return [
    '"use strict";',
    ...[...imports].map(([local, path]) => `const ${local} = require("${path}");`),
    ...new Set(
      rows
        .filter(({ as }) => as !== notifier)
        .map(({ as, from, member, live }) =>
          live
            ? `Object.defineProperty(exports, "${as}", { enumerable: true, get: () => ${from}.${member} });`
            : `exports.${as} = ${from}.${member};`,
        ),
    ),
    "",
  ].join("\n");
}
