// Writes what follows from the rows of src/kernels/schema.ts: the C++ headers, and the index of the
// JavaScript core.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { kernelFiles } from "./kernels/files.js";
import { loadSchema } from "./kernels/load-schema.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { schema, formOf } = await loadSchema();
for (const [path, text] of Object.entries(kernelFiles(schema, formOf))) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  writeFileSync(file, text);
  console.log(`generate-kernels: ${path} is new`);
}
