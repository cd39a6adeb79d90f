/** The backend in use, as users see it. `choice.ts` makes the first choice, when this module is loaded. */
import { SimdgradError } from "../errors.js";
import type { Backend, BackendName } from "./backend-value.js";
import { choose, chooseLater, loadNative, loadWasm } from "./choice.js";
import { inUse, put, recorded } from "./in-use.js";
import { jsBackend } from "./js-backend.js";
import type { NativeBackend } from "./native-backend.js";
import { kernelNames } from "./schema.js";
import { checkThreads, oneOf } from "./settings.js";
import type { WasmBackend } from "./wasm/wasm-backend.js";

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

const first = choose();
use(first.backend, first.reason);

const nativeOrNone = (): NativeBackend | undefined => {
  const native = loadNative();
  return native instanceof SimdgradError ? undefined : native;
};

const wasmOrNone = (): WasmBackend | undefined => {
  const wasm = loadWasm();
  return wasm instanceof SimdgradError ? undefined : wasm;
};

/** What has threads: the module of WebAssembly while it is in use, else the addon. */
const threaded = () => (inUse.name === "wasm" ? wasmOrNone() : nativeOrNone()?.addon);

/** @internal The addon itself. @throws SimdgradError `BACKEND_UNAVAILABLE`. */
export function nativeAddon(): Pick<NativeBackend, "addon" | "block"> {
  const native = loadNative();
  if (native instanceof SimdgradError) throw native;
  return native;
}

/**
 * The backend in use and its settings.
 * @example backend.setThreads(backend.threads) // undefined
 */
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
   * Number of threads that share the work of one kernel, including the calling thread. The JS core has one,
   * and so has WebAssembly where `reason` says why.
   */
  get threads(): number {
    return inUse.name === "js" ? 1 : (threaded()?.threads() ?? 1);
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
    return threaded()?.workerChunks() ?? 0;
  },

  /** The file of the addon, or of the WebAssembly module if that is in use; null without an addon. */
  get addonPath(): string | null {
    return (inUse.name === "wasm" ? wasmOrNone() : nativeOrNone())?.path ?? null;
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

  /**
   * In a browser: fetches the module of WebAssembly and switches this page or Worker to it. The JavaScript
   * core runs until then. If the module cannot be had, one line says why and the JavaScript core stays in
   * use. In Node the backend is chosen when the library is loaded, and there is nothing to wait for.
   *
   *     await backend.load()
   *
   * Resolves to the name of the backend in use. `source`: the URL of `simdgrad.wasm`; default: its place in
   * the package, beside `dist`, as bundlers find it.
   * @throws SimdgradError `BACKEND_FIXED` if a program was recorded (`compile`, `fit`) on the JavaScript core
   * before the module arrived: its bits would change between two steps. The JavaScript core stays in use;
   * `backend.use("wasm")` switches between two runs, and compiled functions are then recorded again.
   */
  async load(source?: string | URL): Promise<BackendName> {
    const later = inUse.name === "wasm" ? null : await chooseLater(source);
    if (later === null || inUse.name !== "js") return inUse.name;
    if (later.backend !== inUse && recorded)
      throw new SimdgradError(
        "BACKEND_FIXED",
        `backend.load: the backend cannot change while recorded programs use it: a function was compiled on the JS core before the module had arrived; await backend.load() before the first step, or call backend.use("${later.backend.name}") between two runs`,
      );
    use(later.backend, later.reason);
    return inUse.name;
  },

  /** Sets the instruction set for the whole process, for tests and measurements. */
  useIsa(wanted: string): void {
    const { addon } = nativeAddon();
    oneOf("backend.useIsa", wanted, addon.isas);
    addon.setIsa(wanted);
  },

  /**
   * Sets the number of threads, 1 to 256, for the whole process, at any time. No result depends on it. More
   * threads than cores make nothing faster and little slower: they help only while other threads wait. On
   * WebAssembly the number holds for this thread (main or Worker), and a page has at most those that
   * `backend.load()` started.
   */
  setThreads(n: number): void {
    checkThreads("backend.setThreads", n, String(n));
    threaded()?.setThreads(n);
  },
};
