/**
 * Finds the addon and opens it when this module is loaded, before the rest of the library is. The addon makes
 * malloc keep freed memory. V8 then compiles the rest in less time, because it reuses memory that it would
 * otherwise request from the operating system again. So this module imports as little as possible.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import { version } from "../version.js";
import type { Addon } from "./addon.js";
import { addonDefect } from "./addon-file.js";
import { programLibrary } from "./elf.js";
import { loadFailure } from "./load-failure.js";

/** The addon, its file, and where that came from, as text; or why there is none. */
export type Opened = { addon: Addon; from: string; path: string } | { why: string; error?: unknown };

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

/** Where to look for the addon, in this order; `what` completes "running on …". */
function candidates(): { path: string; what: string; required?: true }[] {
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

/** Why there is no file to load. */
function noAddon(): string {
  const platform = thisPlatform();
  return prebuilt.includes(platform)
    ? `prebuilds/${platform}/simdgrad.node of the package is missing, and there is no local build`
    : `no prebuilt addon for ${platform} and no local build`;
}

function open(): Opened {
  let failure: Opened | undefined;
  for (const { path, what, required } of candidates()) {
    if (!required && !existsSync(path)) continue;
    try {
      const addon = load(path);
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
