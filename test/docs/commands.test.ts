/**
 * The shell commands and manifests in the documents, read and not run: by bash and a YAML parser; flags are
 * parsed by the command itself, scripts and packages must exist, and files must be named on the page. In
 * test/package/shell-blocks.test.ts they run.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packages as mpiPackages } from "../../tools/mpi.js";
import { root } from "../structure/imports.js";
import { blocks, pages, proseOf } from "./pages.js";

// Parsing sets values on the command, and other tests parse, too: this is a command of its own.
const { program } = (await import(
  // @ts-expect-error: the query is Vite's
  "../../src/cli/program.ts?docs"
)) as typeof import("../../src/cli/program.js");

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const packages = ["simdgrad", ...Object.keys({ ...manifest.devDependencies, ...manifest.peerDependencies })];

const shell = blocks.filter(({ language }) => language === "sh");
const commands = shell.flatMap(({ page, code }) =>
  code
    .replaceAll("\\\n", " ")
    .split("\n")
    .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split("&&"))
    .map((command) => command.trim())
    .filter((command) => command !== "")
    .map((command) => [page, command] as const),
);

/** Options of the programs that start ranks, with the number of values that each takes. */
const launcherOptions: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  mpirun: { "-n": 1, "--bind-to": 1, "--mca": 2, "--allow-run-as-root": 0, "-pmi-port": 0 },
  srun: { "--cpu-bind": 0, "--mpi": 0 },
};

/** What is wrong with the options of a launcher; undefined if nothing is. */
function mistakeInLaunch(name: string, options: readonly string[]): string | undefined {
  for (let i = 0; i < options.length; i++) {
    const option = options[i].replace(/=.*$/, "");
    const values = launcherOptions[name][option];
    if (values === undefined) return `not an option of ${name}: ${option}`;
    i += values;
  }
  return undefined;
}

/** What is wrong with a command; undefined if nothing is. */
function mistakeIn(page: string, command: string): string | undefined {
  const [name, ...args] = command.split(/\s+/);
  if (/^[A-Z_]+=/.test(name)) return mistakeIn(page, args.join(" "));
  if (name === "npx" || name === "mpirun" || name === "srun") {
    const start = args.findIndex((arg) => arg === "simdgrad" || arg === "node");
    if (start < 0) return "what runs is neither simdgrad nor node";
    const launch = name === "npx" ? undefined : mistakeInLaunch(name, args.slice(0, start));
    return launch ?? mistakeIn(page, args.slice(start).join(" "));
  }
  switch (name) {
    case "simdgrad":
      return mistakeInFlags(args);
    case "npm":
      return mistakeInNpm(args);
    case "node":
      return named(page, args[0]);
    case "cp":
      return args
        .filter((path) => path.startsWith("node_modules/simdgrad/"))
        .map((path) => path.slice("node_modules/simdgrad/".length))
        .find((path) => !manifest.files.some((file: string) => file.startsWith(path)));
    case "apt-get":
      return args.slice(1).find((given) => !mpiPackages.includes(given));
    case "cd":
    case "mkdir":
      return undefined;
    case "bash":
      return existsSync(join(root, args[0])) ? undefined : `no such file: ${args[0]}`;
    default:
      return `no rule for ${name}: mark the block with a reason`;
  }
}

function mistakeInFlags([name, ...args]: string[]): string | undefined {
  const command = program.commands.find((known) => known.name() === name);
  if (command === undefined) return name === "--help" ? undefined : `no command ${name}`;
  if (args.includes("--help")) return undefined;
  const { operands, unknown } = command.parseOptions(args);
  const wrong = command.registeredArguments.length > 0 ? unknown : [...operands, ...unknown];
  return wrong.length === 0 ? undefined : `not a flag: ${wrong}`;
}

function mistakeInNpm([what, ...args]: string[]): string | undefined {
  if (what === "ci" || what === "init") return undefined;
  if (what === "install") return args.find((name) => !packages.includes(name));
  const script = what === "run" ? args[0] : what;
  return script in manifest.scripts ? undefined : `no script ${script}`;
}

