/**
 * Chooses the backend when the library is loaded: the one that SIMDGRAD_BACKEND names, else the first that
 * loads of native code, WebAssembly and the JavaScript core.
 */
import { variables } from "../environment.js";
import { SimdgradError } from "../errors.js";
import { tellOnce } from "../host/messages.js";
import type { Addon } from "./addon.js";
import type { Backend } from "./backend-value.js";
import { jsBackend } from "./js-backend.js";
import { loadNative, unavailable } from "./native-backend.js";
import { type Kernels, kernelNames } from "./schema.js";
import { checkThreads, oneOf } from "./settings.js";
import { loadWasm as loadModule, type WasmBackend } from "./wasm/wasm-backend.js";

export { loadNative } from "./native-backend.js";

/** A backend, and why it is in use. */
export interface Choice {
  readonly backend: Backend;
  readonly reason: string;
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

const tell = (where: string, why: string) => tellOnce(`simdgrad: running on ${where} (${why})`);

let threadsAreSet = false;

/** The module of WebAssembly, with the threads that SIMDGRAD_THREADS names. @throws ValueError. */
export function loadWasm(): WasmBackend | SimdgradError {
  const wasm = loadModule();
  if (wasm instanceof SimdgradError || threadsAreSet) return wasm;
  applyThreads(wasm);
  threadsAreSet = true;
  return wasm;
}

/** What runs where native code does not. */
function withoutNative(native: SimdgradError): Choice {
  const wasm = loadWasm();
  if (wasm instanceof SimdgradError) {
    const why = `${whyNot(native)}; wasm: ${whyNot(wasm)}`;
    tell("the JS core", why);
    return { backend: jsBackend, reason: why };
  }
  tell("WebAssembly", whyNot(native));
  return { backend: wasm, reason: `${wasm.from}, because ${whyNot(native)}` };
}

export function choose(): Choice {
  try {
    const wanted = setting("SIMDGRAD_BACKEND");
    if (wanted === "js") return { backend: jsBackend, reason: "SIMDGRAD_BACKEND=js" };
    if (wanted === "wasm") {
      const wasm = loadWasm();
      if (wasm instanceof SimdgradError) throw wasm;
      return { backend: wasm, reason: `SIMDGRAD_BACKEND=wasm: ${wasm.from}` };
    }
    const native = loadNative();
    if (!(native instanceof SimdgradError)) {
      applyEnvironment(native.addon);
      return { backend: native, reason: wanted ? `SIMDGRAD_BACKEND=native: ${native.from}` : native.from };
    }
    if (wanted || process.env["SIMDGRAD_ADDON"]) throw native;
    return withoutNative(native);
  } catch (error) {
    return { backend: broken(error), reason: (error as Error).message };
  }
}

/** The value of a variable with named values; undefined if it is not set, or empty. @throws ValueError. */
function setting<N extends "SIMDGRAD_BACKEND" | "SIMDGRAD_ISA" | "SIMDGRAD_KEEP_MEMORY">(
  name: N,
): (typeof variables)[N]["values"][number] | undefined {
  const value = process.env[name];
  return value ? oneOf(name, value, variables[name].values) : undefined;
}

/**
 * Applies SIMDGRAD_ISA and SIMDGRAD_THREADS, and checks SIMDGRAD_KEEP_MEMORY. They hold for the process: the
 * first environment that loads the addon applies them.
 */
function applyEnvironment(addon: Addon): void {
  const isa = setting("SIMDGRAD_ISA");
  if (isa) {
    if (!addon.isas.includes(isa))
      throw unavailable(
        `SIMDGRAD_ISA=${isa} does not run here${addon.isaNote ? ` (${addon.isaNote})` : ""}; this CPU runs ${addon.isas.join(", ")}`,
      );
    if (addon.first) addon.setIsa(isa);
  }
  applyThreads(addon, addon.first);
  setting("SIMDGRAD_KEEP_MEMORY"); // open-addon.ts applies it
}

/** Checks SIMDGRAD_THREADS, and applies it. */
function applyThreads(to: Pick<Addon, "setThreads">, first = true): void {
  const threads = process.env["SIMDGRAD_THREADS"];
  if (!threads) return;
  const n = /^\d+$/.test(threads) ? Number(threads) : Number.NaN;
  checkThreads("SIMDGRAD_THREADS", n, `"${threads}"`);
  if (first) to.setThreads(n);
}

/**
 * The backend that is better than the one chosen, once it has arrived; null if there is none. `source`: where
 * the module of WebAssembly is. In Node everything is loaded with the library.
 */
export async function chooseLater(_source?: string | URL): Promise<Choice | null> {
  return null;
}
