/**
 * Checks the addon's file before it is loaded. The system would map a truncated file, and the process would
 * die with SIGBUS when it reads beyond the end. The check takes some tens of microseconds.
 */
import { closeSync, fstatSync, openSync, statSync } from "node:fs";
import { programParts, programTable, readBytes, wide } from "./elf.js";

const elfHeader = 64;
const sectionHeader = 64;
const loaded = 1; // PT_LOAD
const names = 3; // SHT_STRTAB

const cutOff = (size: number, wanted: number) => `the file is cut off: ${size} bytes of ${wanted}`;

/** What is wrong with a 64-bit little-endian ELF file, the kind that Node runs on. */
function elfDefect(file: number, size: number): string | undefined {
  const notElf = "it is not an ELF file";
  const header = readBytes(file, 0, Math.min(size, elfHeader));
  if (header === undefined || size < 4 || header.getUint32(0) !== 0x7f454c46) return notElf;
  if (size < elfHeader) return cutOff(size, elfHeader);
  if (header.getUint16(4) !== 0x0201) return undefined;
  const sections = wide(header, 40);
  const [sectionCount, nameSection] = [60, 62].map((at) => header.getUint16(at, true));
  // Linkers write the section headers last. A stripped library may have none.
  let wanted = sections === 0 ? 0 : sections + sectionHeader * sectionCount;
  const { offset, bytes } = programTable(header);
  const table = readBytes(file, offset, bytes);
  if (table === undefined) return cutOff(size, Math.max(wanted, offset + bytes));
  for (const part of programParts(table))
    if (part.type === loaded) wanted = Math.max(wanted, part.offset + part.bytes);
  if (size < wanted) return cutOff(size, wanted);
  // An interrupted copy may already have its full length, with zeros at its end.
  const type =
    sections === 0 ? names : readBytes(file, sections + sectionHeader * nameSection, 8)?.getUint32(4, true);
  return type === names ? undefined : "the file is damaged: it has no list of sections where its header says";
}

/** What is wrong with a 64-bit Mach-O file, the kind of macOS: its segments reach beyond its end. */
function machDefect(file: number, size: number): string | undefined {
  const machHeader = 32;
  const segment = 25; // LC_SEGMENT_64
  const header = readBytes(file, 0, Math.min(size, machHeader));
  if (header === undefined || size < 4 || header.getUint32(0, true) !== 0xfeedfacf)
    return "it is not a Mach-O file for a 64-bit processor";
  if (size < machHeader) return cutOff(size, machHeader);
  const commandBytes = header.getUint32(20, true);
  const commands = readBytes(file, machHeader, commandBytes);
  if (commands === undefined) return cutOff(size, machHeader + commandBytes);
  let wanted = 0;
  for (let at = 0; at + 56 <= commandBytes; at += Math.max(8, commands.getUint32(at + 4, true)))
    if (commands.getUint32(at, true) === segment)
      wanted = Math.max(wanted, wide(commands, at + 40) + wide(commands, at + 48));
  return size < wanted ? cutOff(size, wanted) : undefined;
}

/** What is wrong with a PE file, the kind of Windows: its sections reach beyond its end. */
function peDefect(file: number, size: number): string | undefined {
  const sectionBytes = 40;
  const header = readBytes(file, 0, Math.min(size, elfHeader));
  if (header === undefined || size < 2 || header.getUint16(0) !== 0x4d5a)
    return "it is not a library of Windows";
  if (size < elfHeader) return cutOff(size, elfHeader);
  const place = header.getUint32(60, true);
  const coff = readBytes(file, place, 24);
  if (coff === undefined) return cutOff(size, place + 24);
  const table = place + 24 + coff.getUint16(20, true);
  const bytes = sectionBytes * coff.getUint16(6, true);
  const sections = readBytes(file, table, bytes);
  if (sections === undefined) return cutOff(size, table + bytes);
  let wanted = 0;
  for (let at = 0; at < bytes; at += sectionBytes)
    wanted = Math.max(wanted, sections.getUint32(at + 16, true) + sections.getUint32(at + 20, true));
  return size < wanted ? cutOff(size, wanted) : undefined;
}

/** What is wrong with a file, by the system that loads it. */
export const formatDefects: Record<string, (file: number, size: number) => string | undefined> = {
  linux: elfDefect,
  darwin: machDefect,
  win32: peDefect,
};

/** Processors by the numbers that the headers of ELF, Mach-O and PE files have for them. */
const elfMachines: Record<number, string> = { 62: "x64", 183: "arm64" };
const machMachines: Record<number, string> = { 16777223: "x64", 16777228: "arm64" };
const peMachines: Record<number, string> = { 34404: "x64", 43620: "arm64" };

/** The platform that the code in a file is for, as `linux-x64`; undefined if its header names none. */
function platformOf(file: number): string | undefined {
  const header = readBytes(file, 0, elfHeader);
  if (header === undefined) return undefined;
  const named = (system: string, arch: string | undefined) => arch && `${system}-${arch}`;
  if (header.getUint32(0) === 0x7f454c46) return named("linux", elfMachines[header.getUint16(18, true)]);
  if (header.getUint32(0, true) === 0xfeedfacf)
    return named("darwin", machMachines[header.getUint32(4, true)]);
  if (header.getUint16(0) !== 0x4d5a) return undefined;
  const place = header.getUint32(60, true);
  const pe = readBytes(file, place, 6);
  return pe?.getUint32(0) === 0x50450000 ? named("win32", peMachines[pe.getUint16(4, true)]) : undefined;
}

/** Why the file cannot be a complete addon; undefined if no defect was found, and loading it decides. */
export function addonDefect(path: string): string | undefined {
  // Checked before opening: opening a pipe would wait for a writer.
  if (!statSync(path).isFile()) return "it is not a file";
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size === 0) return "the file is empty";
    const here = `${process.platform}-${process.arch}`;
    const target = platformOf(file);
    if (target !== undefined && target !== here) return `it is built for ${target}, this is ${here}`;
    return formatDefects[process.platform]?.(file, size);
  } finally {
    closeSync(file);
  }
}
