/** The native backend: finds the addon and loads it, once. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ordinary } from "../allocator.js";
import { seeAddresses } from "../cache-lines.js";
import { SimdgradError } from "../errors.js";
import { packageRoot } from "../package-root.js";
import { version } from "../version.js";
import type { Addon } from "./addon.js";
import { addonDefect } from "./addon-file.js";
import type { Backend } from "./backend-value.js";
import { programLibrary } from "./elf.js";
import { loadFailure } from "./load-failure.js";
import { overlay } from "./native.js";

/** A backend with the additional parts that only native code has. */
export interface NativeBackend extends Backend {
  readonly addon: Addon;
  /** The block in which numbers are passed: see native.ts. */
  readonly block: Float64Array;
  /** Kernels and ops that still run in JavaScript. */
  readonly fallbacks: readonly string[];
  /** Where the addon came from, as text. */
  readonly from: string;
  /** The file of the addon. */
  readonly path: string;
}

/** The backend, or the reason why there is none; undefined before the first call of `loadNative`. */
let loaded: NativeBackend | SimdgradError | undefined;

/** The names of the folders under prebuilds/: the platforms that the package has an addon for. */
export const prebuilt: readonly string[] = [
  "linux-x64",
  "linux-arm64",
  "linux-x64-musl",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64",
  "win32-arm64",
];

/** This platform. Linux with musl as its C library is one of its own. */
function thisPlatform(): string {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === "linux" && programLibrary(process.execPath) === "musl" ? `${name}-musl` : name;
}

interface Candidate {
  path: string;
  /** Completes "running on …". */
  what: string;
  required?: true;
}

/** Where to look for the addon, in this order. */
function candidates(): Candidate[] {
  const given = process.env["SIMDGRAD_ADDON"];
  if (given) return [{ path: given, what: `the addon of SIMDGRAD_ADDON, ${given}`, required: true }];
  const platform = thisPlatform();
  return [
    {
      path: join(packageRoot, "prebuilds", platform, "simdgrad.node"),
      what: `the prebuilt addon for ${platform}`,
    },
    { path: join(packageRoot, "build/cmake/Release/simdgrad.node"), what: "the local build of cmake-js" },
    { path: join(packageRoot, "build/Release/simdgrad.node"), what: "the local build of node-gyp" },
  ];
}

/** Loads an addon. @throws Error that says what is wrong with it. */
function load(path: string): Addon {
  const defect = addonDefect(path);
  if (defect !== undefined) throw new Error(defect);
  const addon = createRequire(import.meta.url)(path) as Addon;
  if (addon.version !== version)
    throw new Error(`it is of version ${addon.version ?? "unknown"} of simdgrad, this is ${version}`);
  return addon;
}

export function unavailable(why: string, cause?: unknown): SimdgradError {
  return new SimdgradError("BACKEND_UNAVAILABLE", `backend: native is not available: ${why}`, { cause });
}

/** Loads the addon the first time; later calls return the same result. */
export function loadNative(): NativeBackend | SimdgradError {
  if (loaded !== undefined) return loaded;
  let failure: { why: string; error: unknown } | undefined;
  for (const { path, what, required } of candidates()) {
    if (!required && !existsSync(path)) continue;
    try {
      const addon = load(path);
      const { kernels, fallbacks, block } = overlay(addon);
      seeAddresses((array) => addon.behindLine(array));
      const replay = { programs: addon, block };
      const parts = { kernels, allocate: ordinary, replay };
      loaded = { name: "native", ...parts, addon, block, fallbacks, from: what, path };
      return loaded;
    } catch (error) {
      failure ??= { why: `${what} did not load: ${loadFailure(error)}`, error };
    }
  }
  loaded = failure ? unavailable(failure.why, failure.error) : unavailable(noAddon());
  return loaded;
}

/** Why there is no file to load. */
function noAddon(): string {
  const platform = thisPlatform();
  return prebuilt.includes(platform)
    ? `prebuilds/${platform}/simdgrad.node of the package is missing, and there is no local build`
    : `no prebuilt addon for ${platform} and no local build`;
}
