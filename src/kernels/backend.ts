/**
 * Which backend is in use. Decided when this module is loaded: SIMDGRAD_BACKEND, else native code when there
 * is an addon that loads, else the JavaScript core.
 */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { SimdgradError } from "../errors.js";
import type { Backend, BackendName } from "./backend-value.js";
import { inUse, put } from "./in-use.js";
import { jsBackend } from "./js-backend.js";
import { loadNative, type NativeBackend } from "./native-backend.js";
import { type Kernels, kernelNames } from "./schema.js";
import { applyEnvironment, checkThreads, oneOf } from "./settings.js";

export type { BackendName } from "./backend-value.js";
export { inUse, k, withKernels } from "./in-use.js";
export { maxThreads } from "./settings.js";

const backends: Record<BackendName, () => Backend | SimdgradError> = {
  js: () => jsBackend,
  native: loadNative,
};
const names = Object.keys(backends) as BackendName[];

let reason = "";

function use(chosen: Backend, why: string): void {
  put(chosen);
  reason = why;
}

/**
 * A backend in which every kernel throws: what is wrong shows at the first use, since an import must not
 * throw.
 */
function broken(error: unknown): Backend {
  const fail = () => {
    throw error;
  };
  const kernels = Object.fromEntries(kernelNames.map((name) => [name, fail])) as unknown as Kernels;
  const name = process.env["SIMDGRAD_BACKEND"] === "js" ? "js" : "native";
  return { ...jsBackend, name, kernels };
}

/** The reason in the error of `loadNative`, without the prefix. */
const whyNot = (error: SimdgradError) => error.message.replace("backend: native is not available: ", "");

/** Once in a process, and not again in the Workers it starts. */
function tell(why: string): void {
  if (getEnvironmentData("simdgrad told")) return;
  setEnvironmentData("simdgrad told", true);
  process.stderr.write(`simdgrad: running on the JS core (${why})\n`);
}

function choose(): void {
  const wanted = process.env["SIMDGRAD_BACKEND"];
  try {
    if (wanted && oneOf("SIMDGRAD_BACKEND", wanted, names) === "js") {
      use(jsBackend, "SIMDGRAD_BACKEND=js");
      return;
    }
    const native = loadNative();
    if (!(native instanceof SimdgradError)) {
      applyEnvironment(native.addon);
      use(native, wanted ? `SIMDGRAD_BACKEND=native: ${native.from}` : native.from);
    } else if (wanted || process.env["SIMDGRAD_ADDON"]) {
      throw native;
    } else {
      use(jsBackend, whyNot(native));
      tell(whyNot(native));
    }
  } catch (error) {
    use(broken(error), (error as Error).message);
  }
}

choose();

const nativeOrNone = (): NativeBackend | undefined => {
  const native = loadNative();
  return native instanceof SimdgradError ? undefined : native;
};

/** @internal The addon itself. @throws SimdgradError `BACKEND_UNAVAILABLE`. */
export function nativeAddon(): Pick<NativeBackend, "addon" | "block"> {
  const native = loadNative();
  if (native instanceof SimdgradError) throw native;
  return native;
}

/** What runs the kernels, and how. */
export const backend = {
  /** `"native"` (C++ with SIMD) or `"js"`. */
  get name(): BackendName {
    return inUse.name;
  },

  /**
   * Why that one: `the prebuilt addon for linux-x64`, `SIMDGRAD_BACKEND=js`, the reason why the addon did not
   * load.
   */
  get reason(): string {
    return reason;
  },

  /** Instruction set of the native kernels in use: portable, avx2, avx512 or neon. On the JS core: `"js"`. */
  get isa(): string {
    return inUse.name === "native" ? (nativeOrNone()?.addon.isa() ?? "none") : "js";
  },

  /**
   * Instruction sets that this CPU can run, slowest first; empty without an addon. SIMDGRAD_ISA picks one.
   */
  get isas(): readonly string[] {
    return nativeOrNone()?.addon.isas ?? [];
  },

  /** Threads that share one kernel's work, the calling one included. The JS core has one. */
  get threads(): number {
    return inUse.name === "native" ? (nativeOrNone()?.addon.threads() ?? 1) : 1;
  },

  /**
   * Cores that the control group of this process allows (may be a fraction); null when there is no limit, or
   * no addon to ask.
   */
  get quota(): number | null {
    return nativeOrNone()?.addon.quota() || null;
  },

  /**
   * Kernels and ops that run in JavaScript although the backend is native, such as `permutation` or
   * `unary.mish`.
   */
  get fallbacks(): readonly string[] {
    if (inUse.name === "js") return kernelNames;
    return nativeOrNone()?.fallbacks ?? [];
  },

  /**
   * Chunks of work that threads other than the calling one have run so far in this process: tells that they
   * do take part.
   */
  get workerChunks(): number {
    return nativeOrNone()?.addon.workerChunks() ?? 0;
  },

  /** Hash of the sources the addon was built from, or null without one. */
  get sourceHash(): string | null {
    return nativeOrNone()?.addon.sourceHash ?? null;
  },

  /**
   * Switches this thread (main or Worker) to a backend. Throws BACKEND_UNAVAILABLE when native code cannot be
   * loaded.
   */
  use(wanted: BackendName): void {
    const chosen = backends[oneOf("backend.use", wanted, names)]();
    if (chosen instanceof SimdgradError) throw chosen;
    const from = (chosen as Partial<NativeBackend>).from;
    use(chosen, `backend.use("${chosen.name}")${from === undefined ? "" : `: ${from}`}`);
  },

  /** Forces an instruction set, for the whole process: for tests and measurements. */
  useIsa(wanted: string): void {
    const { addon } = nativeAddon();
    oneOf("backend.useIsa", wanted, addon.isas);
    addon.setIsa(wanted);
  },

  /**
   * Sets the number of threads, 1 to 256, for the whole process, at any time. No result depends on it.
   * Threads beyond the number of cores make nothing faster and little slower: they help only while others
   * stand still.
   */
  setThreads(n: number): void {
    checkThreads("backend.setThreads", n, String(n));
    nativeOrNone()?.addon.setThreads(n);
  },
};
