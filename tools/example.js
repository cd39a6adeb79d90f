// npm run example -- xor [--out folder] [arguments of the example] compiles examples/xor.ts and runs it in
// that folder, so what it draws and saves goes there: examples/output without --out. Without a name it lists
// the examples. --all runs all of them in turn; with --out, those that draw pictures.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "rolldown";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const names = readdirSync(join(root, "examples"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));

const given = process.argv.slice(2);
const at = given.indexOf("--out");
const [out] = at < 0 ? [] : given.splice(at, 2).slice(1);
if (at >= 0 && (out === undefined || out.startsWith("-"))) {
  console.error("example: --out needs a folder");
  process.exit(2);
}
const [name, ...rest] = given;

if (name === "--all") {
  const draws = (each) =>
    readFileSync(join(root, "examples", `${each}.ts`), "utf8").includes('"simdgrad/plot"');
  const failed = names.filter(out === undefined ? () => true : draws).filter((each) => {
    console.log(`\n== ${each}`);
    const options = [each, ...(out === undefined ? [] : ["--out", out])];
    return spawnSync(process.execPath, [process.argv[1], ...options], { stdio: "inherit" }).status !== 0;
  });
  if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
  process.exit(Math.min(failed.length, 1));
}
if (!names.includes(name)) {
  console.error(`usage: npm run example -- ${names.join(" | ")} [--out folder]`);
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
const folder = resolve(out ?? join(root, "examples/output"));
mkdirSync(folder, { recursive: true });
// Arguments are what the example gets when it runs by itself; paths stay where the caller meant them.
process.argv = [
  process.execPath,
  file,
  ...rest.map((argument) => (existsSync(argument) ? resolve(argument) : argument)),
];
const home = process.cwd();
process.chdir(folder);
process.on("exit", () => console.error(`what it wrote is in ${relative(home, folder) || "."}`));
await import(pathToFileURL(file).href);
