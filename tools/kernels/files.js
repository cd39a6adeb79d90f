// All files that are written from the rows of src/kernels/schema.ts and from what the folders of kernels
// define.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { jsCore } from "./js-core.js";
import { nativeHeaders } from "./native-headers.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const index = "src/kernels/js/index.ts";

/** The texts of the files of a folder by their names. */
const textsOf = (folder, ending) =>
  Object.fromEntries(
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(ending) && name !== basename(index))
      .map((name) => [name, readFileSync(join(root, folder, name), "utf8")]),
  );

/**
 * The text of each file by its path.
 * @param {Record<string, object>} schema the rows
 * @param {(extent: string) => object} formOf of extents.ts
 * @returns {Record<string, string>}
 */
export function kernelFiles(schema, formOf) {
  return {
    ...nativeHeaders(schema, formOf, Object.values(textsOf("native/entries", ".cc"))),
    [index]: jsCore(Object.keys(schema), textsOf(dirname(index), ".ts")),
  };
}
