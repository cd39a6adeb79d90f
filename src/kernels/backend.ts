/**
 * Chooses the backend when this module is loaded: the one that SIMDGRAD_BACKEND names, else the first that
 * loads of native code, WebAssembly and the JavaScript core.
 */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import { SimdgradError } from "../errors.js";
import type { Backend, BackendName } from "./backend-value.js";
import { inUse, put } from "./in-use.js";
import { jsBackend } from "./js-backend.js";
import { loadNative, type NativeBackend } from "./native-backend.js";
import { type Kernels, kernelNames } from "./schema.js";
import { applyEnvironment, checkThreads, oneOf, setting } from "./settings.js";
import { loadWasm, type WasmBackend } from "./wasm/wasm-backend.js";

export { maxThreads } from "../environment.js";
export type { BackendName } from "./backend-value.js";
export { inUse, k, withKernels } from "./in-use.js";

const backends: Record<BackendName, () => Backend | SimdgradError> = {
  js: () => jsBackend,
  wasm: loadWasm,
  native: loadNative,
};
const names = Object.keys(backends) as BackendName[];

let reason = "";

function use(chosen: Backend, why: string): void {
  put(chosen);
  reason = why;
}

/**
 * A backend in which every kernel throws: the error appears at the first use, because an import must not
 * throw.
 */
function broken(error: unknown): Backend {
  const fail = () => {
    throw error;
  };
  const kernels = Object.fromEntries(kernelNames.map((name) => [name, fail])) as unknown as Kernels;
  const wanted = process.env["SIMDGRAD_BACKEND"];
  const name = wanted === "js" || wanted === "wasm" ? wanted : "native";
  return { ...jsBackend, name, kernels };
}

/** The reason in the error of `loadNative` or `loadWasm`, without the prefix. */
const whyNot = (error: SimdgradError) => error.message.replace(/^backend: \w+ is not available: /, "");

/** Prints the reason once per process; the Workers that the process starts do not print it again. */
function tell(where: string, why: string): void {
  if (getEnvironmentData("simdgrad told")) return;
  setEnvironmentData("simdgrad told", true);
  process.stderr.write(`simdgrad: running on ${where} (${why})\n`);
}

/** What runs where native code does not. */
function withoutNative(native: SimdgradError): void {
  const wasm = loadWasm();
  if (wasm instanceof SimdgradError) {
    const why = `${whyNot(native)}; wasm: ${whyNot(wasm)}`;
    use(jsBackend, why);
    tell("the JS core", why);
  } else {
    use(wasm, `${wasm.from}, because ${whyNot(native)}`);
    tell("WebAssembly", whyNot(native));
  }
}

function choose(): void {
  try {
    const wanted = setting("SIMDGRAD_BACKEND");
    if (wanted === "js") {
      use(jsBackend, "SIMDGRAD_BACKEND=js");
      return;
    }
    if (wanted === "wasm") {
      const wasm = loadWasm();
      if (wasm instanceof SimdgradError) throw wasm;
      use(wasm, `SIMDGRAD_BACKEND=wasm: ${wasm.from}`);
      return;
    }
    const native = loadNative();
    if (!(native instanceof SimdgradError)) {
      applyEnvironment(native.addon);
      use(native, wanted ? `SIMDGRAD_BACKEND=native: ${native.from}` : native.from);
    } else if (wanted || process.env["SIMDGRAD_ADDON"]) {
      throw native;
    } else {
      withoutNative(native);
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

const wasmOrNone = (): WasmBackend | undefined => {
  const wasm = loadWasm();
  return wasm instanceof SimdgradError ? undefined : wasm;
};

/** @internal The addon itself. @throws SimdgradError `BACKEND_UNAVAILABLE`. */
export function nativeAddon(): Pick<NativeBackend, "addon" | "block"> {
  const native = loadNative();
  if (native instanceof SimdgradError) throw native;
  return native;
}

/** The backend in use and its settings. */
export const backend = {
  /** `"native"` (C++ with SIMD), `"wasm"` (the same C++ as WebAssembly) or `"js"`. */
  get name(): BackendName {
    return inUse.name;
  },

  /**
   * Why this backend is in use: `the prebuilt addon for linux-x64`, `SIMDGRAD_BACKEND=js`, or the reason why
   * the addon did not load.
   */
  get reason(): string {
    return reason;
  },

  /**
   * Instruction set of the native kernels in use: portable, avx2, avx512, avx512bf16 or neon. On WebAssembly:
   * relaxedsimd, or `"relaxedsimd-unfused"` on an engine whose multiply-add rounds twice. On the JS core:
   * `"js"`.
   */
  get isa(): string {
    if (inUse.name === "js") return "js";
    const isa = inUse.name === "wasm" ? wasmOrNone()?.isa : nativeOrNone()?.addon.isa();
    return isa ?? "none";
  },

  /**
   * Instruction sets that this CPU can run, slowest first; empty without an addon. SIMDGRAD_ISA picks one.
   */
  get isas(): readonly string[] {
    return nativeOrNone()?.addon.isas ?? [];
  },

  /**
   * Number of threads that share the work of one kernel, including the calling thread. The JS core has one.
   */
  get threads(): number {
    return inUse.name === "native" ? (nativeOrNone()?.addon.threads() ?? 1) : 1;
  },

  /**
   * Number of cores that the control group of this process allows (may be a fraction). Null if there is no
   * limit, or no addon that can determine it.
   */
  get quota(): number | null {
    return nativeOrNone()?.addon.quota() || null;
  },

  /**
   * Kernels and ops that run in JavaScript even on the backend in use, such as `permutation` or `unary.mish`.
   */
  get fallbacks(): readonly string[] {
    if (inUse.name === "js") return kernelNames;
    return (inUse.name === "wasm" ? wasmOrNone() : nativeOrNone())?.fallbacks ?? [];
  },

  /**
   * Chunks of work that threads other than the calling one have run in this process: shows that they take
   * part.
   */
  get workerChunks(): number {
    return nativeOrNone()?.addon.workerChunks() ?? 0;
  },

  /** The file of the addon in use; null without an addon. */
  get addonPath(): string | null {
    return nativeOrNone()?.path ?? null;
  },

  /** Hash of the sources from which the addon was built; null without an addon. */
  get sourceHash(): string | null {
    return nativeOrNone()?.addon.sourceHash ?? null;
  },

  /**
   * Switches this thread (main or Worker) to a backend. Throws BACKEND_UNAVAILABLE if it cannot be loaded.
   */
  use(wanted: BackendName): void {
    const chosen = backends[oneOf("backend.use", wanted, names)]();
    if (chosen instanceof SimdgradError) throw chosen;
    const from = (chosen as Partial<NativeBackend>).from;
    use(chosen, `backend.use("${chosen.name}")${from === undefined ? "" : `: ${from}`}`);
  },

  /** Sets the instruction set for the whole process, for tests and measurements. */
  useIsa(wanted: string): void {
    const { addon } = nativeAddon();
    oneOf("backend.useIsa", wanted, addon.isas);
    addon.setIsa(wanted);
  },

  /**
   * Sets the number of threads, 1 to 256, for the whole process, at any time. No result depends on it. More
   * threads than cores make nothing faster and little slower: they help only while other threads wait.
   */
  setThreads(n: number): void {
    checkThreads("backend.setThreads", n, String(n));
    nativeOrNone()?.addon.setThreads(n);
  },
};
