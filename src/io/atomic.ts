/**
 * Writes a file so that a reader sees either the old bytes or the new ones, never a mixture. It writes a
 * temporary file in the same directory (a rename does not cross file systems), then calls fsync, rename, and
 * fsync of the directory. After any error, the old file is unchanged and the temporary file is removed.
 */

import * as fs from "node:fs";
import { dirname, resolve } from "node:path";
import { FileError } from "../errors.js";
import { excerpt, quotedPath } from "../quote.js";
import { removeLeftovers, temporaryFor } from "./leftovers.js";
import { awaitReader, awaitReaderSync } from "./pipe.js";

// One write call takes at most 2 GiB on every platform.
const LARGEST_WRITE = 2 ** 30;

export function writeFileAtomicSync(op: string, path: string, chunks: readonly Uint8Array[]): void {
  const target = inspect(op, path);
  let fd: number | undefined;
  try {
    const first = target.isPipe ? awaitReaderSync(path) : undefined;
    fd = fs.openSync(target.temporary ?? path, target.flags, target.mode);
    if (first !== undefined) fs.closeSync(first);
    if (target.temporary !== undefined && target.keepMode) fs.fchmodSync(fd, target.mode);
    for (const piece of pieces(chunks))
      for (let done = 0; done < piece.length; ) done += fs.writeSync(fd, piece, done, piece.length - done);
    if (target.temporary !== undefined) fs.fsyncSync(fd);
    const finished = fd;
    fd = undefined; // closing is tried once: a second close could close another file with the same descriptor
    fs.closeSync(finished);
    if (target.temporary !== undefined) fs.renameSync(target.temporary, target.path);
  } catch (cause) {
    if (fd !== undefined) quietly(() => fs.closeSync(fd as number));
    const { temporary } = target;
    if (temporary !== undefined) quietly(() => fs.unlinkSync(temporary));
    throw writeError(op, path, cause);
  }
  if (target.temporary !== undefined) syncDirectorySync(op, path, dirname(target.path));
}

export async function writeFileAtomic(
  op: string,
  path: string,
  chunks: readonly Uint8Array[],
): Promise<void> {
  const target = inspect(op, path);
  let file: fs.promises.FileHandle | undefined;
  try {
    const first = target.isPipe ? await awaitReader(path) : undefined;
    file = await fs.promises.open(target.temporary ?? path, target.flags, target.mode);
    if (first !== undefined) fs.closeSync(first);
    if (target.temporary !== undefined && target.keepMode) await file.chmod(target.mode);
    for (const piece of pieces(chunks))
      for (let done = 0; done < piece.length; )
        done += (await file.write(piece, done, piece.length - done)).bytesWritten;
    if (target.temporary !== undefined) await file.sync();
    const finished = file;
    file = undefined;
    await finished.close();
    if (target.temporary !== undefined) await fs.promises.rename(target.temporary, target.path);
  } catch (cause) {
    await file?.close().catch(() => {});
    if (target.temporary !== undefined) await fs.promises.unlink(target.temporary).catch(() => {});
    throw writeError(op, path, cause);
  }
  if (target.temporary !== undefined) await syncDirectory(op, path, dirname(target.path));
}

interface Target {
  /** The file to replace. A symbolic link is kept; its target is replaced or created. */
  path: string;
  /**
   * Undefined for devices and pipes (/dev/stdout, /dev/full): there is nothing to replace, so they are
   * written directly.
   */
  temporary?: string;
  isPipe?: boolean;
  flags: string;
  mode: number;
  keepMode: boolean;
}

function inspect(op: string, path: string): Target {
  let stat: fs.Stats | undefined;
  try {
    stat = fs.statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory())
      throw new FileError(`${op}: a directory, not a file: ${quotedPath(path)}`, "NOT_A_FILE", path);
    if (stat !== undefined && !stat.isFile())
      return { path, isPipe: stat.isFIFO(), flags: "w", mode: 0o666, keepMode: false };
    // A file without write permission is protected, although a rename could replace it.
    if (stat !== undefined) fs.accessSync(path, fs.constants.W_OK);
    const real = stat === undefined ? endOfLinks(path) : fs.realpathSync(path);
    removeLeftovers(real);
    const mode = stat === undefined ? 0o666 : stat.mode & 0o777;
    return {
      path: real,
      temporary: temporaryFor(real),
      flags: "wx",
      mode,
      keepMode: stat !== undefined,
    };
  } catch (cause) {
    throw cause instanceof FileError ? cause : writeError(op, path, cause);
  }
}

/** The largest number of links that Linux follows: a longer chain counts as a cycle. */
const MOST_LINKS = 40;

/** @internal The target of a symbolic link, even if no file exists there yet. */
export function endOfLinks(path: string): string {
  let end = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    let next: string;
    try {
      next = fs.readlinkSync(end);
    } catch {
      return end; // not a link, or no such file
    }
    end = resolve(fs.realpathSync(dirname(end)), next);
  }
  return end;
}

function* pieces(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const chunk of chunks)
    for (let start = 0; start < chunk.length; start += LARGEST_WRITE)
      yield chunk.subarray(start, start + LARGEST_WRITE);
}

/** Makes the rename itself survive a power failure. */
function syncDirectorySync(op: string, path: string, directory: string): void {
  let fd: number | undefined;
  try {
    fd = fs.openSync(directory, "r");
    fs.fsyncSync(fd);
  } catch (cause) {
    if (isStorageFailure(cause)) throw writeError(op, path, cause);
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

async function syncDirectory(op: string, path: string, directory: string): Promise<void> {
  let file: fs.promises.FileHandle | undefined;
  try {
    file = await fs.promises.open(directory, "r");
    await file.sync();
  } catch (cause) {
    if (isStorageFailure(cause)) throw writeError(op, path, cause);
  } finally {
    await file?.close();
  }
}

/**
 * Whether the disk itself failed. Other errors are ignored: Windows cannot open directories, some file
 * systems cannot sync them, and some directories may be entered but not read.
 */
function isStorageFailure(cause: unknown): boolean {
  return ["EIO", "ENOSPC", "EDQUOT"].includes((cause as NodeJS.ErrnoException).code ?? "");
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The first failure is the one to report.
  }
}

function writeError(op: string, path: string, cause: unknown): FileError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const fail = (stable: string, rule: string) =>
    new FileError(`${op}: ${rule}: ${quotedPath(path)}`, stable, path, { cause });
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return fail("DISK_FULL", "the disk is full");
    case "EFBIG":
      return fail("FILE_TOO_LARGE", "the file would be larger than the system allows");
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return fail("NO_PERMISSION", "no permission to write");
    case "ENXIO":
      return fail("NO_READER", "nobody reads the pipe");
    case "ENOENT":
    case "ENOTDIR":
      return fail("DIRECTORY_NOT_FOUND", `no directory ${quotedPath(dirname(path))} to write into`);
    default:
      return fail("WRITE_FAILED", `cannot be written (${excerpt(message, 200)})`);
  }
}
