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
import { root } from "./pack.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-prebuilds-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (name: string) => join(root, "prebuilds", name, "simdgrad.node");
const built = Object.keys(targets).filter((name) => existsSync(pathOf(name)));

describe.skipIf(!canCheck())("an addon in prebuilds/", () => {
  test.each(built)("has no defect: %s", (name) => {
    expect(defects(pathOf(name), name)).toEqual([]);
  });

  test.runIf(built.length > 0)("is seen to be of another format", () => {
    const other = built[0].startsWith("darwin") ? "linux-x64" : "darwin-arm64";
    expect(defects(pathOf(built[0]), other)).toEqual([
      expect.stringMatching(/^it is of the format .+, expected /),
    ]);
  });

  test.runIf(built.includes("linux-x64"))("is seen to need what an old system lacks", () => {
    // The same length, so that nothing else moves.
    const bytes = Buffer.from(
      readFileSync(pathOf("linux-x64"))
        .toString("latin1")
        .replace("GLIBC_2.17", "GLIBC_2.38")
        .replace("strchr", "strchx"),
      "latin1",
    );
    const path = join(folder, "changed.node");
    writeFileSync(path, bytes);
    const found = defects(path, "linux-x64").join("\n");
    expect(found).toMatch(/it needs \w+ of GLIBC_2\.38/);
    expect(found).toMatch(/it needs the function strchx/);
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
