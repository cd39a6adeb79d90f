/** The native backend: the kernels of the addon, which is loaded once. */
import { ordinary } from "../allocator.js";
import { seeAddresses } from "../cache-lines.js";
import { SimdgradError } from "../errors.js";
import type { Addon } from "./addon.js";
import type { Backend } from "./backend-value.js";
import { loadFailure } from "./load-failure.js";
import { blockLength, overlay } from "./native.js";
import { openAddon } from "./open-addon.js";

/** A backend with the additional parts that only native code has. */
export interface NativeBackend extends Backend {
  readonly addon: Addon;
  /** The block in which numbers are passed: see native.ts. */
  readonly block: Float64Array;
  /** Kernels and ops that still run in JavaScript. */
  readonly fallbacks: readonly string[];
  /** Where the addon came from, as text. */
  readonly from: string;
  /** The file of the addon. */
  readonly path: string;
}

/** The backend, or the reason why there is none; undefined before the first call of `loadNative`. */
let loaded: NativeBackend | SimdgradError | undefined;

export function unavailable(why: string, cause?: unknown): SimdgradError {
  return new SimdgradError("BACKEND_UNAVAILABLE", `backend: native is not available: ${why}`, { cause });
}

function load(): NativeBackend | SimdgradError {
  const opened = openAddon();
  if ("why" in opened) return unavailable(opened.why, opened.error);
  const { addon, from, path } = opened;
  try {
    // On shared memory, which cannot be detached or transferred: the addon keeps its address.
    const block = addon.init(new Float64Array(new SharedArrayBuffer(8 * blockLength)));
    const { kernels, fallbacks } = overlay(addon, { block });
    seeAddresses((array) => addon.behindLine(array));
    const replay = { programs: addon, block };
    return { name: "native", kernels, allocate: ordinary, replay, addon, block, fallbacks, from, path };
  } catch (error) {
    return unavailable(`${from} did not load: ${loadFailure(error)}`, error);
  }
}

/** Loads the addon the first time; later calls return the same result. */
export function loadNative(): NativeBackend | SimdgradError {
  loaded ??= load();
  return loaded;
}
