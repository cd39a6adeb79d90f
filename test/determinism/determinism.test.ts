import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { backend } from "../../src/index.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = fileURLToPath(new URL("./run.mjs", import.meta.url));

interface Run {
  hash: string;
  losses: number[];
  name: string;
  isa: string;
  threads: number;
  workerChunks: number;
  sourceHash: string;
  reason: string;
}

/** A whole training run in a process of its own, with nothing set but these. */
function train(settings: Record<string, string>, seed = 7): Run {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SIMDGRAD_|NODE_OPTIONS)/.test(name));
  const env = { ...Object.fromEntries(kept), ...settings };
  const child = spawnSync(process.execPath, [program, String(seed)], { env, encoding: "utf8" });
  expect(child.status, child.stderr).toBe(0);
  return JSON.parse(child.stdout);
}

/** What every run is compared with: plain C++ without vectors, on one thread. */
const plain = { SIMDGRAD_BACKEND: "native", SIMDGRAD_ISA: "portable", SIMDGRAD_THREADS: "1" };
const isas = [...backend.isas];
const threads = ["1", "2", "4"];

describe.runIf(isas.length > 0)("one seed, the same bits", () => {
  let reference: Run;
  beforeAll(() => {
    reference = train(plain);
  });

  test("a run that has learnt something is compared", () => {
    expect(reference).toMatchObject({ name: "native", isa: "portable", threads: 1, workerChunks: 0 });
    expect(reference.losses.at(-1)!).toBeLessThan(0.6 * reference.losses[0]!);
    expect(train(plain, 8).hash).not.toBe(reference.hash);
  });

  test.each(isas.flatMap((isa) => threads.map((count) => [isa, count])))(
    "on %s with %s threads",
    (isa, count) => {
      const run = train({ SIMDGRAD_BACKEND: "native", SIMDGRAD_ISA: isa!, SIMDGRAD_THREADS: count! });
      // Proof that what was asked for is what ran, and that other threads had a share of the work.
      expect(run).toMatchObject({ name: "native", isa, threads: Number(count) });
      if (count === "1") expect(run.workerChunks).toBe(0);
      else expect(run.workerChunks).toBeGreaterThan(0);
      expect(run.losses).toEqual(reference.losses);
      expect(run.hash).toBe(reference.hash);
    },
  );

  test("and the JS core tells the same story", () => {
    const run = train({ SIMDGRAD_BACKEND: "js" });
    expect(run.name).toBe("js");
    run.losses.forEach((loss, step) => {
      expect(Math.abs(loss / reference.losses[step]! - 1), `step ${step}`).toBeLessThan(1e-4);
    });
  });
});

const works = (command: string) => spawnSync(command, ["--version"]).status === 0;
const compiler = ["c++", "g++", "clang++"].some(works);
const tools = [
  { tool: "cmake-js", built: "build/cmake/Release/simdgrad.node", here: works("cmake") },
  { tool: "node-gyp", built: "build/Release/simdgrad.node", here: works("make") },
];

/**
 * The addon that a build system makes of the present sources; made only when the one that is there is older.
 */
function build(tool: string, built: string): string {
  const hash = execFileSync(process.execPath, ["tools/build-native.js", "--hash"], {
    cwd: root,
    encoding: "utf8",
  }).trim();
  const kept = `build/${tool}.node`;
  for (const path of [built, kept])
    if (existsSync(join(root, path)) && readFileSync(join(root, path)).includes(hash))
      return join(root, path);
  execFileSync(process.execPath, ["tools/build-native.js", "--with", tool, "--out", kept], { cwd: root });
  return join(root, kept);
}

describe.runIf(compiler && isas.length > 0)("both build systems make the same bits", () => {
  const runs = new Map<string, Run[]>();

  test.each(tools.filter(({ here }) => here))(
    "$tool",
    ({ tool, built }) => {
      const addon = build(tool, built);
      const of = isas.map((isa) =>
        train({ SIMDGRAD_ADDON: addon, SIMDGRAD_ISA: isa, SIMDGRAD_THREADS: "2" }),
      );
      for (const run of of) expect(run.reason).toContain(addon);
      expect(of.map((run) => run.isa)).toEqual(isas);
      runs.set(tool, of);
      for (const other of runs.values())
        expect(of.map((run) => [run.sourceHash, run.hash])).toEqual(
          other.map((run) => [run.sourceHash, run.hash]),
        );
    },
    600_000,
  );
});
