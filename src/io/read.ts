import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FileError, ValueError } from "../errors.js";
import { nearest } from "../nearest.js";
import { excerpt, quoted, quotedPath } from "../quote.js";
import { NO_WRITER, readingFlags, Source } from "./pipe.js";

/** The location of a file: a path, or a `file:` URL (`new URL("x", import.meta.url)`). */
export type Path = string | URL;

/** @throws ValueError `INVALID_PATH` for anything else. */
export function pathOf(path: Path): string {
  if (typeof path === "string") return path;
  try {
    return fileURLToPath(path);
  } catch (cause) {
    throw new ValueError(`path: a text or a file: URL: ${quoted(String(path))}`, "INVALID_PATH", { cause });
  }
}

/** The path of a file in a folder. */
export const within = (folder: string, name: string): string => join(folder, name);

export type FileKind = "file" | "directory" | "special";

/** What is at a path: a pipe or a device is special. Undefined: nothing. */
export function fileKind(path: string): FileKind | undefined {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "special";
}

// One read call takes at most 2 GiB on every platform, and fs.readFile refuses larger files altogether.
const LARGEST_READ = 2 ** 30;

/**
 * The largest memory for a file whose size is not known from the disk: a pipe, or the content of a gzip
 * stream.
 */
export const MOST_BYTES = 2 ** 30;

/** How to read a file of unknown size: a pipe, or a file in /proc. */
export interface Unsized {
  /** The length of a file of this kind, computed from its first bytes; undefined if more bytes are needed. */
  lengthFrom?: (start: Uint8Array) => number | undefined;
  /** Default 1 GiB. */
  maxBytes?: number;
}

/**
 * Reads the whole file into its own memory. This memory is aligned, unlike a slice of Node's buffer pool, and
 * shared, so that native threads may read a data set in place.
 * @throws FileError `NOT_A_FILE` for directories and devices, `FILE_TOO_LARGE` for a pipe that does not end.
 */
