/** The checks of the addons in prebuilds/, and that they see what is wrong. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { defects } from "../../tools/platforms/check.js";
import { canCheck } from "../../tools/platforms/llvm.js";
import { signatureDefect } from "../../tools/platforms/page-hashes.js";
import { targets } from "../../tools/platforms/targets.js";
import { elfSections } from "./elf.js";
import { root } from "./pack.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-prebuilds-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (name: string) => join(root, "prebuilds", name, "simdgrad.node");
const built = Object.keys(targets).filter((name) => existsSync(pathOf(name)));

/** Replaces every occurrence of a text by one of the same length, so that nothing else moves. */
function replace(bytes: Buffer, text: string, by: string): Buffer {
  expect(by.length).toBe(text.length);
  expect(bytes.includes(text), text).toBe(true);
  return Buffer.from(bytes.toString("latin1").replaceAll(text, by), "latin1");
}

/** Writes a number into a copy. */
function write(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

/** Where the header has the number of the processor, and another processor's. */
const processor: Record<string, (copy: Buffer) => void> = {
  linux: (copy) => copy.writeUInt16LE(copy.readUInt16LE(18) === 62 ? 183 : 62, 18),
  darwin: (copy) => copy.writeUInt32LE(copy.readUInt32LE(4) ^ (0x01000007 ^ 0x0100000c), 4),
  win32: (copy) => {
    const at = copy.readUInt32LE(60) + 4;
    copy.writeUInt16LE(copy.readUInt16LE(at) === 0x8664 ? 0xaa64 : 0x8664, at);
  },
};

/** Makes a function that the file needs one that it defines, and exports. */
const definesMore: Record<string, (copy: Buffer) => void> = {
  linux: (copy) => {
    const symbols = elfSections(copy).find(({ type }) => type === 11)!; // SHT_DYNSYM
    for (let at = symbols.offset + 24; at < symbols.offset + symbols.size; at += 24)
      if (copy.readUInt16LE(at + 6) === 0 && copy[at + 4] >> 4 === 1) {
        copy.writeUInt16LE(1, at + 6);
        return;
      }
  },
  darwin: (copy) => {
    const symbols = machCommand(copy, 2)!; // LC_SYMTAB
    const [first, count] = [8, 12].map((at) => copy.readUInt32LE(symbols + at));
    for (let at = first; at < first + 16 * count; at += 16)
      if (copy[at + 4] === 1) {
        copy.set([15, 1], at + 4);
        return;
      }
  },
  // An export has a name of its own: another one stands for one more.
  win32: (copy) => {
    const at = copy.lastIndexOf("napi_register_module_v1");
    copy.write("napi_register_module_v9", at);
  },
};

function machCommand(bytes: Buffer, wanted: number): number | undefined {
  for (let i = 0, at = 32; i < bytes.readUInt32LE(16); at += bytes.readUInt32LE(at + 4), i++)
    if (bytes.readUInt32LE(at) === wanted) return at;
  return undefined;
}

interface Corruption {
  what: string;
  change: (bytes: Buffer, system: string) => Buffer;
  complaint: RegExp;
  only?: (name: string) => boolean;
}

const corruptions: Corruption[] = [
  {
    what: "another processor",
    change: (bytes, system) => write(bytes, processor[system]),
    complaint: /it is of the format .+, expected /,
  },
  {
    what: "another export",
    change: (bytes, system) => write(bytes, definesMore[system]),
    complaint: /it exports .+, expected /,
  },
  {
    what: "a function that no list has",
    change: (bytes, system) =>
      replace(
        bytes,
        ...((system === "win32" ? ["\0CreateThread", "\0CreateThrxad"] : ["strlen", "strlxn"]) as [
          string,
          string,
        ]),
      ),
    complaint: /it needs the function (strlxn|CreateThrxad)/,
  },
  {
    what: "a library that no list has",
    change: (bytes, system) =>
      replace(
        bytes,
        ...({
          linux: ["\0libc.so", "\0libz.so"],
          darwin: ["/usr/lib/libSystem.B.dylib", "/usr/lib/libObjcct.B.dylib"],
          win32: ["KERNEL32.dll", "KERNEL33.dll"],
        }[system] as [string, string]),
      ),
    complaint: /it needs the library /,
  },
  {
    what: "a function of a newer glibc",
    change: (bytes) => replace(bytes, "GLIBC_2.17", "GLIBC_2.38"),
    complaint: /it needs \w+ of GLIBC_2\.38/,
    only: (name) => name === "linux-x64" || name === "linux-arm64",
  },
  {
    what: "a byte of its code",
    change: (bytes) =>
      write(bytes, (copy) => copy.fill(copy[copy.length >> 1] ^ 1, copy.length >> 1, (copy.length >> 1) + 1)),
    complaint: /page \d+ of \d+ does not have its hash/,
    only: (name) => name === "darwin-arm64",
  },
  ...(
    [
      ["all but 40 bytes", () => 40],
      ["all but a kilobyte", () => 1024],
      ["its second half", (bytes) => bytes >> 1],
      ["its last kilobyte", (bytes) => bytes - 1024],
      ["its last byte", (bytes) => bytes - 1],
    ] as [string, (bytes: number) => number][]
  ).map(([part, left]) => ({
    what: `${part} missing`,
    change: (bytes: Buffer) => bytes.subarray(0, left(bytes.length)),
    complaint: /it cannot be read: |it is cut off: /,
  })),
];

describe.skipIf(!canCheck())("an addon in prebuilds/", () => {
  test.each(built)("has no defect: %s", (name) => {
    expect(defects(pathOf(name), name)).toEqual([]);
  });

  const cases = built.flatMap((name) =>
    corruptions
      .filter(({ only }) => only?.(name) ?? true)
      .map(({ what, ...rest }) => ({ name, what, ...rest })),
  );
  test.each(cases)("$name with $what is refused", ({ name, change, complaint }) => {
    const path = join(folder, "changed.node");
    writeFileSync(path, change(readFileSync(pathOf(name)), targets[name].system));
    expect(defects(path, name).join("\n")).toMatch(complaint);
  });
});

/** A Mach-O file of two pages and an ad hoc signature: the fields that the check reads. */
function signed(): Buffer {
  const page = 4096;
  const code = Buffer.alloc(2 * page - 100, 7);
  code.writeUInt32LE(0xfeedfacf, 0);
  code.writeUInt32LE(1, 16);
  code.writeUInt32LE(0x1d, 32);
  code.writeUInt32LE(16, 36);
  code.writeUInt32LE(code.length, 40);
  const directory = Buffer.alloc(44 + 2 * 32);
  directory.writeUInt32BE(0xfade0c02, 0);
  directory.writeUInt32BE(0x2, 12);
  directory.writeUInt32BE(44, 16);
  directory.writeUInt32BE(2, 28);
  directory.writeUInt32BE(code.length, 32);
  directory.set([32, 2, 0, 12], 36);
  const blob = Buffer.concat([Buffer.alloc(20), directory]);
  blob.writeUInt32BE(0xfade0cc0, 0);
  blob.writeUInt32BE(blob.length, 4);
  blob.writeUInt32BE(1, 8);
  blob.writeUInt32BE(20, 16);
  code.writeUInt32LE(blob.length, 44);
  for (const i of [0, 1])
    createHash("sha256")
      .update(code.subarray(i * page, (i + 1) * page))
      .digest()
      .copy(blob, 20 + 44 + 32 * i);
  return Buffer.concat([code, blob]);
}

describe("the signature of a Mach-O file", () => {
  test("is good when every page has its hash", () => {
    expect(signatureDefect(signed())).toBeUndefined();
  });

  test.each<[string, (bytes: Buffer) => void, RegExp]>([
    [
      "a byte of the second page",
      (bytes) => bytes.fill(1, 5000, 5001),
      /^page 1 of 2 does not have its hash$/,
    ],
    ["no signature", (bytes) => bytes.writeUInt32LE(0x1e, 32), /^it has no code signature$/],
    ["a hash", (bytes) => bytes.fill(0, bytes.length - 1), /^page 1 of 2/],
    ["the flag", (bytes) => bytes.writeUInt32BE(0, 2 * 4096 - 100 + 20 + 12), /not ad hoc/],
  ])("is bad when this is changed: %s", (_, change, complaint) => {
    const bytes = signed();
    change(bytes);
    expect(signatureDefect(bytes)).toMatch(complaint);
  });
});
