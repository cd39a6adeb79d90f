import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, inject } from "vitest";
import { pack as packTree } from "../../tools/pack.js";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A folder outside the repository, removed when the tests of this file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-package-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `npm` without the settings that `npm test` passes on: a user's shell has none of them. */
export function npm(cwd: string, ...args: string[]): string {
  return execFileSync("npm", args, {
    cwd,
    env: plainEnvironment(),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

export function plainEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|SIMDGRAD_|NODE_|VITEST|VITE|TEST$|INIT_CWD)/i.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", ...extra };
}

/**
 * The path of the tarball of the tree as it stands. The first test file that asks for it packs; others wait,
 * since packing takes eight seconds of a core.
 */
export function packed(): string {
  const [tarball, taken] = ["simdgrad.tgz", "taken"].map((name) => join(inject("packed"), name));
  const isFirst = mkdirSync(taken, { recursive: true }) !== undefined;
  if (isFirst) {
    const folder = mkdtempSync(join(inject("packed"), "packing-"));
    renameSync(packTree(folder, plainEnvironment()), tarball);
  }
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (const last = Date.now() + 120_000; !existsSync(tarball); Atomics.wait(sleeper, 0, 0, 100))
    if (Date.now() > last) throw new Error("the first test file did not pack");
  return tarball;
}

/**
 * Files in a tarball by path, without npm's `package/`; a header is 512 bytes and names at most 100, after a
 * prefix of 155.
 */
export function filesIn(tarball: string): Map<string, Buffer> {
  const tar = gunzipSync(readFileSync(tarball));
  const files = new Map<string, Buffer>();
  const text = (from: number, length: number) =>
    tar.toString("utf8", from, from + length).replace(/\0.*$/s, "");
  for (let at = 0; tar[at] !== 0 && at < tar.length; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const path = [text(at + 345, 155), text(at, 100)].filter(Boolean).join("/");
    files.set(path.replace(/^package\//, ""), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/**
 * An empty project with the tarball installed as npm 12 does it: no script of a dependency runs, and nothing
 * is downloaded.
 */
export function install(folder: string, tarball: string, type: "module" | "commonjs"): string {
  const project = join(folder, `consumer-${type}`);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true, type }));
  npm(project, "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball);
  return project;
}

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

export function run(cwd: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): Ran {
  const result = spawnSync(command, args, { cwd, env: plainEnvironment(env), encoding: "utf8" });
  if (result.error) throw result.error;
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}
