/** Why an addon does not load: the reason is true, and one line. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { addonDefect } from "../../src/kernels/addon-file.js";
import { programLibrary } from "../../src/kernels/elf.js";
import { loadFailure } from "../../src/kernels/load-failure.js";
import { platforms } from "../../src/kernels/prebuilt.js";
import { targets } from "../../tools/platforms/targets.js";
import { prebuildName } from "../../tools/prebuild.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-failure-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The beginnings of files of each format: 128 bytes, the rest zeros. */
const headers: Record<string, (machine: number) => Buffer> = {
  linux: (machine) => {
    const bytes = Buffer.alloc(128);
    bytes.write("\x7fELF\x02\x01\x01", "latin1");
    bytes.writeUInt16LE(machine, 18);
    return bytes;
  },
  darwin: (machine) => {
    const bytes = Buffer.alloc(128);
    bytes.writeUInt32LE(0xfeedfacf);
    bytes.writeUInt32LE(machine, 4);
    return bytes;
  },
  win32: (machine) => {
    const bytes = Buffer.alloc(128);
    bytes.write("MZ");
    bytes.writeUInt32LE(80, 60);
    bytes.write("PE", 80);
    bytes.writeUInt16LE(machine, 84);
    return bytes;
  },
};

describe("an addon for another platform", () => {
  it.each([
    ["linux-x64", 62],
    ["linux-arm64", 183],
    ["darwin-x64", 0x01000007],
    ["darwin-arm64", 0x0100000c],
    ["win32-x64", 0x8664],
    ["win32-arm64", 0xaa64],
  ])("is seen to be for %s", (platform, machine) => {
    const defect = addonDefect(file(platform, headers[platform.split("-")[0]](machine)));
    const here = `${process.platform}-${process.arch}`;
    if (platform === here) expect(defect ?? "").not.toMatch(/built for/);
    else expect(defect).toBe(`it is built for ${platform}, this is ${here}`);
  });
});

describe("the message of the system", () => {
  it.each([
    [
      "libc.so: invalid ELF header",
      "libc.so: invalid ELF header (it is built for musl, and this system has glibc)",
    ],
    [
      "Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /a.node)",
      /\(it is built for glibc, and this system has musl\)$/,
    ],
    ["/lib/libc.so.6: version `GLIBC_2.17' not found (required by a.node)", /older than 2\.17\)$/],
    ["a.node: failed to map segment from shared object", /\(noexec\), or a security policy forbids it\)$/],
    [
      "dlopen(a.node, 0x0001): tried: 'a.node'\n  (code signature in <1> not valid for use in process)",
      /^dlopen\(a\.node, 0x0001\): tried: 'a\.node' \(code signature in <1> not valid for use in process\) \(macOS blocks it: .*\)$/,
    ],
    ["This program is blocked by group policy.", /\(a policy of this Windows system/],
    [
      "Cannot load native addon because loading addons is disabled.",
      /\(Node runs with --no-addons, or with --permission and without --allow-addons\)$/,
    ],
    ["the file is empty", "the file is empty"],
  ])("%j is explained", (message, expected) => {
    const text = loadFailure(new Error(message));
    if (typeof expected === "string") expect(text).toBe(expected);
    else expect(text).toMatch(expected);
    expect(text).not.toContain("\n");
  });

  it("is explained by Node's code too", () => {
    const error = Object.assign(new Error("Access to this API has been restricted"), {
      code: "ERR_ACCESS_DENIED",
    });
    expect(loadFailure(error)).toMatch(/--allow-addons\)$/);
  });
});

describe("the choice of an addon", () => {
  it("knows every platform that is built", () => {
    expect([...platforms].sort()).toEqual(Object.keys(targets).sort());
  });

  it.runIf(process.platform === "linux")("reads the C library of the running program", () => {
    const musl = prebuildName().endsWith("-musl");
    expect(programLibrary(process.execPath)).toBe(musl ? "musl" : "glibc");
    expect(programLibrary(file("text", Buffer.from("no program")))).toBeUndefined();
    expect(programLibrary(join(folder, "nowhere"))).toBeUndefined();
  });
});
