/**
 * The folder of this package. Files that are read at run time (the addon, the irises) lie beside the code.
 */
import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The nearest parent folder with a package.json. It is the same for the sources and for the built files. */
export const packageRoot = (function above(folder: string): string {
  const parent = dirname(folder);
  return existsSync(join(folder, "package.json")) || parent === folder ? folder : above(parent);
})(here);

/** The folder of the library's own code: src or dist. */
export const codeFolder = join(packageRoot, relative(packageRoot, here).split(sep)[0]);
