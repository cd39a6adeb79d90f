/** The backend in use, and what is laid over its kernels for a time. */
import { allocateFrom } from "../allocator.js";
import { busy, whenBusy } from "../busy.js";
import type { Backend } from "./backend-value.js";
import { guarded } from "./guarded.js";
import { jsBackend } from "./js-backend.js";
import type { Kernels } from "./schema.js";

export let inUse: Backend = jsBackend;

/** The table in use, a live binding: always call `k.name(…)`, never keep it. */
export let k: Kernels = inUse.kernels;

export function put(backend: Backend): void {
  inUse = backend;
  allocateFrom(backend.allocate);
  k = busy ? guarded(backend.kernels) : backend.kernels;
}

whenBusy(() => put(inUse));

/**
 * Runs `fn` with `other` in the place of the kernels: to note or to time calls. Null: with the kernels
 * themselves.
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
