/** The backend of WebAssembly: the C++ kernels, compiled to a module, which is loaded once. */
import { ordinary } from "../../allocator.js";
import { SimdgradError } from "../../errors.js";
import { version } from "../../version.js";
import type { Backend } from "../backend-value.js";
import type { Kernel } from "../marshal.js";
import { overlay } from "../native.js";
import type { KernelName } from "../schema.js";
import { Door } from "./door.js";
import { inJavaScript } from "./in-javascript.js";
import { type Exports, textAt } from "./module.js";
import { openModule } from "./open-module.js";

export interface WasmBackend extends Backend {
  readonly door: Door;
  /** `relaxedsimd`; `relaxedsimd-unfused` where multiply-add rounds twice, so that bits differ. */
  readonly isa: string;
  readonly fallbacks: readonly string[];
  /** What was loaded, as text. */
  readonly from: string;
  readonly path: string;
  readonly sourceHash: string;
}

let loaded: WasmBackend | undefined;

function unavailable(why: string, cause?: unknown): SimdgradError {
  return new SimdgradError("BACKEND_UNAVAILABLE", `backend: wasm is not available: ${why}`, { cause });
}

const listed = (count: number, at: (index: number) => number, exports: Exports): string[] =>
  Array.from({ length: count }, (_, index) => textAt(exports, at(index)));

/** The kernels and ops of the module that are worth the copies, as the addon lists its own. */
function worthwhile(door: Door): { kernels: Record<string, Kernel>; ops: Record<string, string[]> } {
  const { exports } = door;
  const names = listed(exports.kernelCount(), exports.kernelName, exports);
  const families = listed(exports.opListCount(), exports.opFamily, exports);
  const ops = Object.fromEntries(
    families.map((family, list) => [
      family,
      listed(exports.opCount(list), (code) => exports.opName(list, code), exports),
    ]),
  );
  const kernels: Record<string, Kernel> = {};
  names.forEach((name, index) => {
    if (!inJavaScript.kernels.has(name)) kernels[name] = door.kernel(name as KernelName, index);
  });
  return { kernels, ops };
}

function load(): WasmBackend | SimdgradError {
  const opened = openModule();
  if ("why" in opened) return unavailable(opened.why, opened.error);
  const { module, path, from } = opened;
  try {
    const door = new Door(module);
    const { exports } = door;
    const built = textAt(exports, exports.version());
    if (built !== version) return unavailable(`it is of version ${built} of simdgrad, this is ${version}`);
    const { kernels, fallbacks } = overlay(worthwhile(door), door);
    const isa = textAt(exports, exports.isaName()) + (exports.fuses() ? "" : "-unfused");
    const sourceHash = textAt(exports, exports.sourceHash());
    return {
      ...{ name: "wasm", kernels, allocate: ordinary, replay: null },
      ...{ door, isa, fallbacks, from, path, sourceHash },
    };
  } catch (error) {
    return unavailable(`${from} did not start: ${(error as Error).message}`, error);
  }
}

/** Loads the module once. If that fails, a later call tries again: a browser fetches it after the start. */
export function loadWasm(): WasmBackend | SimdgradError {
  if (loaded !== undefined) return loaded;
  const result = load();
  if (!(result instanceof SimdgradError)) loaded = result;
  return result;
}
