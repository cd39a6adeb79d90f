// npm run example -- xor: compiles examples/xor.ts and runs it. Without an argument it lists the names. --all
// runs all examples one after the other.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "rolldown";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const names = readdirSync(join(root, "examples"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));

const name = process.argv[2];
if (name === "--all") {
  const failed = names.filter((each) => {
    console.log(`\n== ${each}`);
    return spawnSync(process.execPath, [process.argv[1], each], { stdio: "inherit" }).status !== 0;
  });
  if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
  process.exit(Math.min(failed.length, 1));
}
if (!names.includes(name)) {
  console.error(`usage: npm run example -- ${names.join(" | ")}`);
  process.exit(2);
}
const file = join(root, "build/examples", `${name}.mjs`);
await build({
  input: join(root, "examples", `${name}.ts`),
  platform: "node",
  external: (id) => !isAbsolute(id),
  makeAbsoluteExternalsRelative: false,
  output: { file },
});
await import(pathToFileURL(file).href);
