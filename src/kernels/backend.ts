/**
 * Which table of kernels is in use. Decided when this module is loaded: SIMDGRAD_BACKEND, else native code when there is an
 * addon that loads, else the JavaScript core. `k` is the table in use, a live binding: always call `k.name(…)`, never keep it.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { busy, checkFree, whenBusy } from "../busy.js";
import { seeAddresses } from "../cache-lines.js";
import { SimdgradError, ValueError } from "../errors.js";
import { editDistance } from "../nearest.js";
import { packageRoot } from "../package-root.js";
import type { Addon } from "./addon.js";
import { addonDefect } from "./addon-file.js";
import { regionsOf } from "./calls.js";
import * as js from "./js/index.js";
import { overlay } from "./native.js";
import { type KernelName, type Kernels, kernelNames } from "./schema.js";

export type BackendName = "js" | "native";

interface Loaded {
  addon: Addon;
  kernels: Kernels;
  fallbacks: string[];
  /** What numbers are handed over in: see native.ts. */
  block: Float64Array;
  /** Where the addon came from, in words. */
  from: string;
}

const core: Kernels = js;

/** The addon, once it was asked for; or the reason why there is none. */
let loaded: Loaded | SimdgradError | undefined;

/** Folders under prebuilds/ that may fit; the loader of the operating system tells glibc from musl (tools/prebuild.js says which is built). */
const platform = `${process.platform}-${process.arch}`;

/** Where to look, in this order; `what` completes "running on …". */
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

function unavailable(why: string, cause?: unknown): SimdgradError {
  return new SimdgradError("BACKEND_UNAVAILABLE", `backend: native is not available: ${why}`, { cause });
}

/** Loads the addon the first time; afterwards says the same again. */
function load(): Loaded | SimdgradError {
  if (loaded !== undefined) return loaded;
  let failure: { why: string; error: unknown } | undefined;
  for (const { path, what, required } of candidates()) {
    if (!required && !existsSync(path)) continue;
    try {
      const defect = addonDefect(path);
      if (defect !== undefined) throw new Error(defect);
      const addon = createRequire(import.meta.url)(path) as Addon;
      const table = overlay(addon);
      seeAddresses((array) => addon.behindLine(array));
      loaded = { addon, ...table, from: what };
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

/** The reason in `load`'s error, without the prefix. */
const whyNot = (error: SimdgradError) => error.message.replace("backend: native is not available: ", "");

function oneOf<T extends string>(what: string, value: string, valid: readonly T[]): T {
  if ((valid as readonly string[]).includes(value)) return value as T;
  // Of two that are as far, the one that begins like it.
  const begin = (name: string) => [...name].findIndex((letter, i) => letter !== value[i]);
  const near = [...valid].sort(
    (a, b) => editDistance(value, a) - editDistance(value, b) || begin(b) - begin(a),
  )[0];
  throw new ValueError(
    `${what}: one of ${valid.join(", ")} is needed: "${value}"; did you mean "${near}"?`,
    "INVALID_BACKEND",
  );
}

const isaNames = ["portable", "avx2", "avx512", "neon"] as const;

/** What the pool has room for (native/threads/pool.h). */
export const maxThreads = 256;

function checkThreads(what: string, n: number, given: string): number {
  if (!Number.isInteger(n) || n < 1 || n > maxThreads)
    throw new ValueError(
      `${what}: a number of threads from 1 to ${maxThreads} is needed: ${given}`,
      "INVALID_BACKEND",
    );
  return n;
}

/** SIMDGRAD_ISA and SIMDGRAD_THREADS; they count for the process, so the first environment that loads the addon applies them. */
function applyEnvironment({ addon }: Loaded): void {
  const isa = process.env["SIMDGRAD_ISA"];
  const threads = process.env["SIMDGRAD_THREADS"];
  if (isa) {
    oneOf("SIMDGRAD_ISA", isa, isaNames);
    if (!addon.isas.includes(isa))
      throw unavailable(
        `SIMDGRAD_ISA=${isa} does not run here${addon.isaNote ? ` (${addon.isaNote})` : ""}; this CPU runs ${addon.isas.join(", ")}`,
      );
    if (addon.first) addon.setIsa(isa);
  }
  if (threads) {
    const n = checkThreads(
      "SIMDGRAD_THREADS",
      /^\d+$/.test(threads) ? Number(threads) : Number.NaN,
      `"${threads}"`,
    );
    if (addon.first) addon.setThreads(n);
  }
}

/** A table in which every kernel throws: what is wrong shows at the first use, since an import must not throw. */
function broken(error: unknown): Kernels {
  const fail = () => {
    throw error;
  };
  return Object.fromEntries(kernelNames.map((name) => [name, fail])) as unknown as Kernels;
}

/** The table in use. */
export let k: Kernels = core;

let name: BackendName = "js";
let reason = "";

/** Runs `fn` with `other` in the place of the kernels: to note or to time calls. Null: with the kernels themselves. */
export function withKernels<T>(other: Kernels | null, fn: () => T): T {
  const before = k;
  k = other ?? table;
  try {
    return fn();
  } finally {
    k = before;
  }
}

/** The table in use, before it is guarded. */
let table: Kernels = core;

/** `table`, and while native threads work on tensors a table that asks first whether a call touches one of these. */
function apply(chosen: Kernels): void {
  table = chosen;
  k = busy ? guarded(chosen) : chosen;
}

whenBusy(() => apply(table));

function guarded(kernels: Kernels): Kernels {
  const guard =
    (name: KernelName, kernel: (...args: unknown[]) => number) =>
    (...args: unknown[]) => {
      for (const region of regionsOf({ name, args })) checkFree(name, region, region.access);
      return kernel(...args);
    };
  return Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]) => [
      name,
      guard(name as KernelName, kernel as () => number),
    ]),
  ) as unknown as Kernels;
}

