/**
 * The addon is built from these sources, and a machine without a compiler is told so in one line. That both
 * tools build an addon with the same bits is tested by tools/test-native.js.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { addon, addonPath, built } from "./addon.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tool = join(root, "tools/build-native.js");

const build = (args: string[], env: NodeJS.ProcessEnv = process.env) =>
  spawnSync(process.execPath, [tool, ...args], { encoding: "utf8", cwd: root, env });

const bits = (path: string, isa: string) =>
  spawnSync(process.execPath, [join(root, "test/native/bits.mjs"), path, isa], { encoding: "utf8" });

describe.skipIf(!built)("the builds", () => {
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
