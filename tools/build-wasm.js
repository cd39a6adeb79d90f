// Builds wasm/simdgrad.wasm, the kernels for engines that cannot load the addon, from the sources and flags
// of native/sources.json. It needs a Linux x64 machine and downloads zig from npm's registry once
// (tools/platforms/zig.js).
//
//   node tools/build-wasm.js [--if-zig]
//
// --if-zig builds only if zig is there already: `npm run build` and `npm test` download nothing.
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { sourceHash } from "./build-native.js";
import { compile } from "./platforms/compile.js";
import { zigFolder } from "./platforms/zig.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

export const wasmPath = join(root, "wasm/simdgrad.wasm");

/** What the module may take of a download. */
const mostGzipped = 250_000;

const target = { system: "wasm", arch: "wasm32", compilers: [{ zig: "wasm32-wasi" }] };

/** What is wrong with the module, as texts. It contains the hash of its sources. */
export function wasmDefects() {
  if (!existsSync(wasmPath)) return [`${wasmPath} is missing`];
  const bytes = readFileSync(wasmPath);
  if (!bytes.includes(sourceHash())) return [`${wasmPath} is not built from these sources`];
  const size = gzipSync(bytes, { level: 9 }).length;
  return size > mostGzipped ? [`${wasmPath} takes ${size} bytes gzipped, at most ${mostGzipped}`] : [];
}

/** Builds the module unless it is built from these sources. @throws Error with the compiler's output. */
export async function buildWasm() {
  if (existsSync(wasmPath) && readFileSync(wasmPath).includes(sourceHash())) return;
  const started = Date.now();
  const part = join(root, "build/all/wasm32/simdgrad.wasm");
  const compiler = await compile("wasm32", target, sourceHash(), part);
  mkdirSync(dirname(wasmPath), { recursive: true });
  renameSync(part, wasmPath);
  const size = (gzipSync(readFileSync(wasmPath), { level: 9 }).length / 1000).toFixed(0);
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(
    `wasm: built ${relative(root, wasmPath)} (${size} KB gzipped) with ${compiler} in ${seconds} s`,
  );
}

async function main(args) {
  if (!args.includes("--if-zig") || existsSync(zigFolder)) return buildWasm();
  const built = existsSync(wasmPath) && readFileSync(wasmPath).includes(sourceHash());
  if (!built)
    console.log("wasm: not built, its tests are skipped (npm run build:wasm downloads zig and builds it)");
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await main(process.argv.slice(2));
