/** The files of the playground, and their copy in a folder of the user. */
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FileError } from "../index.js";
import type { Content } from "./playground-given.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The list of files in an export. By it a later export knows what it may replace. */
const listName = "simdgrad-playground.json";

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => lstatSync(join(folder, path)).isFile())
    .map((path) => path.replaceAll("\\", "/"));
}

/** Paths of the pages, with the files that hold them; empty where they are not built. */
export function pagesOf(): Map<string, string> {
  const folder = join(root, "dist/playground");
  const pages = new Map(filesBelow(folder).map((path) => [path, join(folder, path)]));
  const module = join(root, "wasm/simdgrad.wasm");
  // Without the module the pages run on the JavaScript core, and say so.
  if (pages.size > 0 && existsSync(module)) pages.set("simdgrad.wasm", module);
  return pages;
}

/** Files of a folder that no export wrote. */
function foreignFiles(folder: string): string[] {
  const paths = filesBelow(folder);
  let own: unknown;
  try {
    own = JSON.parse(readFileSync(join(folder, listName), "utf8"));
  } catch {
    return paths;
  }
  const listed = Array.isArray(own) ? own : [];
  return paths.filter((path) => path !== listName && !listed.includes(path));
}

/**
 * Copies the pages into `target`, as a whole or not at all: into a folder beside it, which then takes its
 * place. A folder with other files is refused.
 */
export function exportPages(pages: ReadonlyMap<string, Content>, target: string): void {
  const fail = (code: string, what: string, cause?: unknown) =>
    new FileError(`--export: ${what}: ${JSON.stringify(target)}`, code, target, { cause });
  const folder = resolve(target);
  const exists = existsSync(folder);
  if (exists && !lstatSync(folder).isDirectory()) throw fail("NOT_A_DIRECTORY", "a folder is needed");
  const [foreign] = exists ? foreignFiles(folder) : [];
  if (foreign !== undefined)
    throw fail("NOT_EMPTY", `a folder is needed that is empty or holds an earlier export, not ${foreign}`);
  const beside = (what: string) => `${folder}.${what}-${process.pid}`;
  const [next, old] = [beside("new"), beside("old")];
  try {
    for (const [path, source] of pages) {
      const file = join(next, path);
      mkdirSync(dirname(file), { recursive: true });
      if (typeof source === "string") copyFileSync(source, file);
      else writeFileSync(file, source.text);
    }
    writeFileSync(join(next, listName), `${JSON.stringify([...pages.keys()].sort(), null, 2)}\n`);
    if (exists) renameSync(folder, old);
    try {
      renameSync(next, folder);
    } catch (error) {
      if (exists) renameSync(old, folder);
      throw error;
    }
  } catch (cause) {
    throw fail("WRITE_FAILED", `nothing was exported: ${(cause as Error).message}`, cause);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}
