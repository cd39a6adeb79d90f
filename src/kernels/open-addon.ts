/**
 * Finds the addon and opens it when this module is loaded, before the rest of the library is. The addon makes
 * malloc keep freed memory. V8 then compiles the rest in less time, because it reuses memory that it would
 * otherwise request from the operating system again. So this module imports as little as possible.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";
import type { Addon } from "./addon.js";
import { addonDefect } from "./addon-file.js";

/** The addon and where it came from, as text; or why there is none. */
export type Opened = { addon: Addon; from: string } | { why: string; error?: unknown };

/**
 * Name of the folder under prebuilds/; a musl build has its own folder. The loader of the operating system
 * distinguishes glibc from musl (tools/prebuild.js says which is built).
 */
const platform = `${process.platform}-${process.arch}`;

/** Where to look for the addon, in this order; `what` completes "running on …". */
function candidates(): { path: string; what: string; required?: true }[] {
  const given = process.env["SIMDGRAD_ADDON"];
  if (given) return [{ path: given, what: `the addon of SIMDGRAD_ADDON, ${given}`, required: true }];
  return [
    ...[platform, `${platform}-musl`].map((name) => ({
      path: join(packageRoot, "prebuilds", name, "simdgrad.node"),
      what: `the prebuilt addon for ${name}`,
    })),
    { path: join(packageRoot, "build/cmake/Release/simdgrad.node"), what: "the local build of cmake-js" },
    { path: join(packageRoot, "build/Release/simdgrad.node"), what: "the local build of node-gyp" },
  ];
}

function open(): Opened {
  let failure: Opened | undefined;
  for (const { path, what, required } of candidates()) {
    if (!required && !existsSync(path)) continue;
    try {
      const defect = addonDefect(path);
      if (defect !== undefined) throw new Error(defect);
      const addon = createRequire(import.meta.url)(path) as Addon;
      // The settings hold for the process: the first environment that loads the addon applies them.
      if (addon.first && (process.env["SIMDGRAD_KEEP_MEMORY"] || "1") === "1") addon.keepFreedMemory();
      return { addon, from: what };
    } catch (error) {
      failure ??= { why: `${what} did not load: ${(error as Error).message}`, error };
    }
  }
  return failure ?? { why: `no prebuilt addon for ${platform} and no local build` };
}

let opened: Opened | undefined;

/** Opens the addon the first time; later calls return the same result. */
export function openAddon(): Opened {
  opened ??= open();
  return opened;
}

if (process.env["SIMDGRAD_BACKEND"] !== "js") openAddon();
