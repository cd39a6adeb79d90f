/**
 * Programs on a native thread: they can be watched, paused and stopped, and they end with whatever started
 * them.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Job, Program, Stage } from "../../src/kernels/addon.js";
import { addon, addonPath, block, built, call } from "./addon.js";
import { arena, errorOf, type Memory, parameter, specOf, type TapeCall } from "./tape.js";

const shared = {
  f32: (n: number) => new Float32Array(new SharedArrayBuffer(4 * n)),
  f64: (n: number) => new Float64Array(new SharedArrayBuffer(8 * n)),
  i32: (n: number) => new Int32Array(new SharedArrayBuffer(4 * n)),
};
const counted = () => shared.i32(1);
const program = (calls: TapeCall[], advances: number[] = []) =>
  addon.createProgram(specOf(calls, { advances }));
const stage = (it: Program, params: Memory[] = [], offsets: number[] = []): Stage => ({
  program: it,
  params,
  offsets,
});
/** A job with one program. */
const start = (it: Program, times: number, finished = counted()) =>
  addon.startJob([stage(it)], 0, times, finished);
const forever = 2 ** 50;
const ended = { failedStage: -1, failedCall: -1, status: -1 };

/** A program that counts its steps. */
function counter() {
  const steps = shared.f64(1);
  return { steps, program: program([["increment", [1, 0], [steps]]]) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe.skipIf(!built)("a job", () => {
  it("replays its stages in order in each step, with numbers that advance, and counts the steps", async () => {
    const [first, out] = [shared.f32(40), shared.f32(40)];
    // The numbers that advance: the value and the offset of the fill.
    const mark = program([["fill", [100, 1, 0], [parameter(1, 0, 20)]]], [0, 2, 2, 1]);
    const pass = program([["copy", [1, 1, 0, 1, 1, 0, 1, 1], [parameter(1, 0, 20), parameter(1, 1, 20)]]]);
    const finished = counted();
    const stages = [stage(mark, [first], [1]), stage(pass, [first, out], [6, 20])];
    const job = addon.startJob(stages, 4, 3, finished);
    expect(await job.done).toEqual({ steps: 3, ...ended });
    expect([...finished]).toEqual([3]);
    const wanted = new Float32Array(40);
    wanted.set([108, 110, 112], 5);
    expect(first).toEqual(wanted);
    // The second stage copied what the first stage wrote in the middle step, and again in the last step.
    expect([out[20], out.filter((value) => value !== 0).length]).toEqual([110, 1]);
    // After the job, the recorded numbers are valid again.
    block.fill(0);
    expect(addon.replay(mark, out.subarray(20))).toBe(-1);
    expect(out[20]).toBe(100);
  });

  it("of nothing ends at once", async () => {
    expect(await addon.startJob([], 0, 1, counted()).done).toEqual({ steps: 1, ...ended });
    expect(await start(counter().program, 0).done).toEqual({ steps: 0, ...ended });
  });

  it("computes the same as replays do, while this thread computes too", async () => {
    const n = 96;
    const record = () => {
      const arrays = Array.from({ length: 3 }, () => shared.f32(n * n));
      for (const array of arrays) array.set(Float32Array.from(array, (_, i) => Math.sin(i) / 20));
      const [a, b, c] = arrays;
      const product = (x: Memory, y: Memory, z: Memory): TapeCall => [
        "gemm",
        [1, n, n, n, 0, 0, n, 1, 0, 0, n, 1, 0, 0, 0, 0, n * n],
        [x, y, null, z],
      ];
      return { arrays, it: program([product(a, b, c), product(c, b, a)]) };
    };
    const [here, there] = [record(), record()];
    const job = start(there.it, 200);
    for (let i = 0; i < 200; i++) addon.replay(here.it);
    expect(await job.done).toEqual({ steps: 200, ...ended });
    expect(there.arrays).toEqual(here.arrays);
  });

  it("ends at a call that fails, and says which", async () => {
    const out = shared.f32(8);
    const { steps, program: count } = counter();
    const walked = shared.f64(1);
    const walk = program(
      [
        ["increment", [1, 0], [walked]],
        ["fill", [1, 1, 0], [out]],
      ],
      [3, 1],
    );
    const job = addon.startJob([stage(count), stage(walk)], 0, 20, counted());
    expect(await job.done).toEqual({ steps: 8, failedStage: 1, failedCall: 1, status: -3 });
    expect([steps[0], walked[0]]).toEqual([9, 9]);
    expect(out.every((value) => value === 1)).toBe(true);

    const labels = shared.i32(4);
    labels[3] = 7;
    const arrays = [shared.f32(12), labels, null, shared.f32(1), shared.f32(5)];
    const loss = program([["crossEntropy", [1, 4, 3, 0, -100, 0, 0, 0, 0, 0], arrays]]);
    expect(await start(loss, 5).done).toEqual({
      steps: 0,
      failedStage: 0,
      failedCall: 0,
      status: 3,
    });
  });

  it("stops within a step, and nothing revokes that", async () => {
    const { steps, program: count } = counter();
    const watch = counted();
    const job = start(count, forever, watch);
    await until(() => Atomics.load(watch, 0) > 100);
    job.stop();
    job.resume();
    const paused = job.pause();
    const { steps: finished, ...rest } = await job.done;
    expect(rest).toEqual(ended);
    expect(await paused).toBe(false);
    expect(steps[0]).toBe(finished);
    expect(Atomics.load(watch, 0)).toBe(finished | 0);
    for (let i = 0; i < 3; i++) job.stop();
    job.resume();
    expect(await job.pause()).toBe(false);
  });

  it("waits between two steps, and goes on, any number of times", async () => {
    const { steps, program: count } = counter();
    const watch = counted();
    const job = start(count, forever, watch);
    for (let i = 0; i < 200; i++) {
      const both = await Promise.all([job.pause(), job.pause()]);
      expect(both).toEqual([true, true]);
      expect(await job.pause()).toBe(true);
      const at = steps[0];
      expect(Atomics.load(watch, 0)).toBe(at);
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
      // The next step must read what is written here.
      steps[0] = at;
      expect(Atomics.load(watch, 0)).toBe(at);
      job.resume();
      if (i % 2 === 0) await until(() => Atomics.load(watch, 0) > at);
    }
    // Contradictory orders: every promise is resolved.
    const answers: Promise<boolean>[] = [];
    for (let i = 0; i < 100; i++) {
      answers.push(job.pause());
      if (i % 3 === 0) await answers[answers.length - 1];
      job.resume();
    }
    answers.push(job.pause());
    await Promise.all(answers);
    expect(await answers[answers.length - 1]).toBe(true);
    // A paused job can be stopped.
    job.stop();
    expect((await job.done).steps).toBe(steps[0]);
  });

  it("has its programs to itself; two jobs run at once", async () => {
    const [one, two] = [counter(), counter()];
    const jobs: Job[] = [one, two].map(({ program: it }) => start(it, forever));
    await until(() => one.steps[0] > 0 && two.steps[0] > 0);
    for (const run of [
      () => addon.replay(one.program),
      () => addon.profile(one.program, new Float64Array(1)),
      () => addon.startJob([stage(counter().program), stage(two.program)], 0, 1, counted()),
    ])
      expect(errorOf(run)).toMatchObject({ name: "Error", code: "PROGRAM_RUNNING" });
    for (const job of jobs) job.stop();
    for (const job of jobs) await job.done;
    const before = one.steps[0];
    expect(addon.replay(one.program)).toBe(-1);
    expect(one.steps[0]).toBe(before + 1);
    expect(await start(two.program, 3).done).toEqual({ steps: 3, ...ended });
  });

  it("shares an arena with no other run: programs that share one run one at a time", async () => {
    const fill = (value: number) => {
      const out = shared.f32(4);
      const piece = arena(1, 0, 4);
      const calls: TapeCall[] = [
        ["fill", [value, 4, 0], [piece]],
        ["copy", [1, 4, 0, 1, 1, 0, 1, 1], [piece, out]],
      ];
      return { out, spec: specOf(calls, { arenaBytes: 64 }) };
    };
    const [one, two, third] = [fill(1), fill(2), fill(3)];
    const lender = addon.createProgram(one.spec);
    const borrower = addon.createProgram(two.spec, lender);
    const job = start(borrower, forever);
    for (const run of [() => addon.replay(lender), () => start(lender, 1)])
      expect(errorOf(run)).toMatchObject({ code: "PROGRAM_RUNNING" });
    const other = addon.createProgram(third.spec);
    expect(addon.replay(other)).toBe(-1);
    job.stop();
    expect((await job.done).failedCall).toBe(-1);
    expect(addon.replay(lender)).toBe(-1);
    // The arena stays as long as one of the programs.
    addon.releaseProgram(lender);
    expect(addon.replay(borrower)).toBe(-1);
    expect([one.out[3], two.out[3], third.out[3]]).toEqual([1, 2, 3]);
    for (const [wrong, code] of [
      [lender, "PROGRAM_RELEASED"],
      [{}, "INVALID_ARGUMENT"],
      [1, "INVALID_ARGUMENT"],
      [addon.createProgram(specOf([])), "INVALID_ARGUMENT"],
    ] as const)
      expect(errorOf(() => addon.createProgram(one.spec, wrong as Program))).toMatchObject({ code });
  });

  it("keeps a program that is released meanwhile until it has ended", async () => {
    const { steps, program: it } = counter();
    const job = start(it, forever);
    addon.releaseProgram(it);
    expect(errorOf(() => addon.replay(it))).toMatchObject({ code: "PROGRAM_RELEASED" });
    const before = steps[0];
    await until(() => steps[0] > before);
    job.stop();
    expect((await job.done).failedCall).toBe(-1);
    expect(errorOf(() => addon.replay(it))).toMatchObject({ code: "PROGRAM_RELEASED" });
    addon.releaseProgram(it);
  });

  it("leaves the event loop alone: timers run, and kernels", async () => {
    const { program: count } = counter();
    const job = start(count, forever);
    const out = new Float32Array(5);
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      call("fill", [i, 5, 0], [out]);
      expect(out[4]).toBe(i);
    }
    job.stop();
    await job.done;
  });

  it("takes only memory that nobody can pull away", () => {
    const own = new Float32Array(8);
    const outside = program([["fill", [1, 8, 0], [own]]]);
    const bound = program([["fill", [1, 8, 0], [parameter(1, 0, 8)]]]);
    const { WebAssembly } = globalThis as unknown as {
      WebAssembly: { Memory: new (pages: { initial: number }) => { buffer: ArrayBuffer } };
    };
    const wasm = new Float32Array(new WebAssembly.Memory({ initial: 1 }).buffer);
    for (const given of [stage(outside), stage(bound, [own], [0]), stage(bound, [wasm], [0])])
      expect(errorOf(() => addon.startJob([given], 0, 1, counted()))).toMatchObject({ code: "DETACHABLE" });
  });

  it("that makes no sense is refused", () => {
    const { program: it } = counter();
    const bound = program([["fill", [1, 8, 0], [parameter(1, 0, 8)]]]);
    const wide = program([["unary", [0, 0, 0, 1, 4, 0, 1, 1, 0], [shared.f64(4), shared.f64(4)]]]);
    const cases: [code: string, stages: unknown, from?: unknown, times?: unknown, finished?: unknown][] = [
      ["INVALID_ARGUMENT", undefined],
      ["INVALID_ARGUMENT", {}],
      ["INVALID_ARGUMENT", [null]],
      ["INVALID_ARGUMENT", [{}]],
      ["INVALID_ARGUMENT", [stage({} as Program)]],
      ["INVALID_ARGUMENT", [{ ...stage(it), params: null }]],
      ["INVALID_ARGUMENT", [{ ...stage(it), offsets: ["0"] }]],
      ["INVALID_ARGUMENT", [stage(it), stage(it)]],
      ["INVALID_ARGUMENT", [stage(it)], 0, -1],
      ["INVALID_ARGUMENT", [stage(it)], 0, 1.5],
      ["INVALID_ARGUMENT", [stage(it)], Number.NaN],
      ["INVALID_ARGUMENT", [stage(it)], 0, "1"],
      ["INVALID_ARGUMENT", [stage(bound)]],
      ["OUT_OF_BOUNDS", [stage(bound, [shared.f32(8)], [1])]],
      ["UNSUPPORTED", [stage(wide)]],
      ["INVALID_ARGUMENT", [stage(it)], 0, 1, null],
      ["INVALID_ARGUMENT", [stage(it)], 0, 1, shared.i32(0)],
      ["INVALID_ARGUMENT", [stage(it)], 0, 1, new Int32Array(1)],
      ["INVALID_ARGUMENT", [stage(it)], 0, 1, shared.f32(1)],
    ];
    for (const [code, stages, from = 0, times = 1, finished = counted()] of cases)
      expect(
        errorOf(() =>
          addon.startJob(stages as Stage[], from as number, times as number, finished as Int32Array),
        ),
      ).toMatchObject({ code });
    expect(addon.replay(it)).toBe(-1);
  });

  it("is what its methods are called on", async () => {
    const job = addon.startJob([], 0, 0, counted());
    const { stop, pause, resume } = job;
    for (const method of [stop, pause, resume])
      for (const other of [undefined, null, {}, counter().program])
        expect(errorOf(() => method.call(other as never))).toMatchObject({ code: "INVALID_ARGUMENT" });
    await job.done;
  });
});

/** Runs a script of job.mjs in its own process. */
function run(name: string) {
  const script = fileURLToPath(new URL("./job.mjs", import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", script, addonPath, name],
    {
      encoding: "utf8",
      timeout: 30_000,
    },
  );
  return { status, signal, stdout, stderr };
}

describe.skipIf(!built)("a job that runs", () => {
  it.each([
    ["keeps the process alive until it is done", "natural", 0, "2000000 steps\n"],
    ["ends with process.exit", "exit", 7, "leaving\n"],
    ["ends with process.exit while it waits", "exitPaused", 7, "leaving\n"],
    ["ends with an exception that nobody catches", "throw", 1, "leaving\n"],
    ["ends with its Worker, whichever way that goes", "workers", 0, "32 ended\n"],
    ["ends with the process while it runs in a Worker", "workerExit", 7, "leaving\n"],
    ["keeps what it needs, and everything is freed afterwards", "collected", 0, "counted\nfreed\n"],
  ])("%s", (_, script, status, stdout) => {
    const result = run(script);
    expect(result).toMatchObject({ status, signal: null, stdout });
    if (status !== 1) expect(result.stderr).toBe("");
  });
});
