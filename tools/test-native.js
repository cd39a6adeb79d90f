// Builds the programs of test/native and runs them: on the code as it is shipped, with the address and
// undefined behaviour sanitizers, with the thread sanitizer, and for aarch64 under emulation, whose results
// must have the same bits. A build for which this machine lacks the tools is skipped, with one line that says
// so. The last line is the total of all programs.
//
//   node tools/test-native.js [build…]      the builds to test, of: shipped address thread arm64
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSchema } from "./load-schema.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const works = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

let passed = 0;
let failed = 0;
/** What each kernel wrote, by name of the build: the lines of kernels_test --digest. */
const digests = new Map();

/**
 * Compiles an empty program with a sanitizer and runs it. Returns the command prefix that it needs, or
 * undefined if it does not run.
 */
function sanitized(compiler, sanitizers) {
  const source = join(root, "build/empty.cc");
  const program = join(root, "build/empty");
  mkdirSync(dirname(source), { recursive: true });
  writeFileSync(source, "int main() { return 0; }\n");
  if (!works(compiler, `-fsanitize=${sanitizers}`, source, "-o", program)) return undefined;
  // Where the system randomizes addresses more widely than the thread sanitizer supports, randomization must
  // be off.
  return [[], ["setarch", "-R"]].find((prefix) => works(...prefix, program));
}

/**
 * The environment in which a node that was built without a sanitizer can load an addon that was built with
 * one, or undefined.
 */
function preloaded(compiler, libraries) {
  const paths = libraries.map((name) =>
    spawnSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" }).stdout.trim(),
  );
  // The compiler prints a name that it does not find unchanged.
  if (!paths.every((path) => path.startsWith("/") && existsSync(path))) return undefined;
  // Node intentionally does not free memory at the end of the process.
  return { ...environment, LD_PRELOAD: paths.join(":"), ASAN_OPTIONS: "detect_leaks=0" };
}

function cmake(directory, ...options) {
  return (targets) => [
    ["cmake", "-S", root, "-B", join(root, directory), ...options],
    ["cmake", "--build", join(root, directory), "--target", ...targets],
  ];
}

const emulator = "qemu-aarch64";
const cross = "aarch64-linux-gnu-g++";

/** The builds and how to run them. `missing` says what the machine lacks. */
const builds = {
  // The objects of the addon itself, in the folder where tools/build-native.js built them.
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
      steps: cmake("build/test-address", "-DSIMDGRAD_SANITIZE=address"),
      prefix,
      programs: { kernels_test: ["--digest"], pool_test: [], program_test: [], cores_test: [] },
      addon: preloaded(compiler, ["libasan.so", "libubsan.so"]),
    };
  },
  thread: (compiler) => {
    const prefix = sanitized(compiler, "thread");
    return {
      missing: prefix ? undefined : `${compiler} has no thread sanitizer that runs here`,
      directory: "build/test-thread",
      steps: cmake("build/test-thread", "-DSIMDGRAD_SANITIZE=thread"),
      prefix,
      programs: { pool_test: [], program_test: [], kernels_test: ["--threaded", "--ends"] },
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
};

const environment = {
  ...process.env,
  CMAKE_BUILD_PARALLEL_LEVEL: process.env["CMAKE_BUILD_PARALLEL_LEVEL"] ?? String(availableParallelism()),
  ASAN_OPTIONS: "detect_stack_use_after_return=1:strict_string_checks=1",
  UBSAN_OPTIONS: "print_stacktrace=1",
  TSAN_OPTIONS: "halt_on_error=1:second_deadlock_stack=1",
};
// The user's own settings would test something else.
for (const name of ["SIMDGRAD_THREADS", "SIMDGRAD_ISA", "CXXFLAGS", "LDFLAGS"]) delete environment[name];

const report = /ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|: runtime error: /;

function run(command, timeout, env = environment) {
  const started = Date.now();
  const options = { cwd: root, env, encoding: "utf8", maxBuffer: 1 << 28, timeout };
  const { status, signal, stdout, stderr, error } = spawnSync(command[0], command.slice(1), options);
  const output = `${stdout ?? ""}${stderr ?? ""}`;
  return {
    status,
    output,
    end: error?.message ?? signal ?? `exit code ${status}`,
    seconds: (Date.now() - started) / 1000,
  };
}

function fail(what, output) {
  failed++;
  console.log(`${output.trimEnd().split("\n").slice(-60).join("\n")}\nfailed: ${what}`);
}

function build(name, { steps, programs, addon }) {
  const started = Date.now();
  for (const step of steps([...Object.keys(programs), ...(addon ? ["simdgrad"] : [])])) {
    const { status, output, end } = run(step, 1_200_000);
    if (status !== 0) {
      fail(`${name}: ${step.join(" ")}: ${end}`, output);
      return false;
    }
  }
  console.log(`${name}: built in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return true;
}

/** Runs a program whose last line is a total, and adds it to ours. Returns the output. */
function test(name, command, env) {
  const { status, output, end, seconds } = run(command, 600_000, env);
  const sum = /(\d+) passed, (\d+) failed\n?$/.exec(output);
  passed += Number(sum?.[1] ?? 0);
  failed += Number(sum?.[2] ?? 0);
  console.log(`${name}: ${sum?.[0].trim() ?? "no sum"} in ${seconds.toFixed(1)} s`);
  if (report.test(output)) fail(`${name}: a sanitizer's report`, output);
  else if (!sum || (status !== 0 && Number(sum[2]) === 0)) fail(`${name}: ${end}`, output);
  else if (status !== 0) console.log(output.trimEnd());
  return output;
}

/** The rows from which the fuzzer generates its calls. */
const rows = join(root, "build/kernel-rows.json");
mkdirSync(dirname(rows), { recursive: true });
writeFileSync(rows, JSON.stringify((await loadSchema()).schema));

function testAll(name, { directory, prefix = [], programs, addon }) {
  for (const [program, args] of Object.entries(programs)) {
    const output = test(`${name}: ${program}`, [
      ...prefix,
      join(root, directory, "test/native", program),
      ...args,
    ]);
    if (args.includes("--digest")) digests.set(name, output.match(/^digest .*/gm) ?? []);
  }
  const fuzz = [
    process.execPath,
    join(root, "test/native/fuzz.mjs"),
    join(root, directory, "simdgrad.node"),
    rows,
    "2",
    "500",
  ];
  if (addon) test(`${name}: fuzz of the addon`, fuzz, addon);
}

/** All machines must have run the same kernels, with the same hash for each. */
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

function main(names) {
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
    for (const name of names.length ? names : Object.keys(builds)) {
      const plan = builds[name](compiler);
      if (plan.missing) console.log(`${name}: left out (${plan.missing})`);
      else if (build(name, plan)) testAll(name, plan);
    }
    compareDigests();
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

main(process.argv.slice(2));
