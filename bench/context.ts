import { availableParallelism } from "node:os";
import { Contestant, Stand } from "./contestant.js";
import { Limits } from "./limits.js";
import type { Options } from "./options.js";
import { compiled, nativeProgram, node, python, script } from "./places.js";

/** The state that all sections use. */
export interface Context {
  options: Options;
  limits: Limits;
  /** Instruction set of the native kernels. */
  isa: string;
  /** The native program with all its libraries; null when it was not built. */
  native: Stand | null;
  /** A contestant that is not a library, to ask the native program for latencies and limits. */
  loops: Contestant | null;
  progress(what: string): void;
}

/**
 * The native program. OpenBLAS's idle threads are told to spin for 2^20 ticks (0.4 ms) instead of 2^28:
 * there is less than a microsecond between the calls of a turn, so it only shortens the wait after a turn.
 */
export const startNative = (libraries: string[] = []) =>
  Stand.start(nativeProgram, libraries, {
    OPENBLAS_THREAD_TIMEOUT: process.env["OPENBLAS_THREAD_TIMEOUT"] ?? "20",
  });

export async function prepareContext(options: Options): Promise<Context> {
  const native = await startNative();
  const loops = native === null ? null : new Contestant("limit", native);
  const threads =
    Number(process.env["SIMDGRAD_THREADS"]) || (native?.hello.threads ?? availableParallelism());
  const turns = { rounds: Math.min(options.rounds, 3), milliseconds: Math.min(options.milliseconds, 60) };
  const progress = (what: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${what}`);
  };
  const isa = native?.hello.isa ?? "no native program";
  return { options, limits: new Limits(loops, threads, turns), isa, native, loops, progress };
}

/** How each contestant is started. */
export const starts = {
  native: () => Stand.start(node, [compiled("simdgrad")], { SIMDGRAD_BACKEND: "native" }),
  compiled: () => Stand.start(node, [compiled("simdgrad"), "compiled"], { SIMDGRAD_BACKEND: "native" }),
  run: () => Stand.start(node, [compiled("simdgrad"), "run"], { SIMDGRAD_BACKEND: "native" }),
  js: () => Stand.start(node, [compiled("simdgrad")], { SIMDGRAD_BACKEND: "js" }),
  pytorch: () => Stand.start(python, [script("pytorch.py")]),
  pytorchCompiled: () => Stand.start(python, [script("pytorch.py"), "compile"]),
  jaxJit: () => Stand.start(python, [script("jax_steps.py"), "jit"]),
  jaxScan: () => Stand.start(python, [script("jax_steps.py"), "scan"]),
  tensorflow: () => Stand.start(python, [script("tensorflow_steps.py"), "graph"]),
  tensorflowXla: () => Stand.start(python, [script("tensorflow_steps.py"), "xla"]),
  tfjsWasm: () => Stand.start(node, [compiled("tfjs"), "wasm"]),
  tfjsCpu: () => Stand.start(node, [compiled("tfjs"), "cpu"]),
};

/** Starts the contestants that can run here, calls a function with them, and stops them. */
export async function withStands<T>(
  names: (keyof typeof starts)[],
  use: (stands: Partial<Record<keyof typeof starts, Contestant>>) => Promise<T>,
): Promise<T> {
  const started = await Promise.all(names.map(async (name) => [name, await starts[name]()] as const));
  const stands = started.flatMap(([name, stand]) =>
    stand === null ? [] : [[name, Contestant.all(stand)[0]]],
  );
  try {
    return await use(Object.fromEntries(stands));
  } finally {
    for (const [, stand] of started) stand?.stop();
  }
}
