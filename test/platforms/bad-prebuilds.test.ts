/**
 * A program whose prebuilt addon does not load: it prints one line with the true reason and what to do, and
 * computes on WebAssembly, or on the JavaScript core where there is no module of WebAssembly either.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/package-root.js";
import { version } from "../../src/version.js";
import { prebuildName } from "../../tools/prebuild.js";
import { addonPath, built } from "../native/addon.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-bad-"));
afterAll(() => {
  spawnSync("umount", [join(folder, "noexec")]);
  rmSync(folder, { recursive: true, force: true });
});

const hasModule = existsSync(join(packageRoot, "wasm/simdgrad.wasm"));
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(SIMDGRAD_|NODE_)/.test(name)),
);

/** A copy of the package; its addon is the file at `path`. */
function packageWith(name: string, place: (path: string) => void): string {
  const copy = join(folder, name);
  mkdirSync(copy, { recursive: true });
  for (const part of ["dist", "package.json", "wasm"])
    if (existsSync(join(packageRoot, part)))
      cpSync(join(packageRoot, part), join(copy, part), { recursive: true });
  const prebuild = join(copy, "prebuilds", prebuildName());
  mkdirSync(prebuild, { recursive: true });
  place(join(prebuild, "simdgrad.node"));
  return copy;
}

/** Imports the package and computes. */
function use(copy: string, flags: string[] = []) {
  const script = `
    const { backend, ones } = await import(${JSON.stringify(pathToFileURL(join(copy, "dist/index.js")).href)});
    console.log(ones([2]).sum().item(), backend.name);`;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, "--input-type=module", "-e", script],
    { encoding: "utf8", env: clean },
  );
  return { status, signal, stdout, lines: stderr.trimEnd().split("\n") };
}

const whole = () => readFileSync(addonPath);
const write = (bytes: Uint8Array) => (path: string) => writeFileSync(path, bytes);
const fileOf = (name: string) => join(packageRoot, "prebuilds", name, "simdgrad.node");
/** This machine's addon with another number of its processor. */
const ofAnotherProcessor = () => {
  const bytes = whole();
  bytes.writeUInt16LE(process.arch === "x64" ? 183 : 62, 18);
  return bytes;
};
/** This machine's addon, whose version has another last digit. */
const ofAnotherVersion = () => {
  const other = version.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
  return Buffer.from(whole().toString("latin1").replaceAll(`\0${version}\0`, `\0${other}\0`), "latin1");
};
const otherArch = process.arch === "x64" ? "arm64" : "x64";
const otherLibrary = `${process.platform}-${process.arch}${prebuildName().endsWith("-musl") ? "" : "-musl"}`;

interface Bad {
  what: string;
  needs?: string;
  place: (path: string) => void;
  flags?: string[];
  reason: RegExp;
}

const cases: Bad[] = [
  { what: "empty", place: write(Buffer.alloc(0)), reason: /the file is empty/ },
  {
    what: "cut off",
    place: (path) => write(whole().subarray(0, 100_000))(path),
    reason: /the file is cut off: 100000 bytes of \d+/,
  },
  {
    what: "for another processor",
    place: (path) => write(ofAnotherProcessor())(path),
    reason: new RegExp(`it is built for linux-${otherArch}, this is linux-${process.arch}`),
  },
  {
    what: "for Windows",
    needs: "win32-x64",
    place: (path) => cpSync(fileOf("win32-x64"), path),
    reason: /it is built for win32-x64, this is linux-/,
  },
  {
    what: "for macOS",
    needs: "darwin-arm64",
    place: (path) => cpSync(fileOf("darwin-arm64"), path),
    reason: /it is built for darwin-arm64, this is linux-/,
  },
  {
    what: "for another C library",
    needs: otherLibrary,
    place: (path) => cpSync(fileOf(otherLibrary), path),
    reason: /it is built for (musl, and this system has glibc|glibc, and this system has musl)/,
  },
  {
    what: "of another version",
    place: (path) => write(ofAnotherVersion())(path),
    reason: new RegExp(`it is of version [\\d.]+ of simdgrad, this is ${version.replaceAll(".", "\\.")}`),
  },
  {
    what: "forbidden by --no-addons",
    place: (path) => symlinkSync(addonPath, path),
    flags: ["--no-addons"],
    reason: /Node runs with --no-addons/,
  },
];

/** What a broken installation prints. */
function expectOneLine({ status, signal, stdout, lines }: ReturnType<typeof use>, reason: RegExp) {
  expect({ status, signal, stdout }, lines.join("\n")).toEqual({
    status: 0,
    signal: null,
    stdout: `2 ${hasModule ? "wasm" : "js"}\n`,
  });
  expect(lines).toEqual([expect.stringMatching(/^simdgrad: running on (WebAssembly|the JS core) \(.*\)$/)]);
  expect(lines[0]).toMatch(reason);
}

describe.runIf(built && process.platform === "linux")("a prebuilt addon that does not load", () => {
  for (const { what, needs, place, flags, reason } of cases)
    it.skipIf(needs !== undefined && !existsSync(fileOf(needs)))(`because it is ${what}`, () => {
      expectOneLine(use(packageWith(what, place), flags), reason);
    });

  it("because its folder is mounted without the right to execute", (context) => {
    const mount = join(folder, "noexec");
    mkdirSync(mount);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "noexec", "tmpfs", mount]).status !== 0)
      context.skip("this user may not mount a folder");
    cpSync(addonPath, join(mount, "simdgrad.node"));
    const copy = packageWith("in noexec", (path) => symlinkSync(join(mount, "simdgrad.node"), path));
    expectOneLine(
      use(copy),
      /mounted without the right to execute \(noexec\), or a security policy forbids it/,
    );
  });
});
