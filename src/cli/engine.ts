import { backend } from "../index.js";

export interface BackendFlags {
  backend?: "native" | "wasm" | "js";
  threads?: number;
}

/** Applies --backend and --threads, which take precedence over the environment. */
export function chooseBackend({ backend: name, threads }: BackendFlags): void {
  if (name !== undefined && name !== backend.name) backend.use(name);
  if (threads !== undefined) backend.setThreads(threads);
}

/** For summaries: `native, avx512, 2 threads`. */
export function describeBackend(): string {
  const { name, isa, threads } = backend;
  return name === "js"
    ? "js core, 1 thread"
    : `${name}, ${isa}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

/** The same data in machine-readable form. */
export function backendFacts(): { backend: string; isa: string; threads: number } {
  const { name, isa, threads } = backend;
  return { backend: name, isa, threads };
}