function useCore(why: string): void {
  apply(core);
  name = "js";
  reason = why;
}

function useNative(native: Loaded, why: string): void {
  apply(native.kernels);
  name = "native";
  reason = why;
}

/** Once in a process, and not again in the Workers it starts. */
function tell(why: string): void {
  if (getEnvironmentData("simdgrad told")) return;
  setEnvironmentData("simdgrad told", true);
  process.stderr.write(`simdgrad: running on the JS core (${why})\n`);
}

function choose(): void {
  const wanted = process.env["SIMDGRAD_BACKEND"];
  try {
    if (wanted && oneOf("SIMDGRAD_BACKEND", wanted, ["js", "native"]) === "js") {
      useCore("SIMDGRAD_BACKEND=js");
      return;
    }
    const native = load();
    if (!(native instanceof SimdgradError)) {
      applyEnvironment(native);
      useNative(native, wanted ? `SIMDGRAD_BACKEND=native: ${native.from}` : native.from);
    } else if (wanted || process.env["SIMDGRAD_ADDON"]) {
      throw native;
    } else {
      useCore(whyNot(native));
      tell(whyNot(native));
    }
  } catch (error) {
    k = broken(error);
    name = process.env["SIMDGRAD_BACKEND"] === "js" ? "js" : "native";
    reason = (error as Error).message;
  }
}

choose();

const nativeOrNone = (): Loaded | undefined => {
  const native = load();
  return native instanceof SimdgradError ? undefined : native;
};

/** @internal The addon itself, for programs. @throws SimdgradError `BACKEND_UNAVAILABLE`. */
export function nativeAddon(): Pick<Loaded, "addon" | "block"> {
  const native = load();
  if (native instanceof SimdgradError) throw native;
  return native;
}

/** What runs the kernels, and how. */
export const backend = {
  /** `"native"` (C++ with SIMD) or `"js"`. */
  get name(): BackendName {
    return name;
  },

  /** Why that one: `the prebuilt addon for linux-x64`, `SIMDGRAD_BACKEND=js`, the reason why the addon did not load. */
  get reason(): string {
    return reason;
  },

  /** Instruction set of the native kernels in use: portable, avx2, avx512 or neon. On the JS core: `"js"`. */
  get isa(): string {
    return name === "native" ? (nativeOrNone()?.addon.isa() ?? "none") : "js";
  },

  /** Instruction sets that this CPU can run, slowest first; empty without an addon. SIMDGRAD_ISA picks one. */
  get isas(): readonly string[] {
    return nativeOrNone()?.addon.isas ?? [];
  },

  /** Threads that share one kernel's work, the calling one included. The JS core has one. */
  get threads(): number {
    return name === "native" ? (nativeOrNone()?.addon.threads() ?? 1) : 1;
  },

  /** Cores that the control group of this process allows (may be a fraction); null when there is no limit, or no addon to ask. */
  get quota(): number | null {
    return nativeOrNone()?.addon.quota() || null;
  },

  /** Kernels and ops that run in JavaScript although the backend is native, such as `permutation` or `unary.mish`. */
  get fallbacks(): readonly string[] {
    if (name === "js") return kernelNames;
    return nativeOrNone()?.fallbacks ?? [];
  },

  /** Chunks of work that threads other than the calling one have run so far in this process: tells that they do take part. */
  get workerChunks(): number {
    return nativeOrNone()?.addon.workerChunks() ?? 0;
  },

  /** Hash of the sources the addon was built from, or null without one. */
  get sourceHash(): string | null {
    return nativeOrNone()?.addon.sourceHash ?? null;
  },

  /** Switches this thread (main or Worker) to a backend. Throws BACKEND_UNAVAILABLE when native code cannot be loaded. */
  use(wanted: BackendName): void {
    if (oneOf("backend.use", wanted, ["js", "native"]) === "js") {
      useCore('backend.use("js")');
      return;
    }
    const native = load();
    if (native instanceof SimdgradError) throw native;
    useNative(native, `backend.use("native"): ${native.from}`);
  },

  /** Forces an instruction set, for the whole process: for tests and measurements. */
  useIsa(wanted: string): void {
    const native = load();
    if (native instanceof SimdgradError) throw native;
    oneOf("backend.useIsa", wanted, native.addon.isas);
    native.addon.setIsa(wanted);
  },

  /**
   * Sets the number of threads, 1 to 256, for the whole process, at any time. No result depends on it. Threads beyond the number of cores
   * make nothing faster and little slower: they help only while others stand still.
   */
  setThreads(n: number): void {
    checkThreads("backend.setThreads", n, String(n));
    nativeOrNone()?.addon.setThreads(n);
  },
};
