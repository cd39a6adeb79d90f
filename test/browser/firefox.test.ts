/** The library in pages of Firefox. Without Firefox, the tests are skipped. */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBrowser } from "../../tools/browsers.js";
import { type PageOptions, root, runInFirefox, start } from "./pages.js";
import type { Server } from "./server.js";

const firefox = findBrowser("firefox");
if (firefox.why !== undefined) console.log(`tests in Firefox are skipped: ${firefox.why}`);

describe.skipIf(firefox.why !== undefined)("in Firefox", () => {
  let server: Server;
  let folder: string;

  beforeAll(async () => {
    ({ server, folder } = await start());
  });
  afterAll(async () => {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const page = (task: string, given?: PageOptions) =>
    runInFirefox((firefox as { program: string }).program, server, task, given);

  function hashInNode(backend: string): string {
    const env = { ...process.env, SIMDGRAD_BACKEND: backend };
    const args = [join(root, "test/platforms/train.mjs"), join(root, "dist/index.js")];
    const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env });
    return JSON.parse(stdout.trim().split("\n").at(-1)!).hash;
  }

  it.skipIf(!existsSync(join(root, "wasm/simdgrad.wasm")))(
    "trains to the bits of Node's fastest backend, in a Worker",
    async () => {
      const result = await page("train", { options: { worker: "1" } });
      expect(result).toMatchObject({ loaded: "wasm", isa: "relaxedsimd", hash: hashInNode("") });
    },
  );

  it("trains on the JS core to the bits of Node's where relaxed SIMD is switched off, and says why", async () => {
    const prefs = JSON.stringify([["javascript.options.wasm_relaxed_simd", false]]);
    const result = await page("train", { options: { prefs } });
    expect(result).toEqual({
      ...{ loaded: "js", name: "js", isa: "js", hash: hashInNode("js"), threads: 1 },
      reason: "wasm: this browser lacks the relaxed SIMD instructions",
    });
  });
});
