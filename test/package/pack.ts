import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll } from "vitest";
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

/** Packs the tree as it stands and returns the path of the tarball. */
export const pack = (folder: string): string => packTree(folder, plainEnvironment());

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
