/**
 * The backend of a browser: the JavaScript core, until `backend.load()` has fetched the module of
 * WebAssembly. Its code is loaded then, too, so that bundlers keep it apart.
 */
import { SimdgradError } from "../../errors.js";
import type { Choice } from "../../kernels/choice.js";
import { jsBackend } from "../../kernels/js-backend.js";
import type { NativeBackend } from "../../kernels/native-backend.js";
import type { WasmBackend } from "../../kernels/wasm/wasm-backend.js";
import { tellOnce } from "../host/messages.js";

const unavailable = (name: string, why: string, cause?: unknown) =>
  new SimdgradError("BACKEND_UNAVAILABLE", `backend: ${name} is not available: ${why}`, { cause });

const notLoaded = "the module of WebAssembly is not loaded: await backend.load()";

/**
 * What the last attempt brought; undefined before the first. No error is made in advance: V8 parses the whole
 * library again for the lines of its stack, which takes a fifth of the time of loading it.
 */
let wasm: WasmBackend | SimdgradError | undefined;

export const loadWasm = (): WasmBackend | SimdgradError => wasm ?? unavailable("wasm", notLoaded);

export const loadNative = (): NativeBackend | SimdgradError =>
  unavailable("native", "a browser loads no addons");

export const choose = (): Choice => ({ backend: jsBackend, reason: notLoaded });

/** The running attempt: two calls fetch the module once. */
let attempt: Promise<Choice> | null = null;

export async function chooseLater(source?: string | URL): Promise<Choice> {
  attempt ??= load(source);
  try {
    return await attempt;
  } finally {
    attempt = null;
  }
}

async function load(source?: string | URL): Promise<Choice> {
  if (wasm === undefined || wasm instanceof SimdgradError) wasm = await fetched(source);
  if (!(wasm instanceof SimdgradError)) return { backend: wasm, reason: wasm.from };
  const why = wasm.message.replace("backend: wasm is not available", "wasm");
  tellOnce(`simdgrad: running on the JS core (${why})`);
  return { backend: jsBackend, reason: why };
}

async function fetched(source?: string | URL): Promise<WasmBackend | SimdgradError> {
  try {
    const { fetchWasm } = await import("./wasm/fetch-wasm.js");
    return await fetchWasm(source);
  } catch (error) {
    return unavailable("wasm", `its code was not loaded: ${(error as Error).message}`, error);
  }
}
