/** The cost of starting work, of waiting, and of other programs on the same cores. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Case, ElementwiseCase } from "../contestants/protocol.js";
import { type Context, withStands } from "../context.js";
import { type Measurement, measure } from "../measure.js";
import { micro, type Section, short, type Table, times } from "../table.js";
import { networks } from "./steps.js";

/** The smallest possible kernel, so that the time is that of the call. */
const tiny: ElementwiseCase = { kind: "elementwise", op: "add", elements: 1, output: "given" };
const tinyTensor: ElementwiseCase = { ...tiny, output: "new" };

interface Busy {
  name: string;
  alone: Measurement;
  beside: Measurement;
}

/** Computes until its parent process ends. */
const BUSY = "const parent = process.ppid; process.stdout.write('.'); while (process.ppid === parent);";

/** Runs `body` while every core also has a process that never sleeps. */
async function besideBusyCores<T>(cores: number, body: () => Promise<T>): Promise<T> {
  const busy: ChildProcess[] = Array.from({ length: cores }, () =>
    spawn(process.execPath, ["-e", BUSY], {
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  const stop = () => {
    for (const child of busy) child.kill("SIGKILL");
  };
  process.once("exit", stop);
  try {
    await Promise.all(busy.map((child) => new Promise((resolve) => child.stdout!.once("data", resolve))));
    return await body();
  } finally {
    stop();
    process.off("exit", stop);
  }
}

export async function latency({ options, limits, loops, progress }: Context): Promise<Section> {
  const { threads } = limits;
  const turns = { rounds: options.rounds, milliseconds: options.milliseconds };
  const own: [string, Case][] = [
    [`empty fork-join, ${threads} threads`, { kind: "forkJoin", threads, meet: false }],
    [`fork-join in which all ${threads} threads meet`, { kind: "forkJoin", threads, meet: true }],
    [
      `empty fork-join, ${4 * threads} threads on ${threads} cores`,
      { kind: "forkJoin", threads: 4 * threads, meet: false },
    ],
    ["CPU of idle threads, in 100 ms from 1 ms after work", { kind: "idle" }],
  ];
  progress("latency: pool");
  const pool =
    loops === null
      ? []
      : await measure(
          own.map(([, given]) => [loops, given] as const),
          turns,
        );
  const { calls, busy } = await withStands(["native", "pytorch"], async ({ native, pytorch }) => {
    const contestants = [native, pytorch].filter((contestant) => contestant !== undefined);
    const onAll = (given: Case, milliseconds: number) =>
      measure(
        contestants.map((contestant) => [contestant, given] as const),
        { rounds: options.rounds, milliseconds },
      );
    progress("latency: calls");
    const calls = [await onAll(tiny, options.milliseconds), await onAll(tinyTensor, options.milliseconds)];
    progress("latency: busy cores");
    const long = 4 * options.milliseconds;
    const alone = await onAll(networks[0], long);
    const beside = await besideBusyCores(threads, () => onAll(networks[0], long));
    return {
      calls,
      busy: alone.map((measured, i): Busy => ({ name: measured.name, alone: measured, beside: beside[i] })),
    };
  });
  const rows = [
    ...pool.map((measured, i) => row(own[i][0], "simdgrad, C++", measured)),
    ...calls[0].map((measured) =>
      row("call of a kernel on one element, memory given", measured.name, measured),
    ),
    ...calls[1].map((measured) => row("the same as a new tensor", measured.name, measured)),
  ];
  const [network] = networks;
  const tables: Table[] = [
    { title: "Latency: µs", head: ["", "of", "median", "fastest", "rounds"], rows },
    {
      title: `Step of ${network.sizes.join("-")}, B ${network.batch}, with another process on each core: µs, median`,
      head: ["", "alone", "beside", "slowdown", "rounds beside"],
      rows: busy.map(({ name, alone, beside }) => [
        ...[name, micro(alone.median), micro(beside.median), times(beside.median / alone.median)],
        `${micro(Math.min(...beside.rounds))} … ${micro(Math.max(...beside.rounds))}`,
      ]),
      notes: ["Two programs that share the cores fairly take twice as long."],
    },
  ];
  return {
    name: "latency",
    tables,
    data: { pool: pool.map((m, i) => ({ what: own[i][0], ...m })), calls, busy },
  };
}

function row(what: string, who: string, { best, median, rounds }: Measurement): string[] {
  return [
    what,
    who,
    short(median),
    short(best),
    `${short(Math.min(...rounds))} … ${short(Math.max(...rounds))}`,
  ];
}
