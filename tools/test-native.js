// Builds the programs of test/native and runs them: on the code as it is shipped, with the address and the
// undefined behaviour sanitizer, and with the thread sanitizer. Skips a build if this machine lacks the
// tools, and says so in one line. The programs of a build run one after the other, beside the next build and
// its programs. Prints the sum of all programs as its last line.
//
//   node tools/test-native.js [build…]      the builds to test: shipped address thread
//   node tools/test-native.js --release     all of them, the address sanitizer on all instruction sets, and
//     arm64       the programs for aarch64 under emulation; their results must have the bits of those shipped
//     builders    the addons that cmake-js and node-gyp build must have the same bits. (That both compile the
//                 same sources with the same flags is a part of `npm test`.)
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSchema } from "./kernels/load-schema.js";
import { prebuildPath } from "./prebuild.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const works = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

let passed = 0;
let failed = 0;
/** Hashes of the output of each kernel, by name of the build: lines of kernels_test --digest. */
const digests = new Map();

/**
 * Compiles an empty program with a sanitizer and runs it. Returns the command that must precede the program,
 * or undefined if it does not run.
 */
function sanitized(compiler, sanitizers) {
  const source = join(root, "build/empty.cc");
  const program = join(root, "build/empty");
  mkdirSync(dirname(source), { recursive: true });
  writeFileSync(source, "int main() { return 0; }\n");
  if (!works(compiler, `-fsanitize=${sanitizers}`, source, "-o", program)) return undefined;
  // If the system randomizes addresses more widely than the thread sanitizer supports, randomization is
  // turned off.
  return [[], ["setarch", "-R"]].find((prefix) => works(...prefix, program));
}

/**
 * The environment in which a node without sanitizers loads an addon with them; undefined if the libraries are
 * missing.
 */
function preloaded(compiler, libraries) {
  const paths = libraries.map((name) =>
    spawnSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" }).stdout.trim(),
  );
  // The compiler returns a name unchanged if it does not find the library.
  if (!paths.every((path) => path.startsWith("/") && existsSync(path))) return undefined;
  // Node deliberately does not free all memory at exit.
  return { ...environment, LD_PRELOAD: paths.join(":"), ASAN_OPTIONS: "detect_leaks=0" };
}

function cmake(directory, ...options) {
  return (targets) => [
    ["cmake", "-S", root, "-B", join(root, directory), ...options],
    ["cmake", "--build", join(root, directory), "--target", ...targets],
  ];
}

/** All instruction sets but the widest of this machine. */
function narrower() {
  const lists = JSON.parse(readFileSync(join(root, "native/sources.json"), "utf8"));
  const cpu = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const wide = ["avx512f", "avx512bw", "avx512dq", "avx512vl"].every((flag) => cpu.includes(` ${flag}`));
  const widest = process.arch === "arm64" ? "neon" : wide ? "avx512" : "avx2";
  return Object.keys(lists.isas[process.arch]).filter((isa) => isa !== widest);
}

const emulator = "qemu-aarch64";
const cross = "aarch64-linux-gnu-g++";

/**
 * Whether to test everything. Otherwise the build with the address sanitizer has the kernels of the widest
 * instruction set only: the others are the same sources with narrower vectors, and more than half of that
 * build's time. Between protected pages (`shipped`) all of them run.
 */
const release = process.argv[2] === "--release";

