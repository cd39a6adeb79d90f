// Compiles the addon for another platform: the sources and flags of native/sources.json with the compilers of
// targets.js. An object is compiled again when its command or a file that it includes has changed.
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { llvm } from "./llvm.js";
import { exports, zigFlags } from "./targets.js";
import { zig, zigEnvironment, zigFolder } from "./zig.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(import.meta.url);

/** Runs a command and returns its output. @throws Error with the output if it fails. */
function run([command, ...args], env) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => {
        output += data;
      });
    child.on("error", fail);
    child.on("close", (status) =>
      status === 0 ? done(output) : fail(new Error(`${command} ${args.join(" ")}\n${output}`)),
    );
  });
}

/** Whether an object is newer than everything it was made from and was made by this command. */
function isFresh(object, command) {
  if (!existsSync(object) || !existsSync(`${object}.d`)) return false;
  if (!existsSync(`${object}.command`) || readFileSync(`${object}.command`, "utf8") !== command) return false;
  const made = statSync(object).mtimeMs;
  // "object: file file \", in the syntax of make.
  const files = readFileSync(`${object}.d`, "utf8")
    .replace(/^[^:]*:/, "")
    .split(/\\?\s+/)
    .filter(Boolean);
  return files.every((file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs < made);
}

/** The compiler for a target: the first that is there. */
function compilerOf(target) {
  for (const { gcc, zig: triple } of target.compilers) {
    if (triple) return { name: `zig ${triple}`, command: [zig(), "c++", "-target", triple], triple };
    if (spawnSync(gcc, ["--version"]).status === 0) return { name: gcc, command: [gcc] };
  }
  throw new Error(`none of ${target.compilers.map(({ gcc }) => gcc).join(", ")} is installed`);
}

const sourcesIn = (folder) =>
  readdirSync(join(root, "native", folder))
    .filter((file) => file.endsWith(".cc"))
    .sort()
    .map((file) => `native/${folder}/${file}`);

/** The units to compile: their source, flags and the folder of their object. */
function unitsOf(target, compiler, lists, hash) {
  const { folders, once = lists.once, flags: own = [], small } = lists.systems[target.system];
  // What takes little of a program's time is compiled for size, where size matters.
  const size = (source) => (!small || small.except.includes(basename(source)) ? [] : small.flags);
  const position = ["win32", "wasm"].includes(target.system) ? [] : ["-fPIC"];
  const flags = [...lists.flags, ...own, ...position, "-DNDEBUG"];
  if (compiler.triple) flags.push(...zigFlags.all);
  const headers = [require("node-addon-api").include_dir, require("node-api-headers").include_dir].flatMap(
    (folder) => ["-isystem", relative(root, resolve(root, folder))],
  );
  const units = [...once, ...folders].flatMap(sourcesIn).map((source) => ({
    source,
    folder: "once",
    flags: [
      ...flags,
      ...size(source),
      ...headers,
      ...(/\/(addon|module)\.cc$/.test(source) ? [`-DSIMDGRAD_SOURCE_HASH="${hash}"`] : []),
    ],
  }));
  for (const [isa, ofIsa] of Object.entries(lists.isas[target.arch])) {
    const more = [...ofIsa, ...((compiler.triple && zigFlags.isas[isa]) || []), `-DSIMDGRAD_ISA_NS=${isa}`];
    for (const source of lists.perIsa.flatMap(sourcesIn))
      units.push({ source, folder: isa, flags: [...flags, ...size(source), ...more] });
  }
  return units;
}

/**
 * Functions that an object of an instruction set defines outside the namespace of that name. The linker keeps
 * one copy of an inline function of shared code: if that were the one for AVX-512, a CPU without it would
 * crash.
 */
function sharedFunctions(isa, objects) {
  const defined = llvm("nm", ["--defined-only", "--extern-only", "--just-symbol-name", ...objects]);
  return defined.split("\n").filter((name) => name && !name.endsWith(":") && !name.includes(isa));
}

/** The commands that link the objects into `out`. */
function linkCommands(target, compiler, lists, objects, out) {
  const { linkFlags } = lists.systems[target.system];
  if (target.system === "darwin") return [machLink(target, objects, out)];
  const strip = ["-s"];
  if (target.system === "linux") strip.push("-Wl,--version-script=native/binding/exports.map");
  // zig has no C++ library here: native/runtime has what is needed of it.
  const own = compiler.triple ? ["-nostdlib++"] : [];
  const flags = linkFlags.filter((flag) => !compiler.triple || !/^-static-lib|--exclude-libs/.test(flag));
  // The module's exports are marked in its source.
  const kind = target.system === "wasm" ? [] : ["-shared"];
  return [[...compiler.command, ...kind, ...own, ...strip, ...objects, ...flags, "-o", out]];
}

/**
 * LLVM's linker for Mach-O. Unlike zig's it signs the result (ad hoc), without which macOS does not load
 * arm64 code. Node-API's functions are looked up in the running program.
 */
function machLink(target, objects, out) {
  const linker = ["ld64.lld-19", "ld64.lld"].find((name) => spawnSync(name, ["--version"]).status === 0);
  if (!linker) throw new Error("ld64.lld is not installed (Debian: the package lld-19)");
  const arch = target.arch === "x64" ? "x86_64" : target.arch;
  return [
    linker,
    ...["-arch", arch, "-platform_version", "macos", target.macos, target.macos],
    ...["-bundle", "-undefined", "dynamic_lookup", "-dead_strip", "-x", "-S", "-adhoc_codesign"],
    ...exports.flatMap((name) => ["-exported_symbol", `_${name}`]),
    `-L${join(zigFolder, "lib/libc/darwin")}`,
    "-lSystem",
    ...objects,
    "-o",
    out,
  ];
}

/**
 * Builds the addon for a target into `out`. Returns the name of the compiler.
 * @throws Error with the output of the command that failed.
 */
export async function compile(name, target, hash, out) {
  const compiler = compilerOf(target);
  const lists = JSON.parse(readFileSync(join(root, "native/sources.json"), "utf8"));
  const folder = join(root, "build/all", name);
  const waiting = unitsOf(target, compiler, lists, hash);
  const objects = [];
  const work = async () => {
    for (let unit = waiting.shift(); unit; unit = waiting.shift()) {
      const object = join(
        folder,
        unit.folder,
        unit.source.replace("native/", "").replaceAll("/", "-"),
      ).replace(/\.cc$/, ".o");
      objects.push(object);
      const command = [...compiler.command, ...unit.flags, "-c", unit.source, "-o", object];
      if (isFresh(object, command.join("\n"))) continue;
      mkdirSync(dirname(object), { recursive: true });
      const output = await run([...command, "-MD", "-MF", `${object}.d`], zigEnvironment).catch((error) => {
        waiting.length = 0; // the other worker stops too
        throw error;
      });
      if (output) appendFileSync(join(folder, "warnings.log"), output);
      writeFileSync(`${object}.command`, command.join("\n"));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  for (const isa of Object.keys(lists.isas[target.arch])) {
    const shared = sharedFunctions(
      isa,
      objects.filter((path) => path.startsWith(join(folder, isa, "/"))),
    );
    if (shared.length > 0) throw new Error(`objects of ${isa} define ${shared.join(", ")}`);
  }
  mkdirSync(dirname(out), { recursive: true });
  // The order of the objects decides the layout of the file.
  for (const command of linkCommands(target, compiler, lists, objects.sort(), out))
    await run(command, zigEnvironment);
  return compiler.name;
}
