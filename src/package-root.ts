/** Where this package lies: what is read at run time (the addon, the irises) lies beside its code, not in it. */
import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The nearest folder with a package.json: the same for the sources and for what is built of them, however deep they lie. */
export const packageRoot = (function above(folder: string): string {
  const parent = dirname(folder);
  return existsSync(join(folder, "package.json")) || parent === folder ? folder : above(parent);
})(here);

/** The folder of the library's own code, src or dist. */
export const codeFolder = join(packageRoot, relative(packageRoot, here).split(sep)[0]);
