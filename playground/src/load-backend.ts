/** Loads the kernels in a Worker, from the moment it starts: meanwhile the page is still loading. */
import { backend } from "simdgrad";

/** `?backend=js` in the address of the page: the JavaScript core. */
const isJs = new URLSearchParams(location.search).get("backend") === "js";

/** Ends when it is known what trains: WebAssembly or the JavaScript core. */
export const loaded: Promise<unknown> = isJs ? Promise.resolve() : backend.load("simdgrad.wasm");
