// What the bundler does with the sources besides joining them.
import { builtinModules } from "node:module";
import { posix } from "node:path";
import { commonFacade, facade, startCode } from "./facade.js";
import { inAscii } from "./in-ascii.js";
import { loadLate } from "./late-parts.js";

/** Packages import `stream`; `node:stream` is certain to be Node's module. */
export const builtins = {
  name: "builtins",
  resolveId: (id) => (builtinModules.includes(id) ? { id: `node:${id}`, external: true } : undefined),
};

export const ascii = {
  name: "ascii",
  generateBundle(_options, files) {
    for (const file of Object.values(files)) if (file.type === "chunk") file.code = inAscii(file.code);
  },
};

const file = 'typeof __filename === "string" ? __filename : (process.argv[1] ?? ".")';

/**
 * The place of a CommonJS file, for `import.meta.url`. A user may bundle it into an ES module, where it has
 * no __filename; the place of the program replaces it then.
 */
export const location = {
  name: "location",
  transform: (code) =>
    code.includes("import.meta.url")
      ? code.replaceAll("import.meta.url", `process.getBuiltinModule("node:url").pathToFileURL(${file}).href`)
      : undefined,
};

/**
 * Parts load at first use, except `early`, which the file `start` loads in their order. An ES module and a
 * CommonJS module stand for each entry; `main` is the entry of the library.
 */
export const lateParts = ({ main, early, start }) => ({
  name: "late-parts",
  generateBundle(_options, files) {
    const chunks = Object.values(files).filter(({ type }) => type === "chunk");
    const others = chunks.filter(({ isEntry, fileName }) => isEntry && fileName !== main);
    const entries = [main, ...others.map(({ fileName }) => fileName)];
    const codes = new Map(chunks.map(({ fileName, code }) => [fileName, code]));
    const late = loadLate(codes, early, entries);
    for (const chunk of chunks)
      if (entries.includes(chunk.fileName)) delete files[chunk.fileName];
      else chunk.code = late.codes.get(chunk.fileName);
    const emit = (fileName, source) => this.emitFile({ type: "asset", fileName, source });
    emit(start, startCode(early.map((name) => posix.basename(name))));
    for (const [name, exported] of late.exported) {
      emit(name.replace(/\.cjs$/, ".js"), facade(name, exported, early, start));
      emit(name, commonFacade(name, exported, early, start));
    }
  },
});
