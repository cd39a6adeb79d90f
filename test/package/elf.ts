/**
 * The requirements of an ELF file (64 bits, little-endian): the libraries that it needs, and
 * the versions of their symbols. Read from the section table, so a binary whose sections were stripped away
 * is an error.
 */
export interface Needs {
  /** Names of shared libraries: DT_NEEDED. */
  libraries: string[];
  /** Symbol versions by library: `{ "libc.so.6": ["GLIBC_2.2.5", …] }`. */
  versions: Record<string, string[]>;
}

const SHT_DYNAMIC = 6;
const SHT_GNU_VERNEED = 0x6ffffffe;
const DT_NEEDED = 1n;

/** The section table of an ELF file. */
export function elfSections(bytes: Buffer) {
  if (bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1)
    throw new Error("not a 64-bit ELF file");
  const table = Number(bytes.readBigUInt64LE(0x28));
  const entrySize = bytes.readUInt16LE(0x3a);
  const count = bytes.readUInt16LE(0x3c);
  if (table === 0 || count === 0) throw new Error("no section table");
  return Array.from({ length: count }, (_, i) => {
    const at = table + i * entrySize;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 0x18)),
      size: Number(bytes.readBigUInt64LE(at + 0x20)),
      link: bytes.readUInt32LE(at + 0x28),
      info: bytes.readUInt32LE(at + 0x2c),
    };
  });
}

export function elfNeeds(bytes: Buffer): Needs {
  const sections = elfSections(bytes);
  const text = (section: number, offset: number) => {
    const start = sections[section]!.offset + offset;
    return bytes.toString("latin1", start, bytes.indexOf(0, start));
  };

  const needs: Needs = { libraries: [], versions: {} };
  for (const { type, offset, size, link, info } of sections) {
    if (type === SHT_DYNAMIC)
      for (let at = offset; at < offset + size; at += 16)
        if (bytes.readBigInt64LE(at) === DT_NEEDED)
          needs.libraries.push(text(link, Number(bytes.readBigUInt64LE(at + 8))));
    if (type !== SHT_GNU_VERNEED) continue;
    // `info` libraries, each with a list of versions; `next` fields are distances from the entry they are in.
    for (let i = 0, at = offset; i < info; at += bytes.readUInt32LE(at + 12), i++) {
      const versions: string[] = [];
      needs.versions[text(link, bytes.readUInt32LE(at + 4))] = versions;
      let entry = at + bytes.readUInt32LE(at + 8);
      for (let j = bytes.readUInt16LE(at + 2); j > 0; j--) {
        versions.push(text(link, bytes.readUInt32LE(entry + 8)));
        entry += bytes.readUInt32LE(entry + 12);
      }
    }
  }
  return needs;
}

/** Compares versions such as 2.2.5 and 2.28 part by part. */
export function newer(a: string, b: string): boolean {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  const at = x.findIndex((part, i) => part !== (y[i] ?? 0));
  return at >= 0 && x[at]! > (y[at] ?? 0);
}
