/** Both build systems make an addon with the same bits. Without a compiler, the build says so in one line. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { addon, addonPath, built } from "./addon.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tool = join(root, "tools/build-native.js");
const has = (command: string) => spawnSync(command, ["--version"]).status === 0;

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

  it.skipIf(!has("cmake") || !has("make"))(
    "of cmake-js and node-gyp give the same bits, on every instruction set",
    () => {
      const paths = ["cmake-js", "node-gyp"].map((builder) => {
        const path = join(root, "build", builder, "simdgrad.node");
        const result = build(["--with", builder, "--out", path]);
        expect(result).toMatchObject({ status: 0, stderr: "" });
        expect(readFileSync(path).includes(addon.sourceHash)).toBe(true);
        return path;
      });
      const sums = new Set<string>();
      for (const path of [...paths, addonPath])
        for (const isa of addon.isas) {
          const { stdout, status } = bits(path, isa);
          expect(status).toBe(0);
          sums.add(stdout);
        }
      expect(sums.size).toBe(1);
      expect(bits(addonPath, "mmx").status).not.toBe(0);
    },
    600_000,
  );

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
