// Tests the library in browsers and behind bundlers: test/browser, with esbuild, rollup and webpack, which
// are installed into build/bundlers from npm's registry. `npm test` runs the same with vite, which is there.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "build/bundlers");
const packages = ["esbuild@0.28.2", "rollup@4.68.8", "@rollup/plugin-node-resolve@16.0.3", "webpack@5.113.0"];

function run(command, args, cwd) {
  return (
    spawnSync(command, args, { cwd, stdio: "inherit", shell: process.platform === "win32" }).status === 0
  );
}

/** Returns what failed; undefined if nothing did. */
export function testBrowsers() {
  mkdirSync(folder, { recursive: true });
  const own = join(folder, "package.json");
  if (!existsSync(own)) writeFileSync(own, '{ "name": "bundlers", "private": true }\n');
  const install = ["install", "--no-save", "--no-audit", "--no-fund", ...packages];
  if (!run("npm", install, folder)) return "npm install of the bundlers";
  return run("npx", ["vitest", "run", "test/browser"], root) ? undefined : "test/browser";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failed = testBrowsers();
  if (failed !== undefined) process.exitCode = 1;
}
