import { AutogradError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";

let enabled = true;

/**
 * Whether operations are recorded for backward.
 * @example noGrad(() => autograd.isGradEnabled()) // false
 */
export function isGradEnabled(): boolean {
  return enabled;
}

/** Runs `fn` with gradients on or off and restores the mode, also after an exception. */
export function withGradMode<T>(mode: boolean, fn: () => T): T {
  const before = enabled;
  enabled = mode;
  try {
    return fn();
  } finally {
    enabled = before;
  }
}

/**
 * Runs `fn` without recording operations for backward (PyTorch's `torch.no_grad`), and returns the result of
 * `fn`.
 * @example noGrad(() => ones([2], { requiresGrad: true }).mul(2)).requiresGrad // false
 * @throws AutogradError `ASYNC_NO_GRAD` when `fn` is async: after its first `await` the mode would leak into
 * whatever else runs.
 * @throws ValueError if `fn` is not a function.
 */
export function noGrad<T>(fn: () => T): T {
  if (typeof fn !== "function") throw new ValueError(`noGrad: fn is a function: ${quoted(fn)}`);
  const result = withGradMode(false, fn);
  if (isPromise(result)) {
    result.then(undefined, () => {}); // only the error below is reported
    throw new AutogradError(
      "noGrad: fn must be synchronous: it returned a promise; call noGrad inside it instead",
      "ASYNC_NO_GRAD",
    );
  }
  return result;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === "function";
}
