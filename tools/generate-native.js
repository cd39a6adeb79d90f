// Writes the C++ headers that are generated from src/kernels/schema.ts.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSchema } from "./load-schema.js";
import { nativeHeaders } from "./native-headers.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "native/entries");
const entries = readdirSync(folder).filter((name) => name.endsWith(".cc"));
const { schema, formOf } = await loadSchema();
const headers = nativeHeaders(
  schema,
  formOf,
  entries.map((name) => readFileSync(join(folder, name), "utf8")),
);
for (const [path, text] of Object.entries(headers)) {
  const file = join(root, path);
  if (readFileSync(file, { encoding: "utf8", flag: "a+" }) === text) continue;
  writeFileSync(file, text);
  console.log(`generate: wrote ${path}`);
}
