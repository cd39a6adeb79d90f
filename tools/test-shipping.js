// Ships a small training program in every way that docs/deployment.md lists, with the tools themselves: packs
// the tarball, installs it and a tool into build/shipping/<tool>/project, builds the program and runs it. The
// addon must be loaded and give the weights that it gives in plain Node. test/shipping/<tool>/recipe.js says
// what to do; a tool that cannot be installed is skipped, and a line says so. Build first: npm run build.
//
//   node tools/test-shipping.js [tool…]
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const recipes = join(root, "test/shipping");
const folder = join(root, "build/shipping");
const hasModule = existsSync(join(root, "wasm/simdgrad.wasm"));

/** The environment of a user's shell: npm and the tests of this repository set variables for tools. */
const clean = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_registry)|SIMDGRAD_|NODE_|VITEST|CI$)/i.test(name),
  ),
);

/** Runs a command. Returns its output. @throws Error with its end, if the command fails or should have. */
function run(command, args, cwd, environment = {}, fails = false) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...clean, NO_COLOR: "1", ...environment },
    encoding: "utf8",
    maxBuffer: 1 << 28,
    timeout: 600_000,
  });
  if (error) throw error;
  if ((status !== 0) !== fails)
    throw new Error(`it ended with ${signal ?? status}: ${`${stdout}\n${stderr}`.trim().slice(-1500)}`);
  return { stdout, stderr };
}

const npm = (cwd, ...args) => run("npm", [...args, "--ignore-scripts", "--no-audit", "--no-fund"], cwd);

/** The program as CommonJS. */
const asCommonJS = (code) =>
  code
    .replaceAll(/import (\{.+\}) from ("[^"]+");/g, "const $1 = require($2);")
    .replaceAll(/export function (\w+)/g, "exports.$1 = $1;\nfunction $1")
    .replaceAll(".mjs", ".cjs");

/** Installs a tool, unless an earlier run did. @throws Error with npm's message */
function installTool(project, packages) {
  const note = join(project, "node_modules/.packages.json");
  const wanted = JSON.stringify(packages);
  if (existsSync(note) && readFileSync(note, "utf8") === wanted) return;
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "shipping", private: true }));
  npm(project, "install", "--no-package-lock", ...packages);
  writeFileSync(note, wanted);
}

/** Lays the package and the program beside the tool. npm too would only unpack the package. */
function layOut(project, recipe, tarball) {
  for (const path of readdirSync(project))
    if (!/^(node_modules|package\.json)$/.test(path))
      rmSync(join(project, path), { recursive: true, force: true });
  const unpacked = join(project, "node_modules/simdgrad");
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked);
  run("tar", ["xzf", tarball, "-C", unpacked, "--strip-components=1"], project);
  cpSync(recipe, project, { recursive: true });
  for (const name of ["train", "main"]) {
    const code = readFileSync(join(recipes, `${name}.mjs`), "utf8");
    writeFileSync(join(project, `${name}.mjs`), code);
    writeFileSync(join(project, `${name}.cjs`), asCommonJS(code));
  }
}

/** An empty folder outside of the project. */
function makeAway(away) {
  rmSync(away, { recursive: true, force: true });
  mkdirSync(away);
  // Node looks for packages from here upwards: the name keeps it from finding the repository itself.
  writeFileSync(join(away, "package.json"), JSON.stringify({ name: "away" }));
}

/** What the program printed; there may be other output of the tools around it. */
const results = (stdout) => [...stdout.matchAll(/\{"backend":.*?\}/g)].map(([text]) => JSON.parse(text));

/** What is wrong with the output of a case. */
function problems({ stdout, stderr }, { from = "/simdgrad/prebuilds/", says, fails }, expected) {
  if (says !== undefined && !says.test(stderr))
    return [`it does not say ${says}: ${stderr.trim().slice(-800)}`];
  if (fails) return [];
  const printed = results(stdout);
  if (printed.length === 0) return [`it printed no result: ${`${stdout}\n${stderr}`.trim().slice(-1500)}`];
  return printed.flatMap((result) => {
    const { backend, addon, hash, wasm } = result;
    const bad = [];
    if (says === undefined && backend !== "native") bad.push(`it runs on ${backend}: ${stderr.trim()}`);
    if (says === undefined && !addon?.includes(from)) bad.push(`the addon is ${addon}, not of ${from}`);
    if (says === undefined && /^simdgrad:/m.test(stderr)) bad.push(`it says ${stderr.trim()}`);
    if (expected !== undefined && backend !== "js" && hash !== expected)
      bad.push(`the weights are ${hash}, not ${expected}`);
    if (hasModule && !fails && wasm !== "it loads") bad.push(wasm);
    return bad;
  });
}

/** Runs a case of a recipe. Returns the hash of the weights. @throws Error that says what is wrong */
async function tryCase(project, row, environment, expected) {
  const away = join(dirname(project), "away");
  makeAway(away);
  const places = { PROJECT: project, AWAY: away, NODE: process.execPath };
  const script = typeof row.script === "string" ? row.script : await row.script({ root });
  const output = run("sh", ["-ec", script], project, { ...places, ...environment }, row.fails);
  const hash = results(output.stdout)[0]?.hash;
  const bad = problems(output, row, expected ?? hash);
  if (bad.length > 0) throw new Error(bad.join("; "));
  return hash;
}

async function main(given) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const tell = (name, result, text) => {
    count[result]++;
    console.log(`${name}: ${result}: ${text}`);
  };
  const tools = readdirSync(recipes).filter((name) => existsSync(join(recipes, name, "recipe.js")));
  const unknown = given.find((name) => !tools.includes(name));
  if (unknown) throw new Error(`no tool "${unknown}", there are ${tools.join(", ")}`);
  mkdirSync(folder, { recursive: true });
  // Bun and esbuild read the nearest tsconfig.json; that of the repository names its sources as simdgrad.
  writeFileSync(join(folder, "tsconfig.json"), "{}");
  const [{ filename }] = JSON.parse(npm(root, "pack", "--json", "--pack-destination", folder).stdout);
  const tarball = join(folder, filename);

  let expected;
  const others = tools.filter((name) => name !== "node" && (given.length === 0 || given.includes(name)));
  for (const tool of ["node", ...others]) {
    const url = pathToFileURL(join(recipes, tool, "recipe.js")).href;
    const { packages, path = ".", environment, cases } = (await import(url)).default;
    const project = join(folder, tool, "project");
    try {
      installTool(project, packages);
    } catch (error) {
      tell(tool, "skipped", `not installed: ${error.message.split("\n").slice(0, 3).join(" ")}`);
      continue;
    }
    layOut(project, join(recipes, tool), tarball);
    const programs = [path, "node_modules/.bin"].map((name) => join(project, name));
    const PATH = [...programs, process.env.PATH].join(":");
    for (const [name, content] of Object.entries(cases)) {
      const row = typeof content === "string" ? { script: content } : content;
      const skip = row.skip?.({ root });
      try {
        if (!skip) {
          const hash = await tryCase(project, row, { PATH, TARBALL: tarball, ...environment }, expected);
          expected ??= hash; // of the first case, in plain Node
        }
        tell(`${tool}, ${name}`, skip ? "skipped" : "passed", skip || packages[0]);
      } catch (error) {
        tell(`${tool}, ${name}`, "failed", error.message);
      }
    }
  }
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  if (count.failed > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
