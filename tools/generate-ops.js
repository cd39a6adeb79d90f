// Writes src/ops/generated from the operations of src/ops, each of which states its forms in its doc comment:
//
//     @forms cumsum(), x.cumsum(), x.cumsum_()
//
// `node tools/generate-ops.js` writes the files that have changed and prints their names.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readOperations, root } from "./operations/read.js";
import { generatedFiles } from "./operations/write.js";

const files = generatedFiles(await readOperations());
for (const [path, text] of Object.entries(files)) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`generate-ops: ${path} is new`);
}
