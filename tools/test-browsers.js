// Tests the library and the playground in real browsers, and the library behind bundlers: test/browser and
// test/playground, in the Chromium and Firefox on the path (apt-get installs what is missing, where it can).
// esbuild, rollup and webpack are installed into build/bundlers from npm's registry. Build before:
// npm run build.
//
//   node tools/test-browsers.js [arguments of vitest]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "build/bundlers");
// One more than the cores: these tests wait for pages to load.
const workers = String(availableParallelism() + 1);
const packages = ["esbuild@0.28.2", "rollup@4.68.8", "@rollup/plugin-node-resolve@16.0.3", "webpack@5.113.0"];

function run(command, args, cwd) {
  return (
    spawnSync(command, args, { cwd, stdio: "inherit", shell: process.platform === "win32" }).status === 0
  );
}

/** Returns what failed; undefined if nothing did. `args`: more arguments of vitest. */
export function testBrowsers(args = []) {
  mkdirSync(folder, { recursive: true });
  const own = join(folder, "package.json");
  if (!existsSync(own)) writeFileSync(own, '{ "name": "bundlers", "private": true }\n');
  const install = ["install", "--no-save", "--no-audit", "--no-fund", ...packages];
  if (!run("npm", install, folder))
    console.log("test-browsers: npm did not install the bundlers: only vite is tested");
  return run("npx", ["vitest", "run", "--project", "browser", "--maxWorkers", workers, ...args], root)
    ? undefined
    : "in browsers";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failed = testBrowsers(process.argv.slice(2));
  if (failed !== undefined) process.exitCode = 1;
}
