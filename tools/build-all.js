// Builds the addon for every platform of tools/platforms/targets.js, from the one list of sources
// (native/sources.json): prebuilds/<platform>/simdgrad.node. And the module of WebAssembly (build-wasm.js).
// It leaves out a platform whose addon is built from these sources already. Needs a Linux x64 machine,
// ld64.lld for macOS, and downloads zig from npm's registry once (tools/platforms/zig.js).
//
//   node tools/build-all.js [platform…]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceHash } from "./build-native.js";
import { buildWasm } from "./build-wasm.js";
import { compile } from "./platforms/compile.js";
import { targets } from "./platforms/targets.js";
import { prebuildName } from "./prebuild.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

async function build(name, hash) {
  const out = join(root, "prebuilds", name, "simdgrad.node");
  if (name === prebuildName()) {
    spawnSync(process.execPath, [join(root, "tools/build-native.js")], { cwd: root, stdio: "inherit" });
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