/** A file that the page names. */
function named(page: string, file: string): string | undefined {
  const text = pages.get(page)!;
  const known = existsSync(join(root, file)) || text.includes(`// ${file}`) || text.includes(`\`${file}\``);
  return known ? undefined : `the page does not say what ${file} is`;
}

it.each(commands)("%s: %s", (page, command) => {
  expect(mistakeIn(page, command)).toBeUndefined();
});

it("there are commands", () => {
  expect(commands.length).toBeGreaterThan(30);
});

it("every block is one that bash can read, and none is left out", () => {
  const check = (code: string) => spawnSync("bash", ["-n"], { input: code, encoding: "utf8" });
  expect(check("for x in; do\n").status).not.toBe(0);
  const wrong = shell.filter(({ code }) => check(code).stderr !== "");
  expect(wrong.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  expect(shell.filter(({ notRun }) => notRun !== undefined)).toEqual([]);
});

it("a script for Slurm asks in words that sbatch has", () => {
  const asked = shell.flatMap(({ code }) => [...code.matchAll(/^#SBATCH (.*)$/gm)].map(([, all]) => all));
  const words = asked.flatMap((all) => all.split(" ").map((option) => option.replace(/=\d+$/, "")));
  expect(words).toEqual(["--nodes", "--ntasks-per-node", "--cpus-per-task", "--requeue"]);
});

describe("a manifest for Kubernetes", () => {
  const manifests = blocks.filter(({ language }) => language === "yaml");

  it.each(manifests.map((block) => [block.page, block] as const))("%s", (page, { code }) => {
    const { apiVersion, kind, metadata, spec } = parse(code);
    expect({ apiVersion, kind }).toEqual({ apiVersion: "kubeflow.org/v2beta1", kind: "MPIJob" });
    expect(metadata.name).toMatch(/^[a-z]+$/);
    const { Launcher, Worker } = spec.mpiReplicaSpecs;
    const containers = [Launcher, Worker].flatMap(({ template }) => template.spec.containers);
    for (const { name, image } of containers)
      expect([typeof name, typeof image]).toEqual(["string", "string"]);
    const { command } = containers[0];
    expect(mistakeIn(page, command.join(" ").replace("/app/", ""))).toBeUndefined();
    // As many ranks as workers have slots.
    expect(command[command.indexOf("-n") + 1]).toBe(String(spec.slotsPerWorker * Worker.replicas));
  });

  it("is there", () => expect(manifests).toHaveLength(1));
});

/** Where the blocks of a language are held to something, or why they are not. */
const languages: Readonly<Record<string, string>> = {
  ts: "programs.test.ts",
  js: "programs.test.ts",
  sh: "here",
  yaml: "here",
  html: "test/browser/docs.test.ts",
  python: "programs for PyTorch, beside which ours stand",
  text: "what a program prints",
};

it("a block of another kind has no check", () => {
  expect([...new Set(blocks.map(({ language }) => language))].sort()).toEqual(Object.keys(languages).sort());
});

it("no code hides in indentation, where nothing reads it", () => {
  const indented = [...pages].flatMap(([page, text]) =>
    [...proseOf(text).matchAll(/^\n {4}\S.*$/gm)].map(([line]) => `${page}: ${line.trim()}`),
  );
  expect(indented).toEqual([]);
});

it("the rules refuse what is wrong", () => {
  const wrong = [
    "simdgrad trian",
    "simdgrad train --epoch 1 --lerning 3",
    "npm run bulid",
    "npm install simdgard",
    "node lost.js",
    "mpirun -n 2 --bind-to none node lost.js",
    "mpirun -m 2 simdgrad info",
    "srun --lost=x simdgrad info",
    "apt-get install lost",
    "cp -r node_modules/simdgrad/lost dist/",
    "rm -rf x",
  ];
  for (const command of wrong) expect(mistakeIn("README.md", command), command).toBeDefined();
});