export function readBytesSync(op: string, path: string, unsized: Unsized = {}): Uint8Array {
  let fd: number | undefined;
  try {
    const opened = fs.openSync(path, readingFlags);
    fd = opened;
    const stat = fs.fstatSync(fd);
    const room = roomFor(op, path, stat, unsized);
    const source = new Source(stat.isFIFO());
    while (room.wanted) {
      const { array, offset, length } = room.free();
      room.filled(source.readSync(() => fs.readSync(opened, array, offset, length, null)));
    }
    return room.bytes();
  } catch (error) {
    throw readError(op, path, error);
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/** `readBytesSync` without blocking the event loop. */
export async function readBytes(op: string, path: string, unsized: Unsized = {}): Promise<Uint8Array> {
  let file: fs.promises.FileHandle | undefined;
  try {
    const opened = await fs.promises.open(path, readingFlags);
    file = opened;
    const stat = await file.stat();
    const room = roomFor(op, path, stat, unsized);
    const source = new Source(stat.isFIFO());
    while (room.wanted) {
      const { array, offset, length } = room.free();
      room.filled(await source.read(async () => (await opened.read(array, offset, length, null)).bytesRead));
    }
    return room.bytes();
  } catch (error) {
    throw readError(op, path, error);
  } finally {
    await file?.close();
  }
}

/** A file in pieces, for files larger than memory. */
export async function* readPieces(op: string, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await fs.promises.open(path, readingFlags).catch((error) => {
    throw readError(op, path, error);
  });
  try {
    const stat = await file.stat();
    checkKind(op, path, stat);
    const source = new Source(stat.isFIFO());
    for (;;) {
      const piece = new Uint8Array(PIECE);
      const read = await source
        .read(async () => (await file.read(piece, 0, PIECE, null)).bytesRead)
        .catch((error) => {
          throw readError(op, path, error);
        });
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    await file.close();
  }
}

const PIECE = 1 << 18;

/** A device has no end or no content: /dev/zero, a terminal, a whole disk. */
function checkKind(op: string, path: string, stat: fs.Stats): void {
  const kind = stat.isDirectory()
    ? "directory"
    : stat.isCharacterDevice() || stat.isBlockDevice()
      ? "device"
      : undefined;
  if (kind !== undefined)
    throw new FileError(`${op}: a ${kind}, not a file: ${quotedPath(path)}`, "NOT_A_FILE", path);
}

function roomFor(op: string, path: string, stat: fs.Stats, unsized: Unsized): Room {
  checkKind(op, path, stat);
  return stat.isFile() && stat.size > 0 ? new Room(stat.size) : new GrowingRoom(op, path, unsized);
}

/** Memory for a file of known size. */
class Room {
  protected array: Uint8Array;
  protected used = 0;
  protected ended = false;

  constructor(size: number) {
    this.array = new Uint8Array(new SharedArrayBuffer(size));
  }

  get wanted(): boolean {
    return !this.ended && this.used < this.array.length;
  }

  /** Where the next bytes are written. */
  free(): { array: Uint8Array; offset: number; length: number } {
    const { array, used } = this;
    return { array, offset: used, length: Math.min(array.length - used, LARGEST_READ) };
  }

  filled(count: number): void {
    this.used += count;
    this.ended = count === 0;
  }

  bytes(): Uint8Array {
    return this.array.subarray(0, this.used);
  }
}

/** Memory for a file of unknown size. */
class GrowingRoom extends Room {
  #length: number | undefined;

  constructor(
    readonly op: string,
    readonly path: string,
    readonly unsized: Unsized,
  ) {
    super(1 << 16);
  }

  /** Reads one byte more than expected, to detect a file that is too long. */
  override get wanted(): boolean {
    return !this.ended && (this.#length === undefined || this.used <= this.#length);
  }

  override filled(count: number): void {
    super.filled(count);
    const { lengthFrom, maxBytes = MOST_BYTES } = this.unsized;
    this.#length ??= lengthFrom?.(this.bytes());
    if (this.#length === undefined && this.used > maxBytes)
      throw new FileError(
        `${this.op}: more than the ${maxBytes} bytes that a file without a size may have: ${quotedPath(this.path)}`,
        "FILE_TOO_LARGE",
        this.path,
      );
    if (this.used < this.array.length) return;
    const larger = new Uint8Array(new SharedArrayBuffer(2 * this.array.length));
    larger.set(this.array);
    this.array = larger;
  }
}

/** The FileError for a failed open or read: its code, and a hint for finding the mistake. */
export function readError(op: string, path: string, cause: unknown): FileError {
  if (cause instanceof FileError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const fail = (stable: string, rule: string) =>
    new FileError(`${op}: ${rule}: ${quotedPath(path)}${hint(stable, path)}`, stable, path, { cause });
  if (cause instanceof RangeError && code === undefined)
    return fail("OUT_OF_MEMORY", "does not fit into memory");
  if (code === "ENOENT" || code === "ENOTDIR") return fail("FILE_NOT_FOUND", "no such file or directory");
  if (code === NO_WRITER) return fail(NO_WRITER, "nobody writes the pipe");
  if (code === "EISDIR") return fail("NOT_A_FILE", "a directory, not a file");
  if (code === "EACCES" || code === "EPERM") return fail("NO_PERMISSION", "no permission to read");
  if (code === "ERR_INVALID_ARG_VALUE") return fail("FILE_NOT_FOUND", "not a valid path");
  return fail("READ_FAILED", `cannot be read (${excerpt(message, 200)})`);
}

function hint(code: string, path: string): string {
  if (code !== "FILE_NOT_FOUND") return "";
  let names: string[];
  try {
    names = fs.readdirSync(dirname(path));
  } catch {
    return ` (no directory ${quotedPath(dirname(path))})`;
  }
  const name = nearest(basename(path), names);
  return name === undefined ? "" : ` (did you mean ${quotedPath(join(dirname(path), name))}?)`;
}
