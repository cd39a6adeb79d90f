/**
 * Finds the addon and opens it when this module is loaded, before the rest of the library is. The addon makes
 * malloc keep freed memory. V8 then compiles the rest in less time, because it reuses memory that it would
 * otherwise request from the operating system again. So this module imports as little as possible.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, normalize, resolve } from "node:path";
import { bundle, elsewhere, packageRoot } from "../package-root.js";
import { version } from "../version.js";
import type { Addon } from "./addon.js";
import { addonDefect } from "./addon-file.js";
import { loadFailure } from "./load-failure.js";
import { platforms, prebuilt, thisPlatform } from "./prebuilt.js";

/** The addon, its file, and where that came from, as text; or why there is none. */
export type Opened = { addon: Addon; from: string; path: string } | { why: string; error?: unknown };

interface Candidate {
  path: string;
  /** Completes "running on …". */
  what: string;
  required?: true;
}

/** Where to look for the addon, in this order. The later ones are determined only if they are needed. */
function* candidates(): Generator<Candidate> {
  const given = process.env["SIMDGRAD_ADDON"];
  if (given) {
    yield { path: given, what: `the addon of SIMDGRAD_ADDON, ${given}`, required: true };
    return;
  }
  const platform = thisPlatform();
  const what = `the prebuilt addon for ${platform}`;
  if (bundle() !== undefined) {
    for (const path of elsewhere(join("prebuilds", platform, "simdgrad.node")))
      yield { path, what: `${what}, ${path}` };
    return;
  }
  const own = prebuilt(platform);
  if (own !== undefined) yield { path: normalize(own), what };
  yield { path: join(packageRoot, "build/cmake/Release/simdgrad.node"), what: "the local build of cmake-js" };
  yield { path: join(packageRoot, "build/Release/simdgrad.node"), what: "the local build of node-gyp" };
}

/** Loads an addon. @throws Error that says what is wrong with it, with `advice` if it is the wrong file. */
function load(path: string, advice: string): Addon {
  const defect = addonDefect(path);
  if (defect !== undefined) throw new Error(defect + advice);
  const file = resolve(path);
  const addon = createRequire(file)(file) as Addon;
  if (addon.version !== version)
    throw new Error(
      `it is of version ${addon.version ?? "unknown"} of simdgrad, this is ${version}${advice}`,
    );
  return addon;
}

/** Why there is no file to load, and what to do. */
function noAddon(): string {
  const platform = thisPlatform();
  const file = `prebuilds/${platform}/simdgrad.node`;
  const bundled = bundle();
  if (!platforms.includes(platform)) return `no prebuilt addon for ${platform} and no local build`;
  return bundled === undefined
    ? `${join(packageRoot, file)} is missing, and there is no local build: install simdgrad anew, or copy ` +
        "node_modules/simdgrad/prebuilds with the program"
    : `simdgrad was bundled into ${bundled} without ${file}: make simdgrad an external package of the ` +
        "bundler, or copy prebuilds, wasm and data of node_modules/simdgrad into the folder of that file";
}

function open(): Opened {
  let failure: Opened | undefined;
  for (const { path, what, required } of candidates()) {
    if (!required && !existsSync(path)) continue;
    try {
      const addon = load(path, required ? "" : " (install or copy simdgrad anew)");
      // The settings hold for the process: the first environment that loads the addon applies them.
      if (addon.first && (process.env["SIMDGRAD_KEEP_MEMORY"] || "1") === "1") addon.keepFreedMemory();
      return { addon, from: what, path };
    } catch (error) {
      failure ??= { why: `${what} did not load: ${loadFailure(error)}`, error };
    }
  }
  return failure ?? { why: noAddon() };
}

let opened: Opened | undefined;

/** Opens the addon the first time; later calls return the same result. */
export function openAddon(): Opened {
  opened ??= open();
  return opened;
}

if (!["js", "wasm"].includes(process.env["SIMDGRAD_BACKEND"] ?? "")) openAddon();
