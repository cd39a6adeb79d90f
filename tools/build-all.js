// Builds the addon for every platform of tools/platforms/targets.js, from the one list of sources
// (native/sources.json), into prebuilds/<platform>/simdgrad.node, and the module of WebAssembly
// (build-wasm.js). It leaves out what is built from these sources already. It needs a Linux x64 machine with
// g++, ld64.lld for macOS and LLVM's tools; an error names what is missing. It
// downloads zig from npm's registry once (tools/platforms/zig.js).
//
//   node tools/build-all.js [platform…]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceHash } from "./build-native.js";
import { buildWasm } from "./build-wasm.js";
import { compile } from "./platforms/compile.js";
import { llvm } from "./platforms/llvm.js";
import { targets } from "./platforms/targets.js";
import { prebuildName } from "./prebuild.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

async function build(name, hash) {
  const out = join(root, "prebuilds", name, "simdgrad.node");
  if (name === prebuildName()) {
    spawnSync(process.execPath, [join(root, "tools/build-native.js")], { cwd: root, stdio: "inherit" });
    // Its names of functions are 42 KB of the tarball; the addons for other platforms have none. Renamed, not
    // written in place: a process may have mapped it.
    if (existsSync(out)) {
      llvm("strip", ["--strip-all", out, "-o", `${out}.part`]);
      renameSync(`${out}.part`, out);
    }
  } else if (!existsSync(out) || !readFileSync(out).includes(hash)) {
    const started = Date.now();
    const part = join(root, "build/all", name, "simdgrad.node");
    const compiler = await compile(name, targets[name], hash, part);
    mkdirSync(dirname(out), { recursive: true });
    renameSync(part, out);
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    console.log(`native: built ${relative(root, out)} with ${compiler} in ${seconds} s`);
  }
  if (!existsSync(out) || !readFileSync(out).includes(hash))
    throw new Error(`${name} is not built from these sources`);
}

async function main(given) {
  const all = [...Object.keys(targets), "wasm"];
  const unknown = given.find((name) => !all.includes(name));
  if (unknown) throw new Error(`no platform "${unknown}", there are ${all.join(", ")}`);
  const hash = sourceHash();
  for (const name of given.length > 0 ? given : all)
    try {
      await (name === "wasm" ? buildWasm() : build(name, hash));
    } catch (error) {
      console.error(`build-all: ${name}: ${error.message}`);
      process.exitCode = 1;
    }
}

await main(process.argv.slice(2));
