// Checks the addons in prebuilds/ without running them: the file is of the right format and processor,
// exports Node-API's two functions and nothing else, and needs only libraries, functions and versions that
// every supported system has. LLVM's tools read the files.
//
//   node tools/platforms/check.js [platform…]
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import nodeApiHeaders from "node-api-headers";
import { allowedFunctions, allowedLibraries, weakHooks } from "./allowed.js";
import { llvm } from "./llvm.js";
import { signatureDefect } from "./page-hashes.js";
import { exports, targets } from "./targets.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** The newest version of glibc whose functions an addon may need. */
const newestGlibc = [2, 17];

/** The functions of Node-API 8, which Node 20 has. */
const { js_native_api_symbols: ofEngine, node_api_symbols: ofNode } = nodeApiHeaders.symbols.v8;
const nodeApi = new Set([...ofEngine, ...ofNode]);

const lines = (text) => text.split("\n").filter((line) => line.trim() !== "");
const names = (text) => lines(text).map((line) => line.trim().split(/\s+/).at(-1));
const field = (text, name) =>
  [...text.matchAll(new RegExp(`^\\s*${name}: (\\S+)`, "gm"))].map((match) => match[1]);

/** Libraries that a file needs: the lines of a block of llvm-readobj. */
const neededLibraries = (path) =>
  /NeededLibraries \[\n([^\]]*)\]/.exec(llvm("readobj", ["--needed-libs", path]))?.[1] ?? "";

/** What a file of each format needs and exports: names without the decorations of the format. */
const readers = {
  linux: (path) => ({
    libraries: names(neededLibraries(path)),
    functions: names(llvm("nm", ["-D", "--undefined-only", path])),
    exported: names(llvm("nm", ["-D", "--defined-only", path])),
  }),
  darwin: (path) => ({
    libraries: names(neededLibraries(path)),
    functions: names(llvm("nm", ["-u", path])).map((name) => name.replace(/^_/, "")),
    exported: names(llvm("nm", ["-g", "-U", path])).map((name) => name.replace(/^_/, "")),
  }),
  win32: (path) => {
    const imports = llvm("readobj", ["--coff-imports", path]);
    return {
      libraries: field(imports, "Name"),
      functions: field(imports, "Symbol"),
      exported: field(llvm("readobj", ["--coff-exports", path]), "Name"),
    };
  },
};

const formats = {
  "linux-x64": "elf64-x86-64",
  "linux-arm64": "elf64-littleaarch64",
  "win32-x64": "COFF-x86-64",
  "win32-arm64": "COFF-ARM64",
  "darwin-x64": "Mach-O 64-bit x86-64",
  "darwin-arm64": "Mach-O arm64",
};

function newerThanAllowed(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > newestGlibc[0] || (major === newestGlibc[0] && minor > newestGlibc[1]);
}

/** Everything that is wrong with an addon, as texts. */
export function defects(path, name) {
  try {
    return defectsOf(path, name);
  } catch (error) {
    return [`it cannot be read: ${error.message.trim()}`];
  }
}

/** The bytes that a PE file must have for its sections. LLVM's tools do not look. */
export function bytesOfPe(bytes) {
  const coff = bytes.readUInt32LE(60) + 4;
  const table = coff + 20 + bytes.readUInt16LE(coff + 16);
  const ends = Array.from({ length: bytes.readUInt16LE(coff + 2) }, (_, i) => {
    const section = table + 40 * i;
    return bytes.readUInt32LE(section + 16) + bytes.readUInt32LE(section + 20);
  });
  return Math.max(...ends);
}

function defectsOf(path, name) {
  const { system, arch } = targets[name];
  const found = [];
  const bytes = readFileSync(path);
  const format = /^Format: (.*)$/m.exec(llvm("readobj", ["--file-headers", path]))?.[1];
  const expected = formats[`${system}-${arch}`];
  if (format !== expected) return [`it is of the format ${format}, expected ${expected}`];
  if (system === "win32" && bytes.length < bytesOfPe(bytes))
    return [`it is cut off: ${bytes.length} bytes of ${bytesOfPe(bytes)}`];

  const { libraries, functions, exported } = readers[system](path);
  const musl = name.endsWith("-musl");
  for (const library of libraries)
    if (!allowedLibraries[musl ? "musl" : system].test(library))
      found.push(`it needs the library ${library}`);
  for (const named of functions) {
    const [symbol, version] = named.split(/@+/);
    // On Windows it looks them up.
    const isNodeApi = nodeApi.has(symbol) && system !== "win32";
    if (!isNodeApi && !weakHooks.has(symbol) && !allowedFunctions[system].has(symbol))
      found.push(`it needs the function ${symbol}`);
    if (version && (musl || !/^GLIBC_[\d.]+$/.test(version) || newerThanAllowed(version.slice(6))))
      found.push(`it needs ${symbol} of ${version}`);
  }
  if (exported.sort().join() !== exports.join())
    found.push(`it exports ${exported.join(", ")}, expected ${exports.join(", ")}`);
  if (system === "darwin" && arch === "arm64") {
    const defect = signatureDefect(bytes);
    if (defect) found.push(defect);
  }
  return found;
}

function main(given) {
  for (const name of given.length > 0 ? given : Object.keys(targets)) {
    const path = join(root, "prebuilds", name, "simdgrad.node");
    const found = existsSync(path) ? defects(path, name) : ["it is not built"];
    console.log(`${relative(root, path)}: ${found.length === 0 ? "good" : found.join("; ")}`);
    if (found.length > 0) process.exitCode = 1;
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  main(process.argv.slice(2));
