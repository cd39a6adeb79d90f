/**
 * The shell commands in the documents. They are not executed: flags are parsed by the command itself, scripts
 * and packages must exist, and files must be named on the page.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../structure/imports.js";
import { type Block, blocks, pages, proseOf } from "./pages.js";

// Parsing sets values on the command, and other tests parse, too: this is a command of its own.
const { program } = (await import(
  // @ts-expect-error: the query is Vite's
  "../../src/cli/program.ts?docs"
)) as typeof import("../../src/cli/program.js");

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const packages = ["simdgrad", ...Object.keys({ ...manifest.devDependencies, ...manifest.peerDependencies })];

const isShell = ({ language }: Block) => /^(sh|bash|shell|console)$/.test(language);
const commands = blocks
  .filter((block) => isShell(block) && block.notRun === undefined)
  .flatMap(({ page, code }) =>
    code
      .replaceAll("\\\n", " ")
      .split("\n")
      .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split("&&"))
      .map((command) => command.trim())
      .filter((command) => command !== "")
      .map((command) => [page, command] as const),
  );

/** What is wrong with a command; undefined if nothing is. */
function mistakeIn(page: string, command: string): string | undefined {
  const [name, ...args] = command.split(/\s+/);
  if (/^[A-Z_]+=/.test(name)) return mistakeIn(page, args.join(" "));
  if (name === "npx" || name === "mpirun" || name === "srun") {
    const start = args.findIndex((arg) => arg === "simdgrad" || arg === "node");
    return start < 0
      ? "what runs is neither simdgrad nor node"
      : mistakeIn(page, args.slice(start).join(" "));
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

it("the blocks that are not checked are these", () => {
  const reasons = blocks
    .filter(isShell)
    .flatMap(({ page, notRun }) => (notRun === undefined ? [] : `${page}: ${notRun}`));
  expect(reasons).toEqual([
    "docs/distributed.md: needs a package of the system and an MPI launcher",
    "docs/distributed.md: a script for Slurm, which was not run",
  ]);
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
    "cp -r node_modules/simdgrad/lost dist/",
    "rm -rf x",
  ];
  for (const command of wrong) expect(mistakeIn("README.md", command), command).toBeDefined();
});
