/**
 * Checks the addon's file before it is loaded. The system would map a truncated file, and the process would
 * die with SIGBUS when it reads beyond the end. The check takes some tens of microseconds.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

const elfHeader = 64;
const programHeader = 56;
const sectionHeader = 64;
const loaded = 1; // PT_LOAD
const names = 3; // SHT_STRTAB

/** Reads up to `length` bytes from `position`; undefined if the file is shorter. */
function read(file: number, position: number, length: number): DataView | undefined {
  const bytes = new Uint8Array(length);
  return readSync(file, bytes, 0, length, position) === length ? new DataView(bytes.buffer) : undefined;
}

/**
 * What is wrong with a 64-bit little-endian ELF file, the kind that Node runs on. Other files are left to the
 * system.
 */
function elfDefect(file: number, size: number): string | undefined {
  const notElf = "it is not an ELF file";
  const cutOff = (wanted: number) => `the file is cut off: ${size} bytes of ${wanted}`;
  const header = read(file, 0, Math.min(size, elfHeader));
  if (header === undefined || size < 4 || header.getUint32(0) !== 0x7f454c46) return notElf;
  if (size < elfHeader) return cutOff(elfHeader);
  if (header.getUint16(4) !== 0x0201) return undefined;
  const offset = (view: DataView, place: number) => Number(view.getBigUint64(place, true));
  const programs = offset(header, 32);
  const sections = offset(header, 40);
  const [programCount, sectionCount, nameSection] = [56, 60, 62].map((at) => header.getUint16(at, true));
  // Linkers write the section headers last. A stripped library may have none.
  let wanted = sections === 0 ? 0 : sections + sectionHeader * sectionCount;
  const table = read(file, programs, programHeader * programCount);
  if (table === undefined) return cutOff(Math.max(wanted, programs + programHeader * programCount));
  for (let at = 0; at < table.byteLength; at += programHeader)
    if (table.getUint32(at, true) === loaded)
      wanted = Math.max(wanted, offset(table, at + 8) + offset(table, at + 32));
  if (size < wanted) return cutOff(wanted);
  // An interrupted copy may already have its full length, with zeros at its end.
  const type =
    sections === 0 ? names : read(file, sections + sectionHeader * nameSection, 8)?.getUint32(4, true);
  return type === names ? undefined : "the file is damaged: it has no list of sections where its header says";
}

/** Why the file cannot be a complete addon; undefined if no defect was found, and loading it decides. */
export function addonDefect(path: string): string | undefined {
  // Checked before opening: opening a pipe would wait for a writer.
  if (!statSync(path).isFile()) return "it is not a file";
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size === 0) return "the file is empty";
    return process.platform === "linux" ? elfDefect(file, size) : undefined;
  } finally {
    closeSync(file);
  }
}
