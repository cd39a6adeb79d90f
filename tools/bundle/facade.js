// What a program loads: an ES module for each entry, over the CommonJS parts. Bundlers follow its imports.
// `require` of an ES module (Node 20.19 and later) loads it too, so a program has one instance of the
// library.
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

/** The ES module of the entry `name`; `exported` as late-parts.js returns it. */
export function facade(name, exported, early, start) {
  const pathTo = (file) => {
    const path = posix.relative(posix.dirname(name), file);
    return path.startsWith(".") ? path : `./${path}`;
  };
  /** The names of imported files, which no export has. */
  const imported = (file) => (early.includes(file) ? "$core" : `$${posix.basename(file, ".cjs")}`);
  const imports = new Map([["$core", pathTo(start)]]);
  /** By object, such as `$core.late_io`: what is taken from it. */
  const taken = new Map();
  const renamed = [];
  for (const { name: as, file, member, object } of exported) {
    const base = imported(file.name);
    if (base !== "$core") imports.set(base, pathTo(file.name));
    // The values of variables that change must be read from their object at each use.
    const changes = object === "changing";
    const from = object && !changes ? `${base}.${object}` : base;
    if (reserved.has(as)) {
      renamed.push(`const the_${as} = ${from}.${member};\nexport { the_${as} as ${as} };`);
      continue;
    }
    if (!taken.has(from)) taken.set(from, new Set());
    taken.get(from).add(changes ? object : member === as ? as : `${member}: ${as}`);
  }
  return [
    ...[...imports].map(([local, path]) => `import ${local} from "${path}";`),
    ...[...taken].map(([from, names]) => `export const {\n\t${[...names].join(",\n\t")}\n} = ${from};`),
    ...renamed,
    "",
  ].join("\n");
}
