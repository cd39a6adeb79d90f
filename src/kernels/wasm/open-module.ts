/** Finds the file of the module and compiles it. */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { bundle, packageFile } from "../../package-root.js";
import { wasmModule } from "../prebuilt.js";
import { Code } from "./code.js";
import { engine } from "./engine.js";
import { relaxedProbe } from "./relaxed-probe.js";
import { usableCores, whyOneThread } from "./thread-workers.js";

/** The module, its file, and what it is, as text; or why there is none. */
export type OpenedModule = { code: Code; from: string; path: string } | { why: string; error?: unknown };

/** Node 20 knows the relaxed instructions but does not enable them. Later versions enable them. */
function enableRelaxed(): boolean | undefined {
  if (engine?.validate(relaxedProbe)) return true;
  if (!process.versions.node?.startsWith("20.")) return false;
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  return engine?.validate(relaxedProbe);
}

const noModule = () =>
  bundle() === undefined
    ? "wasm/simdgrad.wasm of the package is missing"
    : "the bundle has no wasm/simdgrad.wasm: copy node_modules/simdgrad/wasm into its folder";

export function openModule(): OpenedModule {
  const path = packageFile("wasm/simdgrad.wasm", wasmModule);
  const from = "the module of WebAssembly";
  if (engine === undefined) return { why: "this engine has no WebAssembly" };
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(readFileSync(path));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return {
      why: missing ? noModule() : `${from} was not read: ${(error as Error).message}`,
      error,
    };
  }
  if (!enableRelaxed()) return { why: "this engine lacks the relaxed SIMD instructions" };
  try {
    const code = new Code(bytes);
    code.module(usableCores() > 1 && whyOneThread() === undefined);
    return { code, from, path };
  } catch (error) {
    const { name, message } = error as Error;
    const advice =
      name === "CompileError" ? ` (${path} is cut off or damaged: install or copy simdgrad anew)` : "";
    return { why: `${from} did not load: ${message}${advice}`, error };
  }
}