/** The builds and their programs. `missing` names the tool that this machine lacks. */
const builds = {
  // The objects of the addon itself, in the build folder of tools/build-native.js.
  shipped: () => ({
    directory: "build/cmake",
    steps: (targets) =>
      targets.map((target) => [
        process.execPath,
        require.resolve("cmake-js/bin/cmake-js"),
        "build",
        "--out",
        join(root, "build/cmake"),
        "--target",
        target,
      ]),
    programs: { kernels_test: ["--digest"], pool_test: [], program_test: [], cores_test: [] },
  }),
  address: (compiler) => {
    const prefix = sanitized(compiler, "address,undefined");
    return {
      missing: prefix ? undefined : `${compiler} has no address sanitizer that runs here`,
      directory: "build/test-address",
      steps: cmake(
        "build/test-address",
        "-DSIMDGRAD_SANITIZE=address",
        `-DSIMDGRAD_WITHOUT=${release ? "" : narrower().join(";")}`,
      ),
      prefix,
      programs: { kernels_test: ["--digest", "--few"], pool_test: [], program_test: [], cores_test: [] },
      addon: preloaded(compiler, ["libasan.so", "libubsan.so"]),
    };
  },
  thread: (compiler) => {
    const prefix = sanitized(compiler, "thread");
    return {
      missing: prefix ? undefined : `${compiler} has no thread sanitizer that runs here`,
      directory: "build/test-thread",
      steps: cmake(
        "build/test-thread",
        "-DSIMDGRAD_SANITIZE=thread",
        `-DSIMDGRAD_WITHOUT=${narrower().join(";")}`,
      ),
      prefix,
      programs: { pool_test: [], program_test: [], kernels_test: ["--threaded", "--widest", "--few"] },
    };
  },
  arm64: () => ({
    missing: [cross, emulator].find((tool) => !works(tool, "--version")),
    directory: "build/test-arm64",
    steps: cmake(
      "build/test-arm64",
      "-DCMAKE_SYSTEM_NAME=Linux",
      "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
      `-DCMAKE_CXX_COMPILER=${cross}`,
    ),
    prefix: [emulator, "-L", "/usr/aarch64-linux-gnu"],
    programs: { kernels_test: ["--digest"] },
  }),
  // Both tools that can build the addon.
  builders: () => ({
    missing: ["cmake", "make"].find((tool) => !works(tool, "--version")),
    steps: () =>
      [[], ...builders.map((tool) => ["--with", tool, "--out", addonOf(tool)])].map((args) => [
        process.execPath,
        join(root, "tools/build-native.js"),
        ...args,
      ]),
    programs: {},
    addons: [prebuildPath(), ...builders.map(addonOf)],
  }),
};
const builders = ["cmake-js", "node-gyp"];
const addonOf = (tool) => join(root, "build", tool, "simdgrad.node");

const environment = {
  ...process.env,
  CMAKE_BUILD_PARALLEL_LEVEL: process.env["CMAKE_BUILD_PARALLEL_LEVEL"] ?? String(availableParallelism()),
  ASAN_OPTIONS: "detect_stack_use_after_return=1:strict_string_checks=1",
  UBSAN_OPTIONS: "print_stacktrace=1",
  TSAN_OPTIONS: "halt_on_error=1:second_deadlock_stack=1",
};
// The user's own settings would change what is tested.
for (const name of Object.keys(environment))
  if (/^(SIMDGRAD_|CXXFLAGS$|LDFLAGS$)/.test(name)) delete environment[name];

const report = /ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|: runtime error: /;

