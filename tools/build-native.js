// Builds native/ into prebuilds/<platform>-<arch>/simdgrad.node, with cmake-js if cmake is installed and with
// node-gyp otherwise. It downloads nothing: the headers are those of the package node-api-headers. Without a
// compiler it says so in one line and succeeds, because everything also runs on the JavaScript core.
//
//   node tools/build-native.js [--with cmake-js|node-gyp] [--force] [--out file] | --hash | --commands
//
// --commands lets node-gyp write how it would compile each source: build/Release/compile_commands.json.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { prebuildPath } from "./prebuild.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);

/** sha256 over names and contents of everything the addon is built from. */
export function sourceHash() {
  const files = readdirSync(join(root, "native"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(cc|h|json|map)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll("\\", "/"));
  const hash = createHash("sha256");
  for (const file of [
    ...files,
    "CMakeLists.txt",
    "binding.gyp",
    "tools/platforms/targets.js",
    "tools/build-wasm.js",
  ].sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  return hash.digest("hex").slice(0, 32);
}

const works = (command, args = ["--version"]) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Runs a build step quietly. All its output goes to build/native.log. */
function run(log, command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  log.push(
    `$ ${command} ${args.join(" ")}\n`,
    result.stdout ?? "",
    result.stderr ?? "",
    `${result.error ?? ""}\n`,
  );
  return result.status === 0;
}

/**
 * A folder with include/node for node-gyp, without a download: npm's nodedir, else the installation of this
 * node, else a minimal folder made from the headers package.
 */
function nodeDir() {
  const installed = [
    process.env.npm_config_nodedir,
    npmConfig("nodedir"),
    dirname(dirname(process.execPath)),
  ];
  for (const dir of installed) if (dir && existsSync(join(dir, "include/node/common.gypi"))) return dir;
  const dir = join(root, "build/nodedir");
  const include = join(dir, "include/node");
  mkdirSync(include, { recursive: true });
  const headers = require("node-api-headers").include_dir;
  for (const file of readdirSync(headers)) copyFileSync(join(headers, file), join(include, file));
  writeFileSync(join(include, "config.gypi"), JSON.stringify({ variables: {}, target_defaults: {} }));
  const common = {
    variables: { "visibility%": "hidden" },
    target_defaults: {
      default_configuration: "Release",
      configurations: { Release: {}, Debug: {} },
      cflags: ["-fPIC"],
      target_conditions: [["_type=='loadable_module'", { product_extension: "node" }]],
    },
  };
  writeFileSync(join(include, "common.gypi"), JSON.stringify(common));
  return dir;
}

function npmConfig(key) {
  const npm = spawnSync("npm", ["config", "get", key], { cwd: root, encoding: "utf8" });
  const value = npm.stdout?.trim();
  return value && value !== "undefined" && value !== "null" ? value : undefined;
}

/**
 * Allows one build at a time in build/: waits for a running one. A lock left by a process that died is taken
 * over.
 */
function lock() {
  const file = join(root, "build/native.lock");
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    try {
      process.kill(Number(readFileSync(file, "utf8")) || process.pid, 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    } catch {
      rmSync(file, { force: true });
    }
  }
}

const builders = {
  "cmake-js": (log) => {
    const script = require.resolve("cmake-js/bin/cmake-js");
    const ok = run(log, process.execPath, [
      script,
      "build",
      "--out",
      join(root, "build/cmake"),
      "--parallel",
      "2",
    ]);
    return ok && join(root, "build/cmake/Release/simdgrad.node");
  },
  "node-gyp": (log) =>
    nodeGyp(log, "configure", "build", "--release", "-j", "2", "--nodedir", nodeDir()) &&
    join(root, "build/Release/simdgrad.node"),
};

const nodeGyp = (log, ...args) =>
  run(log, process.execPath, [require.resolve("node-gyp/bin/node-gyp.js"), ...args]);

function writeCommands() {
  const log = [];
  if (nodeGyp(log, "configure", "--nodedir", nodeDir(), "--", "-f", "compile_commands_json")) return;
  process.stderr.write(log.join(""));
  process.exitCode = 1;
}

function main(args) {
  if (args.includes("--hash")) return console.log(sourceHash());
  if (args.includes("--commands")) return writeCommands();
  const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const forced = option("--with");
  const out = resolve(root, option("--out") ?? prebuildPath());
  const hash = sourceHash();
  // The addon contains the hash of its sources.
  if (
    (!forced || option("--out")) &&
    !args.includes("--force") &&
    existsSync(out) &&
    readFileSync(out).includes(hash)
  )
    return;

  const give = (why) => {
    console.log(`native: not built (${why}); everything runs on the JS core`);
    if (forced) process.exitCode = 1;
  };
  if (forced && !builders[forced]) return give(`--with takes cmake-js or node-gyp, not ${forced}`);
  if (process.platform === "win32") return give("on Windows zig builds it: npm run build:all win32-x64");
  const compiler = [process.env.CXX, "c++", "g++", "clang++"].find((name) => name && works(name));
  if (!compiler) return give("no C++ compiler found");
  const tool = forced ?? (works("cmake") ? "cmake-js" : works("make") ? "node-gyp" : undefined);
  if (!tool) return give("neither cmake nor make found");

  const started = Date.now();
  const log = [];
  let built;
  const unlock = lock();
  try {
    built = builders[tool](log);
  } catch (error) {
    log.push(`${error.stack}\n`);
  }
  writeFileSync(join(root, "build/native.log"), log.join(""));
  unlock();
  if (!built || !existsSync(built)) {
    process.stderr.write(`${log.join("").split("\n").slice(-40).join("\n")}\n`);
    return give(`${tool} failed, see build/native.log`);
  }
  // Copied to a temporary file and renamed: a process that has mapped the old file keeps it, and no process
  // sees half a file.
  mkdirSync(dirname(out), { recursive: true });
  const part = `${out}.${process.pid}.part`;
  copyFileSync(built, part);
  renameSync(part, out);
  const isas = Object.keys(
    JSON.parse(readFileSync(join(root, "native/sources.json"), "utf8")).isas[process.arch] ?? {},
  );
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`native: built ${relative(root, out)} (${isas.join(", ")}) with ${tool} in ${seconds} s`);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  main(process.argv.slice(2));
