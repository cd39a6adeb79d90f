/** Fetches the module of WebAssembly and compiles it. */
import { Code } from "../../../kernels/wasm/code.js";
import { engine, type Module } from "../../../kernels/wasm/engine.js";
import type { OpenedModule } from "../../../kernels/wasm/open-module.js";
import { relaxedProbe } from "../../../kernels/wasm/relaxed-probe.js";
import { startWorkers, whyOneThread } from "./thread-workers.js";

/** The rest of WebAssembly's API: browsers compile without blocking the page. */
interface Compiler {
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}

let opened: OpenedModule = { why: "the module of WebAssembly is not loaded: await backend.load()" };

/** What the last `fetchModule` found. */
export const openModule = (): OpenedModule => opened;

/** Fetches and compiles the module for `openModule`, which says why if that fails. */
export async function fetchModule(source?: string | URL): Promise<void> {
  // Bundlers look for this expression, copy the file and replace the path.
  opened = await open(source ?? new URL("../../../../wasm/simdgrad.wasm", import.meta.url));
}

async function open(source: string | URL): Promise<OpenedModule> {
  if (engine === undefined) return { why: "this browser has no WebAssembly" };
  if (!engine.validate(relaxedProbe)) return { why: "this browser lacks the relaxed SIMD instructions" };
  const { location } = globalThis as { location?: { href: string } };
  const path = new URL(source, location?.href).href;
  let bytes: ArrayBuffer;
  try {
    const response = await fetch(path);
    if (!response.ok) return { why: `${path} was not found (status ${response.status})` };
    bytes = await response.arrayBuffer();
  } catch (error) {
    return { why: `${path} was not fetched: ${(error as Error).message}`, error };
  }
  // Many servers answer with a page where there is no file.
  if (new DataView(bytes).byteLength < 4 || new DataView(bytes).getUint32(0) !== 0x0061736d)
    return { why: `${path} is no module of WebAssembly` };
  try {
    await startWorkers();
    const shared = whyOneThread() === undefined;
    const code = new Code(new Uint8Array(bytes));
    code.keep(shared, await (engine as unknown as Compiler).compile(code.bytesFor(shared)));
    return { code, from: `the module of WebAssembly, ${path}`, path };
  } catch (error) {
    return { why: `${path} did not load: ${(error as Error).message}`, error };
  }
}
