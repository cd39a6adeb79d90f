/**
 * The addon is built from these sources, by both tools in the same way, and a machine without a compiler is
 * told so in one line. `npm run test:native builders` builds with both and compares the bits.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { addon, addonPath, built } from "./addon.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tool = join(root, "tools/build-native.js");

const build = (args: string[], env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(process.execPath, [tool, ...args], { encoding: "utf8", cwd: root, env });

const bits = (path: string, isa: string) =>
  spawnSync(process.execPath, [join(root, "test/native/bits.mjs"), path, isa], { encoding: "utf8" });

const cmake = join(root, "build/cmake/compile_commands.json");

/** What decides the code that a compiler makes of a source, by `source instruction-set`. */
function compiled(database: string): Map<string, string[]> {
  const entries: { file: string; command: string }[] = JSON.parse(readFileSync(database, "utf8"));
  const found = new Map<string, string[]>();
  for (const { file, command } of entries) {
    const flags = command.replaceAll('"', "").split(/\s+/);
    const isa = flags.find((flag) => flag.startsWith("-DSIMDGRAD_ISA_NS="))?.slice(18) ?? "";
    const source = relative(root, file).replaceAll("\\", "/");
    // The programs of test/native compile the same sources once more, without -fPIC.
    if (!source.startsWith("native/") || !flags.includes("-fPIC")) continue;
    // The last level counts. gyp repeats flags of Node itself, of which none changes the numbers.
    const level = flags.filter((flag) => /^-O/.test(flag)).at(-1) ?? "-O0";
    const chosen = flags.filter(
      (flag) => /^-[mf]/.test(flag) && !/^(-m64|-f(no-)?omit-frame-pointer)$/.test(flag),
    );
    found.set(`${source} ${isa}`, [level, ...new Set(chosen)].sort());
  }
  return found;
}

describe.skipIf(!built)("the builds", () => {
  it.skipIf(!existsSync(cmake))("compile the same sources with the same flags in both tools", () => {
    expect(build(["--commands"])).toMatchObject({ status: 0, stderr: "" });
    const byCmake = compiled(cmake);
    expect(byCmake.size).toBeGreaterThan(80);
    expect(compiled(join(root, "build/Release/compile_commands.json"))).toEqual(byCmake);
  });

  it("carry the hash of the sources they were made from", () => {
    const hash = build(["--hash"]).stdout.trim();
    expect(addon.sourceHash).toBe(hash);
    expect(build([])).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it("cannot run on an instruction set that there is not", () => {
    expect(bits(addonPath, addon.isas[0])).toMatchObject({ status: 0 });
    expect(bits(addonPath, "mmx").status).not.toBe(0);
  });

  it("say in one line that there is no compiler, and succeed", () => {
    const path = join(root, "build/none/simdgrad.node");
    const result = build(["--out", path], { PATH: dirname(tool) });
    expect(result).toMatchObject({
      status: 0,
      stderr: "",
      stdout: "native: not built (no C++ compiler found); everything runs on the JS core\n",
    });
    expect(existsSync(path)).toBe(false);
  });

  it("refuse a builder they do not know", () => {
    expect(build(["--with", "bazel"])).toMatchObject({
      status: 1,
      stdout:
        "native: not built (--with takes cmake-js or node-gyp, not bazel); everything runs on the JS core\n",
    });
  });
});
