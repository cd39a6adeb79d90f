/** Whether a program can do something else while it trains: how late its timers are. */
import type { Delay, EventLoopGiven, EventLoopRound } from "../../contestants/once/event-loop.js";
import type { Context } from "../../context.js";
import { median } from "../../measure.js";
import { runOurs } from "../../once.js";
import { short, type Table } from "../../table.js";
import { networks } from "../steps.js";
import { type Part, withoutNativeCore } from "./part.js";

/** Milliseconds that the 99th percentile may lie above that of an idle process. */
const TARGET = 4;

const network = networks[2];
const what = `Event loop while ${network.sizes.join("-")}, B ${network.batch}, trains by step.run on a native thread`;

export async function eventLoop({ options }: Context): Promise<Part> {
  // A percentile needs a thousand ticks.
  const milliseconds = Math.max(1000, 20 * options.milliseconds);
  const given: EventLoopGiven = { ...network, rounds: options.rounds, milliseconds };
  const run = await runOurs<EventLoopRound[]>("event-loop", given);
  return run === null ? withoutNativeCore(what) : { table: table(run.result), data: run.result };
}

function table(rounds: EventLoopRound[]): Table {
  const of = (key: "idle" | "training", value: keyof Delay) => rounds.map((round) => round[key][value]);
  const row = (name: string, key: "idle" | "training", ...more: string[]) => [
    name,
    short(median(of(key, "p50"))),
    short(median(of(key, "p99"))),
    `${short(Math.min(...of(key, "p99")))} … ${short(Math.max(...of(key, "p99")))}`,
    short(Math.max(...of(key, "max"))),
    ...more,
  ];
  const above = median(of("training", "p99")) - median(of("idle", "p99"));
  const [{ steps }] = rounds;
  const perStep = median(rounds.map(({ millisecondsPerStep }) => millisecondsPerStep));
  return {
    title: `${what}: ms between ticks of a timer of 1 ms`,
    head: ["", "p50", "p99", "p99 by rounds", "max", "p99 above idle", "target"],
    rows: [row("idle", "idle", "", ""), row("training", "training", short(above), `<= ${TARGET}`)],
    notes: [
      `A round: ${steps} steps of ${short(perStep)} ms, then as long a sleep, in one process. Percentiles are medians of the rounds.`,
    ],
  };
}
