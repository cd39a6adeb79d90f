/** Whatever happens to one rank ends all of them, soon, with an exit code that is not zero. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { launchers } from "../../tools/mpi.js";
import { alone, both, type Ended, environment, program, ranks, starts, underEach } from "./launchers.js";

const rank = program("rank.mjs");

/** Builds a library that stands for MPI. There is no MPI on Windows. */
const compilers = process.platform === "win32" ? [] : [process.env.CXX, "c++", "g++", "clang++"];
const compiler = compilers.find((name) => name && spawnSync(name, ["--version"]).status === 0);

/** An argument of this file's ranks, by which they are told from those of other tests. */
const mark = `failures-${process.pid}`;

/** Ranks that are left. */
const left = () => spawnSync("pgrep", ["-f", mark], { encoding: "utf8" }).stdout.trim();

describe("a failure", () => {
  underEach((launcher) => {
    test.each([
      [
        "differ",
        "ranks that make different calls",
        /RANKS_DIFFER: distributed.allReduce: .*rank \d has \[\d\]/,
      ],
      ["models", "ranks with different models", /RANKS_DIFFER: DistributedDataParallel: .*weight \[\d, 3\]/],
      ["killed", "a rank that is killed", null],
      ["throws", "an exception on one rank", /this rank is broken/],
      ["exits", "exit(0) of one rank", /RANK_FAILED: distributed.allReduce: rank 1 has left/],
      ["vanishes", "an end without Node's events", null],
      [
        "timeout",
        "a rank that stops answering",
        /COLLECTIVE_TIMEOUT: distributed.allReduce: rank \d has waited/,
      ],
    ])("%s: %s ends all ranks", async (what, _, message) => {
      const { status, stderr } = ranks(launcher, 2, [rank, what, mark]);
      expect(status).toBeGreaterThan(0);
      if (message !== null) expect(stderr).toMatch(message);
      // Their last moments may come after the launcher's.
      await vi.waitFor(() => expect(left()).toBe(""), { timeout: 5_000, interval: 50 });
    });

    test("a rank that is done waits for one that still works", () => {
      const { status, stdout } = ranks(launcher, 2, [rank, "late"]);
      expect({ status, stdout }).toEqual({ status: 0, stdout: "rank 0 has finished too\n" });
    });

    test("children, and the signal of the inspector, work as before", () => {
      const { status, stdout, stderr } = ranks(launcher, 2, [rank, "afterwards"]);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        echo: "a child\n",
        refused: "rank 0: MPI_IN_USE",
        alone: "[0,1,null,1,false]\n",
      });
      expect(stderr).toContain("Debugger listening");
    });

    test.runIf(both)("the library of another launcher sees another world", () => {
      const { status, stderr } = ranks(launcher, 2, [rank, "alone"], { SIMDGRAD_MPI: launcher.foreign });
      expect(status).toBeGreaterThan(0);
      expect(stderr).toMatch(/MPI_MISMATCH: distributed.init: .* started 2 processes, .* sees 1/);
    });

    test("a library that is not there is named", () => {
      const { status, stderr } = ranks(launcher, 2, [rank, "alone"], { SIMDGRAD_MPI: "libnothing.so" });
      expect(status).toBeGreaterThan(0);
      expect(stderr).toMatch(/MPI_NOT_FOUND: distributed.init: .*libnothing.so/);
    });
  });
});

describe.skipIf(compiler === undefined)("a link that goes down while a rank waits for an exchange", () => {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-cut-off-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const library = join(folder, "cut_off.so");
  const env = environment({
    ...{ SLURM_STEP_ID: "0", SLURM_NTASKS: "2", SIMDGRAD_MPI: library },
    // What is freed is returned to the system, so that a late write to it ends the process.
    ...{ SIMDGRAD_KEEP_MEMORY: "0", MALLOC_MMAP_THRESHOLD_: "65536" },
  });
  const cutOff = (...args: readonly string[]) =>
    new Promise<Ended>((resolve) => {
      const words = ["--expose-gc", program("cut-off.mjs"), ...args];
      const child = execFile(process.execPath, words, { env, timeout: 60_000 }, (_, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });

  test("MPI's error is thrown, its memory stays, and an MPI_Abort that hangs ends", async () => {
    const built = spawnSync(compiler!, ["-shared", "-fPIC", "-O1", "-o", library, program("cut_off.cc")]);
    expect(built.status, String(built.stderr)).toBe(0);
    const [eager, compiled] = await Promise.all([cutOff("eager", "0"), cutOff("compiled", "3")]);
    const seen = (op: string) => {
      const error = `RANK_FAILED: ${op}: the link is down`;
      return `${JSON.stringify({ learns: true, errors: [error, error], same: true })}\n`;
    };
    // A rank that failed is not done, whatever it says.
    expect(eager).toEqual({ status: 70, stdout: seen("exchange of gradients"), stderr: "" });
    expect(compiled).toEqual({ status: 3, stdout: seen("exchangeWait"), stderr: "" });
  });
});

describe("started by a program in between, as npm start does", () => {
  // Node passes on no descriptor but the standard ones, and npm is a program for Node.
  const between = [
    "-e",
    'require("child_process").spawnSync(process.execPath, process.argv.slice(1), { stdio: "inherit" })',
  ];
  const [open, mpich] = launchers;
  test.each([
    ["Open MPI", open, /^(\[\d,2,"Open MPI.*\]\n){2}$/, ""],
    ["MPICH with -pmi-port", { ...mpich, options: ["-pmi-port"] }, /^(\[\d,2,"MPICH.*\]\n){2}$/, ""],
    [
      "MPICH",
      mpich,
      /^$/,
      "MPI_MISMATCH: distributed.init: mpirun of MPICH or Intel MPI started this process as one of 2, and",
    ],
  ] as const)("%s", (_, launcher, printed, message) => {
    if (!starts(launcher.command)) return;
    const { stdout, stderr } = ranks(launcher, 2, [...between, rank, "alone"]);
    expect(stdout).toMatch(printed);
    expect(stderr).toContain(message);
  });
});

test("a batch script of Slurm is not a launch; its steps are", () => {
  const batch = { SLURM_NTASKS: "2" };
  expect(alone([rank, "alone"], batch)).toMatchObject({ status: 0, stdout: "[0,1,null,1,false]\n" });
  const step = alone([rank, "alone"], { ...batch, SLURM_STEP_ID: "0", SIMDGRAD_MPI: "libnothing.so" });
  expect(step.stderr).toContain("MPI_NOT_FOUND: distributed.init: srun started this process as one of 2");
});
