/** Loads the kernels in a Worker. */
import { backend } from "simdgrad";

/** `?backend=js` in the address of the page: the JavaScript core. */
const isJs = new URLSearchParams(location.search).get("backend") === "js";

let loading: Promise<unknown> | undefined;

/** Ends when it is known what trains: WebAssembly or the JavaScript core. Later calls return the same promise. */
export function load(): Promise<unknown> {
  loading ??= isJs ? Promise.resolve() : backend.load("simdgrad.wasm");
  return loading;
}
