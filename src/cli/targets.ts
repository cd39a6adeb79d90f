/** Checks the output paths before any work is done. */
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  realpathSync,
  rmdirSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { FileError } from "../index.js";
import { endOfLinks } from "../io/atomic.js";
import { UsageError } from "./failure.js";

/**
 * Hours of training must not end at a path that cannot be written, and must not hang there. Writes nothing
 * itself.
 */
export function checkWritable(flag: string, path: string): void {
  const fail = (code: string, what: string, cause?: unknown) =>
    new FileError(`${flag}: ${what}: ${JSON.stringify(path)}`, code, path, { cause });
  if (path === "") throw fail("NOT_A_FILE", "a file name is needed");
  const directory = dirname(resolve(path));
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw fail("DIRECTORY_NOT_FOUND", `no directory ${JSON.stringify(directory)} to write into`);
  let stat: Stats | undefined;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    // Symbolic links that form a cycle, a name that is too long
    throw fail("WRITE_FAILED", (cause as Error).message, cause);
  }
  if (stat?.isDirectory()) throw fail("NOT_A_FILE", "a directory, not a file");
  // Opening a FIFO blocks the process until a reader opens it, and no signal is handled meanwhile.
  if (stat !== undefined && !stat.isFile() && (flag === "--checkpoint" || !stat.isCharacterDevice()))
    throw fail("NOT_A_FILE", "a file is needed, not a pipe or another special file");
  try {
    if (stat !== undefined) accessSync(path, constants.W_OK);
    if (stat === undefined || stat.isFile()) {
      accessSync(directory, constants.W_OK);
      // Permissions do not show that a file system accepts no files
      rmdirSync(mkdtempSync(join(directory, ".simdgrad-")));
    }
  } catch (cause) {
    throw fail("NO_PERMISSION", "no permission to write", cause);
  }
}

/** @throws UsageError when both flags name one file: the second would replace what the first wrote. */
export function checkApart(
  one: string,
  path: string | undefined,
  other: string,
  otherPath: string | undefined,
): void {
  if (path === undefined || otherPath === undefined || placeOf(path) !== placeOf(otherPath)) return;
  throw new UsageError(`${one}: another file than ${other} is needed: ${JSON.stringify(path)}`);
}

/** The same name for the same file, whether it exists or not: a write follows symbolic links. */
function placeOf(path: string): string {
  const full = resolve(endOfLinks(path));
  return existsSync(full) ? realpathSync(full) : join(realpathSync(dirname(full)), basename(full));
}
