// Compiles the addon for another platform: the sources and flags of native/sources.json with the compilers of
// targets.js. An object is compiled again when its command, or the content of a file that it includes, has
// changed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { llvm } from "./llvm.js";
import { exports, targets, zigFlags } from "./targets.js";
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

const hashes = new Map();
/** The hash of a file's content; it is read once. */
function contentHash(path) {
  if (!hashes.has(path)) {
    const there = existsSync(join(root, path));
    hashes.set(
      path,
      there
        ? createHash("sha256")
            .update(readFileSync(join(root, path)))
            .digest("hex")
        : "",
    );
  }
  return hashes.get(path);
}

/**
 * What an object is made from: the command, and name and content of each file that the compiler read. A
 * checkout of the same sources, which gives files new times, has the same key; undefined before the first
 * compilation.
 */
function keyOf(object, command) {
  if (!existsSync(object) || !existsSync(`${object}.d`)) return undefined;
  // "object: file file \", in the syntax of make.
  const files = readFileSync(`${object}.d`, "utf8")
    .replace(/^[^:]*:/, "")
    .split(/\\?\s+/)
    .filter(Boolean);
  const hash = createHash("sha256").update(command.join("\n"));
  for (const file of files) hash.update(`\n${relative(root, resolve(root, file))}\n${contentHash(file)}`);
  return hash.digest("hex");
}

/** Whether an object is made from what is there now. */
function isFresh(object, command) {
  const made = existsSync(`${object}.key`) ? readFileSync(`${object}.key`, "utf8") : "";
  return made !== "" && made === keyOf(object, command);
}

/** The compiler for a target: the first that is there. */
function compilerOf(target) {
  for (const { gcc, zig: triple } of target.compilers) {
    if (triple) return { name: `zig ${triple}`, command: [zig(), "c++", "-target", triple], triple };
    const { status, stdout } = spawnSync(gcc, ["-dumpfullversion"], { encoding: "utf8" });
    if (status === 0) return { name: `${gcc} ${stdout.trim()}`, command: [gcc] };
  }
  throw new Error(`none of ${target.compilers.map(({ gcc }) => gcc).join(", ")} is installed`);
}

const sourcesIn = (folder) =>
  readdirSync(join(root, "native", folder))
    .filter((file) => file.endsWith(".cc"))
    .sort()
    .map((file) => `native/${folder}/${file}`);

/** The instruction sets of native/sources.json that a target has. */
const isasOf = (target, lists) => target.isas ?? Object.keys(lists.isas[target.arch]);

/** The flags of all units of a target. */
function flagsOf(target, compiler, lists) {
  const position = ["win32", "wasm"].includes(target.system) ? [] : ["-fPIC"];
  const own = lists.systems[target.system].flags ?? [];
  return [...lists.flags, ...own, ...position, "-DNDEBUG", ...(compiler.triple ? zigFlags.all : [])];
}

/**
 * Flags for a source that takes little of a program's time: `small` of native/sources.json compiles it for
 * size, so that eight addons and the module fit in a tarball of 7 MB: compressed, 30 KB less for NEON
 * (softmax 38 to 34, reduce 28 to 24, bf16 products 117 to 110). The addon of linux-x64 is not compiled here
 * (tools/build-native.js): its speed counts more.
 */
function sizeFlags({ small }, source) {
  return small.except.includes(basename(source)) ? [] : small.flags;
}

/** The headers that most sources include. zig's clang compiles them once for each set of flags. */
const headersOfMost = "native/precompiled/headers.h";

/** The headers of most sources, compiled with the flags of a unit; undefined if the compiler is not zig's. */
function precompiled(compiler, folder, flags) {
  if (!compiler.triple || flags.some((flag) => flag.startsWith("-DSIMDGRAD_SOURCE_HASH"))) return undefined;
  const name = createHash("sha256").update(flags.join("\n")).digest("hex").slice(0, 12);
  const object = join(root, "build/all", folder, `${name}.pch`);
  return {
    compiler,
    object,
    arguments: [...flags, "-x", "c++-header", headersOfMost, "-o", relative(root, object)],
  };
}

/** A unit: its source, its object, the command that compiles it, and a unit that must be compiled before. */
function unit(compiler, folder, source, flags) {
  const file = source.replace("native/", "").replaceAll("/", "-").replace(/\.cc$/, ".o");
  const object = join(root, "build/all", folder, file);
  const headers = precompiled(compiler, folder, flags);
  const included = headers ? ["-include-pch", relative(root, headers.object)] : [];
  return {
    compiler,
    object,
    headers,
    arguments: [...flags, ...included, "-c", source, "-o", relative(root, object)],
  };
}

/** The units that are compiled once. */
function unitsOnce(name, target, compiler, lists, hash) {
  const headers = [require("node-addon-api").include_dir, require("node-api-headers").include_dir].flatMap(
    (folder) => ["-isystem", relative(root, resolve(root, folder))],
  );
  const without = Object.keys(lists.isas[target.arch]).filter((isa) => !isasOf(target, lists).includes(isa));
  const flags = [
    ...flagsOf(target, compiler, lists),
    ...headers,
    // As cmake-js and node-gyp define it: Node-API's functions are then called through __imp_ variables
    // (native/system/windows/node_api.cc). The linker would refer to them by 32-bit offsets otherwise.
    ...(target.system === "win32" ? ["-DBUILDING_NODE_EXTENSION"] : []),
    ...without.map((isa) => `-DSIMDGRAD_WITHOUT_${isa}`),
  ];
  const withHash = [...flags, `-DSIMDGRAD_SOURCE_HASH="${hash}"`];
  const { folders, once = lists.once } = lists.systems[target.system];
  return [...once, ...folders]
    .flatMap(sourcesIn)
    .map((source) =>
      unit(compiler, name, source, [
        ...(/\/(addon|module)\.cc$/.test(source) ? withHash : flags),
        ...sizeFlags(lists, source),
      ]),
    );
}