/** Runs a command to its end. */
function run(command, timeout, env = environment) {
  const started = Date.now();
  const child = spawn(command[0], command.slice(1), {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  return new Promise((done) => {
    const finish = (status, end) => done({ status, output, end, seconds: (Date.now() - started) / 1000 });
    child.on("error", (error) => finish(null, error.message));
    child.on("close", (status, signal) => finish(status, signal ?? `exit code ${status}`));
  });
}

function fail(what, output) {
  failed++;
  console.log(`${output.trimEnd().split("\n").slice(-60).join("\n")}\nfailed: ${what}`);
}

async function build(name, { steps, programs, addon }) {
  const started = Date.now();
  for (const step of steps([...Object.keys(programs), ...(addon ? ["simdgrad"] : [])])) {
    const { status, output, end } = await run(step, 1_200_000);
    if (status !== 0) {
      fail(`${name}: ${step.join(" ")}: ${end}`, output);
      return false;
    }
  }
  console.log(`${name}: built in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return true;
}

/** Runs a program whose last line counts its tests, and adds them to the total. Returns its output. */
async function test(name, command, env) {
  const { status, output, end, seconds } = await run(command, 900_000, env);
  const sum = /(\d+) passed, (\d+) failed\n?$/.exec(output);
  passed += Number(sum?.[1] ?? 0);
  failed += Number(sum?.[2] ?? 0);
  console.log(`${name}: ${sum?.[0].trim() ?? "no sum"} in ${seconds.toFixed(1)} s`);
  if (report.test(output)) fail(`${name}: a sanitizer's report`, output);
  else if (!sum || (status !== 0 && Number(sum[2]) === 0)) fail(`${name}: ${end}`, output);
  else if (status !== 0) console.log(output.trimEnd());
  return output;
}

/** The rows of kernels, from which the fuzzer makes its calls. */
const rows = join(root, "build/kernel-rows.json");
mkdirSync(dirname(rows), { recursive: true });
writeFileSync(rows, JSON.stringify((await loadSchema()).schema));

async function testAll(name, { directory, prefix = [], programs, addon, addons = [] }) {
  for (const [program, args] of Object.entries(programs)) {
    const output = await test(`${name}: ${program}`, [
      ...prefix,
      join(root, directory, "test/native", program),
      ...args,
    ]);
    if (args.includes("--digest")) digests.set(name, output.match(/^digest .*/gm) ?? []);
  }
  if (addon) {
    const fuzz = ["test/native/fuzz.mjs", join(directory, "simdgrad.node"), rows, "2", "500"];
    await test(`${name}: fuzz of the addon`, [process.execPath, ...fuzz], addon);
  }
  if (addons.length > 0) await compareBits(addons);
}

/**
 * Results that must be equal for all addons and instruction sets: of single kernels, and of a training run.
 */
const proofs = {
  bits: async (addon, isa) => {
    const { status, output } = await run([process.execPath, "test/native/bits.mjs", addon, isa], 600_000);
    return status === 0 ? output : undefined;
  },
  training: async (addon, isa) => {
    const env = { ...environment, SIMDGRAD_ADDON: addon, SIMDGRAD_ISA: isa, SIMDGRAD_THREADS: "2" };
    const { status, output } = await run([process.execPath, "test/determinism/run.mjs", "7"], 600_000, env);
    if (status !== 0) return undefined;
    const made = JSON.parse(output);
    return made.isa === isa && made.reason.includes(addon) ? `${made.sourceHash} ${made.hash}` : undefined;
  },
};

/** Compares the bits of addons on every instruction set of this machine. */
async function compareBits(addons) {
  const { isas } = require(addons[0]);
  for (const [name, proof] of Object.entries(proofs)) {
    let first;
    for (const addon of addons)
      for (const isa of isas) {
        const found = await proof(addon, isa);
        first ??= found;
        if (found !== undefined && found === first) passed++;
        else fail(`builders: ${name} of ${addon} on ${isa}`, `${found ?? "no result"}, expected ${first}`);
      }
  }
  console.log(`builders: ${addons.length} addons compared on ${isas.join(", ")}`);
}

/** Compares the kernels and their hashes between builds. */
function compareDigests() {
  const [first, ...others] = digests.keys();
  for (const other of others) {
    const lines = new Set([...digests.get(first), ...digests.get(other)]);
    const kernels = new Set([...lines].map((line) => line.split(" ")[1]));
    for (const kernel of kernels)
      if ([...lines].filter((line) => line.split(" ")[1] === kernel).length === 1) passed++;
      else
        fail(
          `${kernel}: ${other} and ${first} differ`,
          [...lines].filter((line) => line.includes(kernel)).join("\n"),
        );
    console.log(`${other}: the bits of ${kernels.size} kernels compared with those of ${first}`);
  }
}

async function main(names) {
  const unknown = names.find((name) => !(name in builds));
  if (unknown) {
    console.error(`test-native: no build "${unknown}", there are ${Object.keys(builds).join(", ")}`);
    process.exitCode = 1;
    return;
  }
  const compiler = [process.env.CXX, "c++", "g++", "clang++"].find(
    (name) => name && works(name, "--version"),
  );
  const lacking = !compiler
    ? "no C++ compiler found"
    : !works("cmake", "--version")
      ? "no cmake found"
      : undefined;
  if (lacking) console.log(`native tests: left out (${lacking})`);
  else {
    const tests = [];
    for (const name of names) {
      const plan = builds[name](compiler);
      if (plan.missing) console.log(`${name}: left out (${plan.missing})`);
      else if (await build(name, plan)) tests.push(testAll(name, plan));
    }
    await Promise.all(tests);
    compareDigests();
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

const asked = process.argv.slice(2);
if (release) await main(Object.keys(builds));
else await main(asked.length > 0 ? asked : ["shipped", "address", "thread"]);
