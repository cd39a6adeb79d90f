/** Reads parts of 64-bit little-endian ELF files: the programs and libraries of Linux. */
import { closeSync, openSync, readSync } from "node:fs";

const headerBytes = 64;
const programHeaderBytes = 56;
const interpreter = 3; // PT_INTERP

/** Reads up to `length` bytes from `position`; undefined if the file is shorter. */
export function readBytes(file: number, position: number, length: number): DataView | undefined {
  const bytes = new Uint8Array(length);
  return readSync(file, bytes, 0, length, position) === length ? new DataView(bytes.buffer) : undefined;
}

/** A 64-bit number at a place of a header. */
export const wide = (view: DataView, place: number): number => Number(view.getBigUint64(place, true));

/** Where the table of program headers lies. */
export function programTable(header: DataView): { offset: number; bytes: number } {
  return { offset: wide(header, 32), bytes: programHeaderBytes * header.getUint16(56, true) };
}

/** Type, place and size of each part of the file that a program header describes. */
export function programParts(table: DataView): { type: number; offset: number; bytes: number }[] {
  const parts = [];
  for (let at = 0; at < table.byteLength; at += programHeaderBytes)
    parts.push({
      type: table.getUint32(at, true),
      offset: wide(table, at + 8),
      bytes: wide(table, at + 32),
    });
  return parts;
}

/**
 * The C library that a Linux program runs on, from the name of the loader that it asks for
 * (`/lib/ld-musl-x86_64.so.1`). Undefined if it asks for none (a static program) or is unreadable. Takes some
 * tens of microseconds; process.report, which knows it too, takes tens of milliseconds.
 */
export function programLibrary(path: string): "glibc" | "musl" | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const header = readBytes(file, 0, headerBytes);
    if (header === undefined || header.getUint32(0) !== 0x7f454c46) return undefined;
    const { offset, bytes } = programTable(header);
    const table = readBytes(file, offset, bytes);
    const part = table && programParts(table).find(({ type }) => type === interpreter);
    const name = part && readBytes(file, part.offset, part.bytes);
    if (!name) return undefined;
    return Buffer.from(name.buffer).toString("latin1").includes("ld-musl") ? "musl" : "glibc";
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
