/**
 * The folders of this package: of its code, and those where the files may lie that it reads at run time (the
 * addon, the WebAssembly module, the irises). A bundler puts the code elsewhere and leaves these files
 * behind.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The file of this code as the engine names it. The parts of dist are CommonJS and have `__dirname`; in an ES
 * module that a bundler wrote there is none.
 */
function runningFile(): string | undefined {
  const { prepareStackTrace } = Error;
  try {
    Error.prepareStackTrace = (_, frames) => frames.map((frame) => frame.getFileName());
    // Code in an `eval`, as some bundlers write it for development, has no file; its caller has.
    const files = new Error().stack as unknown as (string | null | undefined)[];
    const file = files.find((name) => name && !name.startsWith("node:"));
    return file?.startsWith("file:") ? fileURLToPath(file) : (file ?? undefined);
  } catch {
    return undefined;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}

const here = typeof __dirname === "string" ? __dirname : dirname(runningFile() ?? process.execPath);

/** The nearest parent folder with a package.json. It is the same for the sources and for the built files. */
export const packageRoot = (function above(folder: string): string {
  const parent = dirname(folder);
  return existsSync(join(folder, "package.json")) || parent === folder ? folder : above(parent);
})(here);

/** The folder of the library's own code: src or dist. */
export const codeFolder = join(packageRoot, relative(packageRoot, here).split(sep)[0]);

/** Whether this code runs from the package, not from a file of a bundler. */
const packaged =
  typeof __filename === "string" &&
  /[\\/](src[\\/]package-root\.ts|dist[\\/]parts[\\/]addon\.cjs)$/.test(__filename) &&
  existsSync(__filename);

/** The file that a bundler put this code into; undefined if it runs from the package. */
export const bundle = (): string | undefined => (packaged ? undefined : (runningFile() ?? here));

/** The installed package, as `require` in a file of `folder` finds it. */
function installedFrom(folder: string): string[] {
  try {
    return [dirname(createRequire(join(folder, "index.js")).resolve("simdgrad/package.json"))];
  } catch {
    return [];
  }
}

/**
 * Where a file of this package may lie if a bundler moved its code: beside the file that contains the code,
 * one folder above, beside the program (single executables), or in an installed package that this file can
 * require. Never in the working directory, which may belong to somebody else.
 */
export function elsewhere(path: string): string[] {
  const file = runningFile();
  const folders = file === undefined ? [here] : [here, dirname(file)];
  const roots = [
    ...folders.flatMap((folder) => [folder, dirname(folder)]),
    dirname(process.execPath),
    ...folders.flatMap(installedFrom),
  ];
  return [...new Set(roots)].map((root) => join(root, path));
}

/** The path of a file of this package; `own` gives it for code that runs from the package (prebuilt.ts). */
export function packageFile(path: string, own: () => string): string {
  return packaged ? normalize(own()) : (elsewhere(path).find(existsSync) ?? join(packageRoot, path));
}
