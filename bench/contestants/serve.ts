/** The loop of a contestant in JavaScript: prepares each case once, repeats it as long as asked, answers. */
import { createInterface } from "node:readline";
import type { Case, FirstSteps, Hello, Request, Response } from "./protocol.js";

/** A prepared case: `run` is timed, `check` returns the value that the protocol asks for. */
export interface Prepared {
  run(): unknown;
  /** Repetitions that one `run` makes. Default 1. */
  repetitions?: number;
  check(): number;
  firstSteps?: FirstSteps;
}

/** Several calls per sample if one call is too short for the clock. */
const SAMPLE_MS = 0.05;

async function measure(prepared: Prepared, milliseconds: number): Promise<Response> {
  const { run, check, repetitions = 1 } = prepared;
  // Awaiting costs a turn of the event loop, so it happens only for promises.
  const begun = run();
  const waits = begun instanceof Promise;
  await begun;
  // The fastest of several: one delayed call would make the samples too short.
  let once = Number.POSITIVE_INFINITY;
  for (let i = 0, first = performance.now(); i < 5 && (i === 0 || performance.now() - first < 2); i++) {
    const start = performance.now();
    if (waits) await run();
    else run();
    once = Math.min(once, performance.now() - start);
  }
  const calls = Math.max(1, Math.floor(SAMPLE_MS / Math.max(once, 1e-4)));
  const samples: number[] = [];
  const end = performance.now() + milliseconds;
  do {
    const start = performance.now();
    if (waits) for (let i = 0; i < calls; i++) await run();
    else for (let i = 0; i < calls; i++) run();
    samples.push(((performance.now() - start) * 1000) / calls / repetitions);
  } while (performance.now() < end || samples.length < 2);
  samples.sort((a, b) => a - b);
  const [best, median] = [samples[0], samples[samples.length >> 1]];
  return { best, median, count: samples.length, check: check(), firstSteps: prepared.firstSteps };
}

/**
 * `warmUp`: calls before the first measurement of a case, for the compiler of JavaScript; at most as long as
 * a measurement.
 */
export async function serve(hello: Hello, prepare: (given: Case) => Prepared, warmUp = 200): Promise<void> {
  let key = "";
  let prepared: Prepared | undefined;
  console.log(JSON.stringify(hello));
  for await (const line of createInterface({ input: process.stdin })) {
    const { case: given, milliseconds } = JSON.parse(line) as Request;
    // Rounds go over one case at a time, so the last one is enough, and no memory of earlier cases is held.
    if (key !== JSON.stringify(given) || prepared === undefined) {
      prepared = prepare(given);
      key = JSON.stringify(given);
      const end = performance.now() + milliseconds;
      for (let i = 0; i < warmUp && (i === 0 || performance.now() < end); i++) await prepared.run();
    }
    console.log(JSON.stringify(await measure(prepared, milliseconds)));
  }
}
