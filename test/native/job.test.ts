/** Programs on a thread of their own: they can be watched, paused and stopped, and end with whatever started them. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Job, Program, Stage } from "../../src/kernels/addon.js";
import { addon, addonPath, block, built, call } from "./addon.js";
import { errorOf, type Memory, parameter, specOf, type TapeCall } from "./tape.js";

const shared = {
  f32: (n: number) => new Float32Array(new SharedArrayBuffer(4 * n)),
  f64: (n: number) => new Float64Array(new SharedArrayBuffer(8 * n)),
  i32: (n: number) => new Int32Array(new SharedArrayBuffer(4 * n)),
};
const control = () => shared.i32(16);
const program = (calls: TapeCall[], advances: number[] = []) =>
  addon.createProgram(specOf(calls, { advances }));
const stage = (
  it: Program,
  times: number,
  from = 0,
  params: Memory[] = [],
  offsets: number[] = [],
): Stage => ({
  program: it,
  params,
  offsets,
  from,
  times,
});
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
  it("replays its stages in order, with numbers that advance, and says how far it is", async () => {
    const out = shared.f32(40);
    // The value and the offset of the fill.
    const mark = program([["fill", [100, 1, 0], [parameter(1, 0, 20)]]], [0, 2, 2, 1]);
    const watch = control();
    const job = addon.startJob([stage(mark, 3, 4, [out], [1]), stage(mark, 2, 0, [out], [20])], watch);
    expect(await job.done).toEqual({ steps: 5, ...ended });
    expect([...watch.subarray(0, 4)]).toEqual([5, 1, 2, 0]);
    const wanted = new Float32Array(40);
    wanted.set([108, 110, 112], 5);
    wanted.set([100, 102], 20);
    expect(out).toEqual(wanted);
    // Afterwards the recorded numbers hold again.
    block.fill(0);
    expect(addon.replay(mark, out.subarray(20))).toBe(-1);
    expect(out[20]).toBe(100);
  });

  it("of nothing ends at once", async () => {
    expect(await addon.startJob([], control()).done).toEqual({ steps: 0, ...ended });
    expect(await addon.startJob([stage(counter().program, 0)], control()).done).toEqual({
      steps: 0,
      ...ended,
    });
  });

  it("computes the same as replays do, while this thread computes too", async () => {
    const n = 96;
    const record = () => {
      const arrays = Array.from({ length: 3 }, () => shared.f32(n * n));
      for (const array of arrays) array.set(Float32Array.from(array, (_, i) => Math.sin(i) / 20));
      const [a, b, c] = arrays;
      const product = (x: Memory, y: Memory, z: Memory): TapeCall => [
        "gemm",
        [1, n, n, n, 0, 0, n, 1, 0, 0, n, 1, 0, 0, 0, n * n],
        [x, y, null, z],
      ];
      return { arrays, it: program([product(a, b, c), product(c, b, a)]) };
    };
    const [here, there] = [record(), record()];
    const job = addon.startJob([stage(there.it, 200)], control());
    for (let i = 0; i < 200; i++) addon.replay(here.it);
    expect(await job.done).toEqual({ steps: 200, ...ended });
    expect(there.arrays).toEqual(here.arrays);
  });

  it("ends at a call that fails, and says which", async () => {
    const out = shared.f32(8);
    const { steps, program: count } = counter();
    const walk = program(
      [
        ["increment", [1, 0], [steps]],
        ["fill", [1, 1, 0], [out]],
      ],
      [3, 1],
    );
    const job = addon.startJob([stage(count, 2), stage(walk, 20)], control());
    expect(await job.done).toEqual({ steps: 10, failedStage: 1, failedCall: 1, status: -3 });
    expect(steps[0]).toBe(11);
    expect(out.every((value) => value === 1)).toBe(true);

    const labels = shared.i32(4);
    labels[3] = 7;
    const arrays = [shared.f32(12), labels, null, shared.f32(1), shared.f32(5)];
    const loss = program([["crossEntropy", [1, 4, 3, 0, -100, 0, 0, 0, 0, 0], arrays]]);
    expect(await addon.startJob([stage(loss, 5)], control()).done).toEqual({
      steps: 0,
      failedStage: 0,
      failedCall: 0,
      status: 3,
    });
  });

  it("stops within a step, and nothing revokes that", async () => {
    const { steps, program: count } = counter();
    const watch = control();
    const job = addon.startJob([stage(count, forever)], watch);
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
    const watch = control();
    const job = addon.startJob([stage(count, forever)], watch);
    for (let i = 0; i < 200; i++) {
      const both = await Promise.all([job.pause(), job.pause()]);
      expect(both).toEqual([true, true]);
      expect(await job.pause()).toBe(true);
      const at = steps[0];
      expect(Atomics.load(watch, 0)).toBe(at);
      if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
      // What is written now is what the next step finds.
      steps[0] = at;
      expect(Atomics.load(watch, 0)).toBe(at);
      job.resume();
      if (i % 2 === 0) await until(() => Atomics.load(watch, 0) > at);
    }
    // Orders that contradict each other: every promise is answered.
    const answers: Promise<boolean>[] = [];
    for (let i = 0; i < 100; i++) {
      answers.push(job.pause());
      if (i % 3 === 0) await answers[answers.length - 1];
      job.resume();
    }
    answers.push(job.pause());
    await Promise.all(answers);
    expect(await answers[answers.length - 1]).toBe(true);
    // Also stops while it waits.
    job.stop();
    expect((await job.done).steps).toBe(steps[0]);
  });

  it("has its programs to itself; two jobs run at once", async () => {
    const [one, two] = [counter(), counter()];
    const jobs: Job[] = [one, two].map(({ program: it }) =>
      addon.startJob([stage(it, forever), stage(it, 1)], control()),
    );
    await until(() => one.steps[0] > 0 && two.steps[0] > 0);
    for (const run of [
      () => addon.replay(one.program),
      () => addon.profile(one.program, new Float64Array(1)),
      () => addon.startJob([stage(counter().program, 1), stage(two.program, 1)], control()),
    ])
      expect(errorOf(run)).toMatchObject({ name: "Error", code: "PROGRAM_RUNNING" });
    for (const job of jobs) job.stop();
    for (const job of jobs) await job.done;
    const before = one.steps[0];
    expect(addon.replay(one.program)).toBe(-1);
    expect(one.steps[0]).toBe(before + 1);
    expect(await addon.startJob([stage(two.program, 3)], control()).done).toEqual({ steps: 3, ...ended });
  });

  it("keeps a program that is released meanwhile until it has ended", async () => {
    const { steps, program: it } = counter();
    const job = addon.startJob([stage(it, forever), stage(it, 1)], control());
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
    const job = addon.startJob([stage(count, forever)], control());
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
    for (const stages of [
      [stage(outside, 1)],
      [stage(bound, 1, 0, [own], [0])],
      [stage(bound, 1, 0, [wasm], [0])],
    ])
      expect(errorOf(() => addon.startJob(stages, control()))).toMatchObject({ code: "DETACHABLE" });
  });

  it("that makes no sense is refused", () => {
    const { program: it } = counter();
    const bound = program([["fill", [1, 8, 0], [parameter(1, 0, 8)]]]);
    const wide = program([["unary", [0, 0, 0, 1, 4, 0, 1, 1, 0], [shared.f64(4), shared.f64(4)]]]);
    const cases: [unknown, unknown, string][] = [
      [undefined, control(), "INVALID_ARGUMENT"],
      [{}, control(), "INVALID_ARGUMENT"],
      [[null], control(), "INVALID_ARGUMENT"],
      [[{}], control(), "INVALID_ARGUMENT"],
      [[stage({} as Program, 1)], control(), "INVALID_ARGUMENT"],
      [[{ ...stage(it, 1), params: null }], control(), "INVALID_ARGUMENT"],
      [[{ ...stage(it, 1), offsets: ["0"] }], control(), "INVALID_ARGUMENT"],
      [[stage(it, -1)], control(), "INVALID_ARGUMENT"],
      [[stage(it, 1.5)], control(), "INVALID_ARGUMENT"],
      [[stage(it, 1, Number.NaN)], control(), "INVALID_ARGUMENT"],
      [[stage(it, "1" as unknown as number)], control(), "INVALID_ARGUMENT"],
      [[stage(bound, 1)], control(), "INVALID_ARGUMENT"],
      [[stage(bound, 1, 0, [shared.f32(8)], [1])], control(), "OUT_OF_BOUNDS"],
      [[stage(wide, 1)], control(), "UNSUPPORTED"],
      [[stage(it, 1)], undefined, "INVALID_ARGUMENT"],
      [[stage(it, 1)], shared.i32(15), "INVALID_ARGUMENT"],
      [[stage(it, 1)], new Int32Array(16), "INVALID_ARGUMENT"],
      [[stage(it, 1)], shared.f32(16), "INVALID_ARGUMENT"],
    ];
    for (const [stages, watch, code] of cases)
      expect(errorOf(() => addon.startJob(stages as Stage[], watch as Int32Array))).toMatchObject({ code });
    expect(addon.replay(it)).toBe(-1);
  });

  it("is what its methods are called on", async () => {
    const job = addon.startJob([], control());
    const { stop, pause, resume } = job;
    for (const method of [stop, pause, resume])
      for (const other of [undefined, null, {}, counter().program])
        expect(errorOf(() => method.call(other as never))).toMatchObject({ code: "INVALID_ARGUMENT" });
    await job.done;
  });
});

/** Runs a script of job.mjs in a process of its own. */
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
    ["ends with its Worker, whichever way that goes", "workers", 0, "60 ended\n"],
    ["ends with the process while it runs in a Worker", "workerExit", 7, "leaving\n"],
    ["keeps what it needs, and everything is freed afterwards", "collected", 0, "counted\nfreed\n"],
  ])("%s", (_, script, status, stdout) => {
    const result = run(script);
    expect(result).toMatchObject({ status, signal: null, stdout });
    if (status !== 1) expect(result.stderr).toBe("");
  });
});
