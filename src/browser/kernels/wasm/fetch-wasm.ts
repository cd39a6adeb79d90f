/** All that `backend.load` needs: bundlers make a file of its own of it, which is loaded then. */
import type { SimdgradError } from "../../../errors.js";
import { loadWasm, type WasmBackend } from "../../../kernels/wasm/wasm-backend.js";
import { addWritten } from "../../host/code.js";
import { bind } from "../written-bind.js";
import { fetchModule } from "./open-module.js";

export async function fetchWasm(source?: string | URL): Promise<WasmBackend | SimdgradError> {
  addWritten("bind", bind);
  await fetchModule(source);
  return loadWasm();
}
