/**
 * The loader detects an incomplete addon file before the system maps it. The tests run on the addon that was
 * built.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { addonDefect } from "../../src/kernels/addon-file.js";
import { packageRoot } from "../../src/package-root.js";
import { prebuildName } from "../../tools/prebuild.js";
import { addonPath, built } from "./addon.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-addon-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const whole = built ? readFileSync(addonPath) : Buffer.alloc(0);
const half = whole.subarray(0, whole.length / 2);
const zerosAtItsEnd = Buffer.concat([half, Buffer.alloc(whole.length - half.length)]);

const write = (bytes: Uint8Array, path = join(folder, "simdgrad.node")) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};

const run = (library: string, env: Record<string, string>) => {
  const script = `
    const { backend, ones } = await import(${JSON.stringify(pathToFileURL(library).href)});
    try { console.log(ones([2]).sum().item(), backend.name); } catch (error) { console.log(error.code, error.message); }`;
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("SIMDGRAD_")),
  );
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script],
    {
      encoding: "utf8",
      env: { ...clean, ...env },
    },
  );
  return { status, signal, stdout, stderr };
};

describe.runIf(built && process.platform === "linux")("the file of the addon", () => {
  it("has nothing to complain of when it is whole", () => {
    expect(addonDefect(addonPath)).toBeUndefined();
    expect(addonDefect(process.execPath)).toBeUndefined();
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["empty", new Uint8Array(), /^the file is empty$/],
    [
      "a text",
      Buffer.from("not an addon, but long enough to be a header of one, which has 64 bytes"),
      /not an ELF file/,
    ],
    ["three bytes", whole.subarray(0, 3), /not an ELF file/],
    ["a part of the header", whole.subarray(0, 40), /^the file is cut off: 40 bytes of 64$/],
    ["the header alone", whole.subarray(0, 64), /^the file is cut off: 64 bytes of \d+$/],
    ["cut off in the middle", half, /^the file is cut off: \d+ bytes of \d+$/],
    ["one byte short", whole.subarray(0, whole.length - 1), /^the file is cut off: \d+ bytes of \d+$/],
    ["zeros from the middle on", zerosAtItsEnd, /^the file is damaged/],
    ["ones after the header", Buffer.concat([whole.subarray(0, 64), Buffer.alloc(1e5, 255)]), /cut off/],
  ])("is seen to be wrong: %s", (_, bytes, complaint) => {
    expect(addonDefect(write(bytes))).toMatch(complaint);
  });

  it("is seen to be wrong wherever it is cut off", () => {
    for (let i = 1; i < 40; i++)
      expect(addonDefect(write(whole.subarray(0, (whole.length * i) / 40)))).toMatch(/^the file is cut off/);
  });

  it("ends no process: an error where SIMDGRAD_ADDON names it, and the JS core with one line elsewhere", () => {
    const cutOff = `the file is cut off: ${half.length} bytes of ${whole.length}`;
    const path = write(half);
    expect(run(join(packageRoot, "dist/index.js"), { SIMDGRAD_ADDON: path })).toEqual({
      status: 0,
      signal: null,
      stdout: `BACKEND_UNAVAILABLE backend: native is not available: the addon of SIMDGRAD_ADDON, ${path} did not load: ${cutOff}\n`,
      stderr: "",
    });
    const copy = join(folder, "copy");
    for (const part of ["dist", "package.json"])
      cpSync(join(packageRoot, part), join(copy, part), { recursive: true });
    write(half, join(copy, "prebuilds", prebuildName(), "simdgrad.node"));
    expect(run(join(copy, "dist/index.js"), {})).toEqual({
      status: 0,
      signal: null,
      stdout: "2 js\n",
      stderr:
        `simdgrad: running on the JS core (the prebuilt addon for ${prebuildName()} did not load: ${cutOff}; ` +
        `wasm: wasm/simdgrad.wasm of the package is missing)\n`,
    });
  });
});

/** Whether a folder of prebuilds/ has an addon that this machine can load. */
const loads = (name: string) => {
  try {
    createRequire(import.meta.url)(join(packageRoot, "prebuilds", name, "simdgrad.node"));
    return true;
  } catch {
    return false;
  }
};

it("an addon that was built for this machine is the one that the tests run on", () => {
  const machine = new RegExp(`^${process.platform}-${process.arch}(-musl)?$`);
  let names: string[] = [];
  try {
    names = readdirSync(join(packageRoot, "prebuilds")).filter((name) => machine.test(name));
  } catch {} // nothing was built
  const usable = names.some(loads);
  expect(usable && !built, `prebuilds/ has ${names.join(", ")}, the tests look for ${addonPath}`).toBe(false);
});
