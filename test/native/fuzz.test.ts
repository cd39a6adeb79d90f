/**
 * Calls every kernel of the addon with arguments that are right, almost right or wrong. A call succeeds or is
 * rejected with an error, and never writes out of bounds. Each kernel runs in its own process, so a crash
 * fails one test, which reports its kernel and seed.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { schema } from "../../src/kernels/schema.js";
import { patience, times } from "../attack/effort.js";
import { addon, addonPath, built } from "./addon.js";

const script = fileURLToPath(new URL("./fuzz.mjs", import.meta.url));

// Fixed, so that failures are reproducible. SIMDGRAD_TEST_SEED sets another seed.
const seed = process.env["SIMDGRAD_TEST_SEED"] ?? "1";

/** Calls of each kernel. `npm run test:native` makes 500 more of each, under the address sanitizer. */
const calls = times(100);

function fuzz(kernel: string): Promise<{ end: unknown; output: string }> {
  const child = spawn(process.execPath, [script, addonPath, rows, seed, String(calls), kernel], {
    timeout: patience(50_000),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      output += data;
    });
  return new Promise((resolve) =>
    child.on("close", (code, signal) => resolve({ end: signal ?? code, output })),
  );
}

const folder = mkdtempSync(join(tmpdir(), "simdgrad-fuzz-"));
const rows = join(folder, "rows.json");
writeFileSync(rows, JSON.stringify(schema));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!built)("whatever they are called with", () => {
  it.each(built ? Object.keys(addon.kernels) : [])(
    `%s does it or refuses (seed ${seed})`,
    async (kernel) => {
      const { end, output } = await fuzz(kernel);
      expect({ end, output }).toEqual({ end: 0, output: expect.stringMatching(/1 passed, 0 failed\n$/) });
    },
    patience(),
  );
});
