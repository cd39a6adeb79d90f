/** The backend in use, and temporary replacements of its kernels. */
import { allocateFrom } from "../allocator.js";
import { busy, whenBusy } from "../busy.js";
import type { Backend } from "./backend-value.js";
import { guarded } from "./guarded.js";
import { jsBackend } from "./js-backend.js";
import type { Kernels } from "./schema.js";

export let inUse: Backend = jsBackend;

/** Whether `compile` has recorded a program for the backend in use. */
export let recorded = false;

export function noteRecording(): void {
  recorded = true;
}

/** The table in use. It is a live binding: always call `k.name(…)`, and never store `k`. */
export let k: Kernels = inUse.kernels;

export function put(backend: Backend): void {
  if (backend !== inUse) recorded = false;
  inUse = backend;
  allocateFrom(backend.allocate);
  k = busy ? guarded(backend.kernels) : backend.kernels;
}

whenBusy(() => put(inUse));

/**
 * Runs `fn` with `other` in place of the kernels, to record or time calls. Null: with the kernels themselves.
 */
export function withKernels<T>(other: Kernels | null, fn: () => T): T {
  const before = k;
  k = other ?? inUse.kernels;
  try {
    return fn();
  } finally {
    k = before;
  }
}
