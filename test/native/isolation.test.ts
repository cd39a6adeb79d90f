/**
 * Code for an instruction set is in the namespace of that name. If an inline function of shared code were
 * compiled in an AVX-512 unit, the linker could keep that copy, and a CPU without AVX-512 would crash.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { addonPath, built } from "./addon.js";

const tools = ["objdump", "readelf"].every((tool) => spawnSync(tool, ["--version"]).status === 0);

/** The oldest glibc that Node 20 supports. */
const glibcLimit = [2, 28];

const run = (tool: string, ...args: string[]) =>
  execFileSync(tool, [...args, addonPath], { encoding: "utf8", maxBuffer: 1 << 28 });

describe.skipIf(!built || !tools)("the addon's code", () => {
  it.skipIf(process.arch !== "x64")("uses wide registers only in the namespaces of AVX2 and AVX-512", () => {
    const wide: string[] = [];
    const seen = new Set<string>();
    let name = "";
    for (const line of run("objdump", "-dC", "--no-show-raw-insn").split("\n")) {
      const header = /^[0-9a-f]+ <(.*)>:$/.exec(line);
      if (header) name = header[1];
      // objdump leaves names of nested lambdas mangled.
      const isa = /(?:simdgrad::|N8simdgrad.*NS_\d)(portable|avx2|avx512)(?:::|\d)/.exec(name)?.[1];
      const zmm = /%zmm|\{%k[0-7]\}|%[xy]mm(1[6-9]|2\d|3[01])/.test(line);
      const vex = /%ymm|\tv[a-z0-9]+ .*%xmm/.test(line);
      if (isa && (zmm || vex)) seen.add(isa);
      // Portable code is compiled with -mfma, so it has VEX encodings, but no intrinsics and no AVX-512.
      // The instruction set avx512bf16 has the code of avx512, and products of its own in that namespace.
      if ((zmm && isa !== "avx512") || (vex && !isa)) wide.push(`${name}: ${line.trim()}`);
    }
    expect(wide).toEqual([]);
    expect([...seen].sort()).toEqual(["avx2", "avx512", "portable"]);
  });

  it("exports the entry of Node-API and nothing else", () => {
    const defined = run("readelf", "-W", "--dyn-syms")
      .split("\n")
      .filter((line) => /(GLOBAL|WEAK) +DEFAULT +\d+ /.test(line))
      .map((line) => line.trim().split(/\s+/)[7]);
    expect(defined.sort()).toEqual(["napi_register_module_v1", "node_api_module_get_api_version_v1"]);
  });

  it("needs no C++ runtime and no glibc newer than Node's own", () => {
    const dynamic = run("readelf", "-W", "-d");
    expect(dynamic).not.toMatch(/libstdc\+\+|libgcc_s/);
    expect(dynamic).toMatch(/NODELETE/);
    const versions = [...run("readelf", "-W", "-V").matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(
      ([, major, minor]) => [+major, +minor],
    );
    expect(versions.length).toBeGreaterThan(0);
    for (const [major, minor] of versions)
      expect(major * 1000 + minor).toBeLessThanOrEqual(glibcLimit[0] * 1000 + glibcLimit[1]);
  });
});