/**
 * The sources of zig's C library that a target lists, with the flags for them: malloc locks its lists where
 * it is compiled for threads (those of Emscripten). Linking the library instead makes zig compile all of it
 * first, for a minute of two cores.
 */
function unitsOfLibrary(name, compiler, { libc = [], libcFlags = [] }) {
  if (libc.length === 0) return [];
  const cc = { ...compiler, command: [zig(), "cc", "-target", compiler.triple] };
  const folder = relative(root, join(zigFolder, "lib/libc/wasi"));
  return libc.map((path) => {
    const object = join(root, "build/all", name, "libc", path.replaceAll("/", "-").replace(/\.c$/, ".o"));
    const flags = [
      "-std=gnu17",
      "-O2",
      "-fno-strict-aliasing",
      "-ffunction-sections",
      "-w",
      "-g0",
      ...libcFlags,
    ];
    return {
      compiler: cc,
      object,
      arguments: [...flags, "-c", join(folder, path), "-o", relative(root, object)],
    };
  });
}

/** The units that are compiled once for the instruction set. */
function unitsOfIsa(name, target, compiler, lists, isa) {
  const own = [...lists.isas[target.arch][isa], ...((compiler.triple && zigFlags.isas[isa]) || [])];
  const flags = [...flagsOf(target, compiler, lists), ...own, `-DSIMDGRAD_ISA_NS=${isa}`];
  return lists.perIsa
    .flatMap(sourcesIn)
    .map((source) => unit(compiler, join(name, isa), source, [...flags, ...sizeFlags(lists, source)]));
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
  // Through its compiler zig would make the whole C library first.
  if (target.system === "wasm") return [[zig(), "wasm-ld", ...linkFlags, "-s", ...objects, "-o", out]];
  const strip = ["-s"];
  if (target.system === "linux") strip.push("-Wl,--version-script=native/binding/exports.map");
  // zig has no C++ library here: native/runtime has what is needed of it.
  const own = compiler.triple ? ["-nostdlib++"] : [];
  const flags = linkFlags.filter((flag) => !compiler.triple || !/^-static-lib|--exclude-libs/.test(flag));
  return [[...compiler.command, "-shared", ...own, ...strip, ...objects, ...flags, "-o", out]];
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

/** Compiles the units that are not fresh, on all cores. @throws Error with the output of the compiler */
async function compileAll(units, folder) {
  const waiting = [...units];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { compiler, object } = next;
      // Flags about warnings change no object.
      const identity = [compiler.name, ...next.arguments.filter((flag) => !/^-W(?!l,)/.test(flag))];
      if (isFresh(object, identity)) continue;
      mkdirSync(dirname(object), { recursive: true });
      const command = [...compiler.command, ...next.arguments, "-MD", "-MF", `${object}.d`];
      const output = await run(command, zigEnvironment).catch((error) => {
        waiting.length = 0; // the other worker stops too
        throw error;
      });
      if (output) appendFileSync(join(folder, "warnings.log"), output);
      writeFileSync(`${object}.key`, keyOf(object, identity));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

/**
 * Builds the addon for a target into `out`. Returns the names of the compilers.
 * @throws Error with the output of the command that failed.
 */
export async function compile(name, target, hash, out) {
  const lists = JSON.parse(readFileSync(join(root, "native/sources.json"), "utf8"));
  const compiler = compilerOf(target);
  const kernels = target.kernels ?? name;
  const kernelTarget = targets[kernels] ?? target;
  const kernelCompiler = kernels === name ? compiler : compilerOf(kernelTarget);
  mkdirSync(dirname(out), { recursive: true });
  const once = unitsOnce(name, target, compiler, lists, hash);
  const perIsa = isasOf(target, lists).map((isa) => ({
    isa,
    units: unitsOfIsa(kernels, kernelTarget, kernelCompiler, lists, isa),
  }));
  const library = unitsOfLibrary(name, compiler, lists.systems[target.system]);
  const units = [...once, ...library, ...perIsa.flatMap((kernelsOfIsa) => kernelsOfIsa.units)];
  const headers = new Map(units.flatMap(({ headers }) => (headers ? [[headers.object, headers]] : [])));
  await compileAll([...headers.values()], dirname(out));
  await compileAll(units, dirname(out));
  for (const { isa, units } of perIsa) {
    const shared = sharedFunctions(
      isa,
      units.map(({ object }) => object),
    );
    if (shared.length > 0) throw new Error(`objects of ${isa} define ${shared.join(", ")}`);
  }
  // The order of the objects decides the layout of the file.
  const objects = units.map(({ object }) => relative(root, object)).sort();
  for (const command of linkCommands(target, compiler, lists, objects, out))
    await run(command, zigEnvironment);
  return [...new Set([compiler.name, kernelCompiler.name])].join(" and ");
}
