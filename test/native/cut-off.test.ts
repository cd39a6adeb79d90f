/**
 * Files of the formats of macOS and Windows that are cut off, as the loader (src/kernels/addon-file.ts) and
 * the check of a release (tools/platforms/check.js) see them. The files here have the fields that both read.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { formatDefects } from "../../src/kernels/addon-file.js";
import { bytesOfPe } from "../../tools/platforms/check.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-cut-off-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function defect(system: string, bytes: Buffer): string | undefined {
  const path = join(folder, "simdgrad.node");
  writeFileSync(path, bytes);
  const file = openSync(path, "r");
  try {
    return formatDefects[system]!(file, bytes.length);
  } finally {
    closeSync(file);
  }
}

/** A Mach-O file of 1000 bytes: a header of 32, a command that is no segment, and two segments. */
function machFile(): Buffer {
  const bytes = Buffer.alloc(1000);
  bytes.writeUInt32LE(0xfeedfacf, 0);
  bytes.writeUInt32LE(16 + 2 * 72, 20);
  bytes.writeUInt32LE(0x1b, 32); // LC_UUID
  bytes.writeUInt32LE(16, 36);
  // The one that ends last is not the last one.
  for (const [at, start, size] of [
    [48, 400, 600],
    [120, 0, 400],
  ] as const) {
    bytes.writeUInt32LE(25, at); // LC_SEGMENT_64
    bytes.writeUInt32LE(72, at + 4);
    bytes.writeBigUInt64LE(BigInt(start), at + 40);
    bytes.writeBigUInt64LE(BigInt(size), at + 48);
  }
  return bytes;
}

/** A PE file of 1000 bytes: its header at 128, an optional header of 16 and two sections. */
function peFile(): Buffer {
  const bytes = Buffer.alloc(1000);
  bytes.write("MZ", 0);
  bytes.writeUInt32LE(128, 60);
  bytes.write("PE\0\0", 128);
  bytes.writeUInt16LE(2, 134);
  bytes.writeUInt16LE(16, 148);
  for (const [at, start, size] of [
    [168, 400, 600],
    [208, 300, 100],
  ] as const) {
    bytes.writeUInt32LE(size, at + 16);
    bytes.writeUInt32LE(start, at + 20);
  }
  return bytes;
}

describe.each([
  ["darwin", machFile(), 1000],
  ["win32", peFile(), 1000],
] as const)("a file for %s", (system, whole, size) => {
  test("is good when it is whole, and when there is more", () => {
    expect(defect(system, whole)).toBeUndefined();
    expect(defect(system, Buffer.concat([whole, Buffer.alloc(10)]))).toBeUndefined();
  });

  test("is not of this format when it begins otherwise", () => {
    expect(defect(system, Buffer.alloc(size))).toMatch(/^it is not a/);
    expect(defect(system, whole.subarray(0, 1))).toMatch(/^it is not a/);
  });

  test.each([
    [{ darwin: 20, win32: 20 }, { darwin: 32, win32: 64 }, "within its first header"],
    [{ darwin: 32, win32: 140 }, { darwin: 192, win32: 152 }, "after it"],
    [{ darwin: 191, win32: 247 }, { darwin: 192, win32: 248 }, "within the list of its parts"],
    [{ darwin: 192, win32: 248 }, { darwin: 1000, win32: 1000 }, "after the list"],
    [{ darwin: 999, win32: 999 }, { darwin: 1000, win32: 1000 }, "before its last byte"],
  ])("is cut off at %o, %s", (left, wanted) => {
    expect(defect(system, whole.subarray(0, left[system]))).toBe(
      `the file is cut off: ${left[system]} bytes of ${wanted[system]}`,
    );
  });
});

test("the check of a release knows how long a PE file must be", () => {
  expect(bytesOfPe(peFile())).toBe(1000);
});
