/**
 * A module of WebAssembly that is missing, cut off or damaged: one true line, then the JavaScript core. Each
 * Worker loads the module for itself and ends.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageRoot } from "../../src/package-root.js";
import { describeModule, whyNoModule } from "./wasm.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-wasm-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bytes =
  whyNoModule === undefined ? readFileSync(join(packageRoot, "wasm/simdgrad.wasm")) : Buffer.alloc(0);

/** A copy of the built package without an addon. Its module is written before each test. */
const index = pathToFileURL(join(folder, "dist/index.js")).href;
const moduleFile = join(folder, "wasm/simdgrad.wasm");
beforeAll(() => {
  mkdirSync(join(folder, "wasm"));
  for (const part of ["package.json", "dist"])
    cpSync(join(packageRoot, part), join(folder, part), { recursive: true });
});

function run(script: string, settings: Record<string, string> = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SIMDGRAD_|NODE_OPTIONS)/.test(name));
  const file = join(folder, "script.mjs");
  writeFileSync(file, `import * as sg from ${JSON.stringify(index)};\n${script}`);
  return spawnSync(process.execPath, [file], {
    env: { ...Object.fromEntries(kept), ...settings },
    encoding: "utf8",
    timeout: 20_000,
  });
}

const sum = `console.log(sg.backend.name, sg.tensor([1, 2, 3]).add(1).sum().item());`;

/** A byte in the middle of the code. */
const damaged = () => Buffer.from(bytes).fill(0xff, bytes.length >> 1, (bytes.length >> 1) + 64);
/** The version in the module; the module has no other such text. */
const ofVersion = (version: string) =>
  Buffer.from(bytes.toString("latin1").replace(/\0\d\.1\.0\0/, `\0${version}\0`), "latin1");

describeModule("the module of an installed package", () => {
  it.each<[string, () => Uint8Array | undefined, RegExp]>([
    ["missing", () => undefined, /wasm\/simdgrad\.wasm of the package is missing/],
    ["empty", () => Buffer.alloc(0), /the module of WebAssembly did not load: /],
    ["cut off", () => bytes.subarray(0, bytes.length >> 1), /the module of WebAssembly did not load: /],
    ["damaged", damaged, /the module of WebAssembly did not load: /],
    ["of another version", () => ofVersion("9.1.0"), /it is of version 9\.1\.0 of simdgrad, this is /],
  ])("%s: one line says so, and the JavaScript core runs", (_, module, reason) => {
    const given = module();
    if (given !== undefined) writeFileSync(moduleFile, given);
    const { stdout, stderr, status } = run(sum);
    expect(stdout).toBe("js 9\n");
    expect(stderr).toMatch(/^simdgrad: running on the JS core \(.+\)\n$/);
    expect(stderr).toMatch(reason);
    expect(status).toBe(0);
  });

  it("of another version is an error at the first use if it was asked for", () => {
    const script = `try { ${sum} } catch (error) { console.log(error.code, error.message); }`;
    const { stdout } = run(script, { SIMDGRAD_BACKEND: "wasm" });
    expect(stdout).toMatch(/BACKEND_UNAVAILABLE backend: wasm is not available: it is of version 9\.1\.0/);
  });

  it("runs where there is no addon, and one line says why", () => {
    writeFileSync(moduleFile, bytes);
    const { stdout, stderr } = run(sum);
    expect(stdout).toBe("wasm 9\n");
    expect(stderr).toMatch(/^simdgrad: running on WebAssembly \(.+simdgrad\.node.+\)\n$/);
  });

  it("has threads in the process and in a Worker, which end with them", () => {
    writeFileSync(moduleFile, bytes);
    const share = join(folder, "share.mjs");
    // A softmax has many pieces on one core, too, where a matrix product has one.
    writeFileSync(
      share,
      `import { parentPort } from "node:worker_threads";
      import { backend, noGrad, randn, softmax } from ${JSON.stringify(index)};
      const x = randn([1000, 1000]);
      const end = Date.now() + 20_000;
      while (backend.workerChunks === 0 && Date.now() < end) noGrad(() => softmax(x, 1));
      export default [backend.threads, backend.workerChunks > 0].join(" ");
      parentPort?.postMessage([backend.threads, backend.workerChunks > 0].join(" "));
      parentPort?.on("message", () => {}); // it does not end by itself`,
    );
    const script = `
      import { Worker } from "node:worker_threads";
      const here = (await import(${JSON.stringify(share)})).default;
      const worker = new Worker(${JSON.stringify(share)});
      const there = await new Promise((done) => worker.once("message", done));
      console.log(JSON.stringify({ here, there, code: await worker.terminate() }));`;
    const { stdout, stderr, status } = run(script, { SIMDGRAD_BACKEND: "wasm", SIMDGRAD_THREADS: "3" });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(JSON.parse(stdout)).toEqual({ here: "3 true", there: "3 true", code: 1 });
  });

  it("is loaded by each Worker, which ends", () => {
    const worker = join(folder, "worker.mjs");
    writeFileSync(
      worker,
      `import { parentPort } from "node:worker_threads";
      import { backend, manualSeed, randn } from ${JSON.stringify(index)};
      manualSeed(1);
      const x = randn([64, 64]);
      const result = backend.name + " " + x.matmul(x).sum().item();
      parentPort?.postMessage(result);
      export default result;`,
    );
    const script = `
      import { Worker } from "node:worker_threads";
      const end = () => new Promise((done, fail) => {
        let said;
        const worker = new Worker(${JSON.stringify(worker)});
        worker.on("message", (message) => { said = message; });
        worker.on("error", fail);
        worker.on("exit", (code) => done(code + " " + said));
      });
      const ends = [await end(), await end(), ...(await Promise.all([end(), end(), end()]))];
      const here = (await import(${JSON.stringify(worker)})).default;
      console.log(JSON.stringify({ ends, here }));`;
    const { stdout, stderr, status } = run(script, { SIMDGRAD_BACKEND: "wasm" });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    const { ends, here } = JSON.parse(stdout);
    expect(here).toMatch(/^wasm -?\d/);
    expect(ends).toEqual(Array.from({ length: 5 }, () => `0 ${here}`));
  });
});
