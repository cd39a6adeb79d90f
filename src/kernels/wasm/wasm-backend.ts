/** The backend of WebAssembly: the C++ kernels, compiled to a module, which is loaded once. */
import { ordinary } from "../../allocator.js";
import { SimdgradError } from "../../errors.js";
import { version } from "../../version.js";
import type { Backend, Replay } from "../backend-value.js";
import type { Kernel } from "../marshal.js";
import { blockLength, overlay } from "../native.js";
import type { KernelName } from "../schema.js";
import { Door } from "./door.js";
import { inJavaScript } from "./in-javascript.js";
import { bufferOf, type Exports, textAt } from "./module.js";
import { openModule } from "./open-module.js";
import { WasmProgram } from "./program.js";
import { whyOneThread } from "./thread-workers.js";

export interface WasmBackend extends Backend {
  readonly door: Door;
  /** `relaxedsimd`; `relaxedsimd-unfused` where multiply-add rounds twice, so that bits differ. */
  readonly isa: string;
  readonly fallbacks: readonly string[];
  /** What was loaded, as text. */
  readonly from: string;
  readonly path: string;
  readonly sourceHash: string;
  /** The threads that share the work of a kernel, as the addon has them, but of this thread of JavaScript. */
  threads(): number;
  setThreads(count: number): number;
  /** Chunks of work that other threads have run in the present instance. */
  workerChunks(): number;
}

let loaded: WasmBackend | undefined;

function unavailable(why: string, cause?: unknown): SimdgradError {
  return new SimdgradError("BACKEND_UNAVAILABLE", `backend: wasm is not available: ${why}`, { cause });
}

const listed = (count: number, at: (index: number) => number, exports: Exports): string[] =>
  Array.from({ length: count }, (_, index) => textAt(exports, at(index)));

/** What the module has, as the addon lists it; `kernels` without those that are not worth the copies. */
interface Contents {
  readonly kernelNames: string[];
  readonly kernels: Record<string, Kernel>;
  readonly ops: Record<string, string[]>;
}

function contentsOf(door: Door): Contents {
  const { exports } = door;
  const kernelNames = listed(exports.kernelCount(), exports.kernelName, exports);
  const families = listed(exports.opListCount(), exports.opFamily, exports);
  const ops = Object.fromEntries(
    families.map((family, list) => [
      family,
      listed(exports.opCount(list), (code) => exports.opName(list, code), exports),
    ]),
  );
  const kernels: Record<string, Kernel> = {};
  kernelNames.forEach((name, index) => {
    if (!inJavaScript.has(name)) kernels[name] = door.kernel(name as KernelName, index);
  });
  return { kernelNames, kernels, ops };
}

/** Replays recorded programs in the module, on the thread that calls and those that share its kernels. */
function replayIn(door: Door, { kernelNames, ops }: Contents): Replay {
  const block = new Float64Array(blockLength);
  return {
    block,
    programs: {
      kernelNames,
      ops,
      createProgram: (spec) => new WasmProgram(door, spec),
      replay: (program, ...parameters) => (program as WasmProgram).run(replayed, parameters, block),
      profile: (program, nanoseconds, ...parameters) =>
        (program as WasmProgram).run(profiled(nanoseconds), parameters, block),
      releaseProgram: (program) => (program as WasmProgram).release(),
    },
  };
}

const replayed = (exports: Exports, program: number) => exports.replay(program);

const profiled = (nanoseconds: Float64Array) => (exports: Exports, program: number) => {
  const address = exports.roomFor(nanoseconds.byteLength);
  const { length } = nanoseconds;
  if (address === 0) throw new Error("no memory for the times");
  new Float64Array(bufferOf(exports), address, length).set(nanoseconds);
  const call = exports.profile(program, address);
  nanoseconds.set(new Float64Array(bufferOf(exports), address, length));
  exports.freeRoom(address);
  return call;
};

function load(): WasmBackend | SimdgradError {
  const opened = openModule();
  if ("why" in opened) return unavailable(opened.why, opened.error);
  const { code, path } = opened;
  const why = whyOneThread();
  const from = why === undefined ? opened.from : `${opened.from}; one thread: ${why}`;
  try {
    const door = new Door(code);
    const { exports } = door;
    const built = textAt(exports, exports.version());
    if (built !== version) return unavailable(`it is of version ${built} of simdgrad, this is ${version}`);
    const contents = contentsOf(door);
    const { kernels, fallbacks } = overlay(contents, door);
    const isa = textAt(exports, exports.isaName()) + (exports.fuses() ? "" : "-unfused");
    const sourceHash = textAt(exports, exports.sourceHash());
    return {
      ...{ name: "wasm", kernels, allocate: ordinary, replay: replayIn(door, contents) },
      ...{ door, isa, fallbacks, from, path, sourceHash },
      threads: () => door.threads,
      setThreads: (count) => door.setThreads(count),
      workerChunks: () => door.exports.workerChunks(),
    };
  } catch (error) {
    return unavailable(`${opened.from} did not start: ${(error as Error).message}`, error);
  }
}

/** Loads the module once. If that fails, a later call tries again: a browser fetches it after the start. */
export function loadWasm(): WasmBackend | SimdgradError {
  if (loaded !== undefined) return loaded;
  const result = load();
  if (!(result instanceof SimdgradError)) loaded = result;
  return result;
}
