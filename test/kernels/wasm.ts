/** The module of WebAssembly, for tests of the layer below the overlay. */
import { readFileSync } from "node:fs";
import { describe } from "vitest";
import { Door } from "../../src/kernels/wasm/door.js";
import type { Module } from "../../src/kernels/wasm/engine.js";
import { type OpenedModule, openModule } from "../../src/kernels/wasm/open-module.js";
import { sourceHash } from "../../tools/build-native.js";

function open(): OpenedModule {
  const opened = openModule();
  if ("why" in opened || readFileSync(opened.path).includes(sourceHash())) return opened;
  return { why: "wasm/simdgrad.wasm is not built from these sources" };
}

const opened = open();

/** Why there is no module, then its tests are skipped; undefined if there is one. */
export const whyNoModule = "why" in opened ? `${opened.why} (npm run build:wasm)` : undefined;

/** Null only if there is none. */
export const module = ("why" in opened ? null : opened.module) as Module;

/** An instance with its own memory. */
export const newDoor = (): Door => new Door(module);

/** Tests that need the module. Where there is none, the reason is part of their title. */
export const describeModule: (title: string, tests: () => void) => void =
  whyNoModule === undefined
    ? describe
    : (title, tests) => describe.skip(`${title} (skipped: ${whyNoModule})`, tests);
