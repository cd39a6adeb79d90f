/**
 * The Workers that run the module's threads, one for each place of native/system/wasm/system.cc. They start
 * when a kernel first shares its work, and nobody waits for that. They keep no process alive, and end with
 * the thread of JavaScript that uses the library.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { mostCores, serveThreads, type Thread } from "./worker-code.js";

const code = `${serveThreads}require("node:worker_threads").parentPort.on("message", serve);`;

const workers: (Worker | undefined)[] = [];

/** The cores for which work is cut. */
export const usableCores = (): number => Math.min(availableParallelism(), mostCores);

/** Why there can be no threads; undefined if there can. */
export const whyOneThread = (): string | undefined =>
  typeof SharedArrayBuffer === "undefined" ? "SharedArrayBuffer is not available" : undefined;

function start(place: number): Worker {
  // Without the loaders and variables of the process, which are not for this program.
  const worker = new Worker(code, { eval: true, execArgv: [], env: {}, name: "simdgrad" });
  const forget = () => {
    workers[place] = undefined;
  };
  worker.on("error", forget).on("exit", forget).unref();
  return worker;
}

/** Has the Worker at a place run a thread, after those that it was given before. False if there is none. */
export function giveThread(place: number, thread: Thread): boolean {
  try {
    workers[place] ??= start(place);
    workers[place].postMessage(thread);
    return true;
  } catch {
    return false; // Node's permissions may forbid Workers
  }
}
