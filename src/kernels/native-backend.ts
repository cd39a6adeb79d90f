/** The native backend: finds the addon and loads it, once. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ordinary } from "../allocator.js";
import { seeAddresses } from "../cache-lines.js";
import { SimdgradError } from "../errors.js";
import { packageRoot } from "../package-root.js";
import type { Addon } from "./addon.js";
import { addonDefect } from "./addon-file.js";
import type { Backend } from "./backend-value.js";
import { overlay } from "./native.js";

/** A backend with the additional parts that only native code has. */
export interface NativeBackend extends Backend {
  readonly addon: Addon;
  /** The block in which numbers are passed: see native.ts. */
  readonly block: Float64Array;
  /** Kernels and ops that still run in JavaScript. */
  readonly fallbacks: readonly string[];
  /** Where the addon came from, as text. */
  readonly from: string;
}

/** The backend, or the reason why there is none; undefined before the first call of `loadNative`. */
let loaded: NativeBackend | SimdgradError | undefined;

/**
 * Name of the folder under prebuilds/; a musl build has its own folder. The loader of the operating system
 * distinguishes glibc from musl (tools/prebuild.js says which is built).
 */
const platform = `${process.platform}-${process.arch}`;

/** Where to look for the addon, in this order; `what` completes "running on …". */
function candidates(): { path: string; what: string; required?: true }[] {
  const given = process.env["SIMDGRAD_ADDON"];
  if (given) return [{ path: given, what: `the addon of SIMDGRAD_ADDON, ${given}`, required: true }];
  return [
    ...[platform, `${platform}-musl`].map((name) => ({
      path: join(packageRoot, "prebuilds", name, "simdgrad.node"),
      what: `the prebuilt addon for ${name}`,
    })),
    { path: join(packageRoot, "build/cmake/Release/simdgrad.node"), what: "the local build of cmake-js" },
    { path: join(packageRoot, "build/Release/simdgrad.node"), what: "the local build of node-gyp" },
  ];
}

export function unavailable(why: string, cause?: unknown): SimdgradError {
  return new SimdgradError("BACKEND_UNAVAILABLE", `backend: native is not available: ${why}`, { cause });
}

/** Loads the addon the first time; later calls return the same result. */
export function loadNative(): NativeBackend | SimdgradError {
  if (loaded !== undefined) return loaded;
  let failure: { why: string; error: unknown } | undefined;
  for (const { path, what, required } of candidates()) {
    if (!required && !existsSync(path)) continue;
    try {
      const defect = addonDefect(path);
      if (defect !== undefined) throw new Error(defect);
      const addon = createRequire(import.meta.url)(path) as Addon;
      const { kernels, fallbacks, block } = overlay(addon);
      seeAddresses((array) => addon.behindLine(array));
      const replay = { programs: addon, block };
      const parts = { kernels, allocate: ordinary, replay };
      loaded = { name: "native", ...parts, addon, block, fallbacks, from: what };
      return loaded;
    } catch (error) {
      failure ??= { why: `${what} did not load: ${(error as Error).message}`, error };
    }
  }
  loaded = failure
    ? unavailable(failure.why, failure.error)
    : unavailable(`no prebuilt addon for ${platform} and no local build`);
  return loaded;
}
