import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FileError } from "../errors.js";
import { nearest } from "../nearest.js";

/** Where a file is: a path, or a `file:` URL (`new URL("x", import.meta.url)`). */
export type Path = string | URL;

export function pathOf(path: Path): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}

// One read call takes at most 2 GiB on every platform, and fs.readFile refuses larger files altogether.
const LARGEST_READ = 2 ** 30;

/**
 * The whole file, in memory of its own: aligned, which a slice of Node's buffer pool is not, and shared, so that native threads may
 * work on a data set where it lies.
 */
export function readBytesSync(op: string, path: string): Uint8Array {
  let fd: number | undefined;
  try {
    fd = fs.openSync(path, "r");
    const stat = fs.fstatSync(fd);
    // Pipes and files of /proc have no size to read up to.
    if (!stat.isFile() || stat.size === 0) return fs.readFileSync(fd);
    const bytes = new Uint8Array(new SharedArrayBuffer(stat.size));
    let filled = 0;
    while (filled < bytes.length) {
      const read = fs.readSync(fd, bytes, filled, Math.min(bytes.length - filled, LARGEST_READ), null);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  } catch (error) {
    throw readError(op, path, error);
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/** `readBytesSync` without blocking the event loop. */
export async function readBytes(op: string, path: string): Promise<Uint8Array> {
  let file: fs.promises.FileHandle | undefined;
  try {
    file = await fs.promises.open(path, "r");
    const stat = await file.stat();
    if (!stat.isFile() || stat.size === 0) return await file.readFile();
    const bytes = new Uint8Array(new SharedArrayBuffer(stat.size));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(
        bytes,
        filled,
        Math.min(bytes.length - filled, LARGEST_READ),
        null,
      );
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } catch (error) {
    throw readError(op, path, error);
  } finally {
    await file?.close();
  }
}

/** The FileError for a failed open or read: its code, and what would help to find the mistake. */
export function readError(op: string, path: string, cause: unknown): FileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const fail = (stable: string, rule: string) =>
    new FileError(`${op}: ${rule}: ${JSON.stringify(path)}${hint(stable, path)}`, stable, path, { cause });
  if (code === "ENOENT" || code === "ENOTDIR") return fail("FILE_NOT_FOUND", "no such file or directory");
  if (code === "EISDIR") return fail("NOT_A_FILE", "a directory, not a file");
  if (code === "EACCES" || code === "EPERM") return fail("NO_PERMISSION", "no permission to read");
  if (code === "ERR_INVALID_ARG_VALUE") return fail("FILE_NOT_FOUND", "not a valid path");
  return fail("READ_FAILED", `cannot be read (${message})`);
}

function hint(code: string, path: string): string {
  if (code !== "FILE_NOT_FOUND") return "";
  let names: string[];
  try {
    names = fs.readdirSync(dirname(path));
  } catch {
    return ` (no directory ${JSON.stringify(dirname(path))})`;
  }
  const name = nearest(basename(path), names);
  return name === undefined ? "" : ` (did you mean ${JSON.stringify(join(dirname(path), name))}?)`;
}
