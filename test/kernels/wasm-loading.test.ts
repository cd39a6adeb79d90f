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

const bytes = whyNoModule === undefined ? readFileSync(join(packageRoot, "wasm/simdgrad.wasm")) : Buffer.alloc(0);

/** A copy of the built package without an addon, with these bytes as its module. */
function packageWith(name: string, module: Uint8Array | undefined): string {
  const root = join(folder, name);
  mkdirSync(join(root, "wasm"), { recursive: true });
  for (const part of ["package.json", "dist"]) cpSync(join(packageRoot, part), join(root, part), { recursive: true });
  if (module !== undefined) writeFileSync(join(root, "wasm/simdgrad.wasm"), module);
  return pathToFileURL(join(root, "dist/index.js")).href;
}

function run(index: string, script: string, settings: Record<string, string> = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SIMDGRAD_|NODE_OPTIONS)/.test(name));
  const text = `import * as sg from ${JSON.stringify(index)};\n${script}`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", text], {
    env: { ...Object.fromEntries(kept), ...settings },
    encoding: "utf8",
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
  ])("%s: one line says so, and the JavaScript core runs", (name, module, reason) => {
    const index = packageWith(name, module());
    const { stdout, stderr, status } = run(index, sum);
    expect(stdout).toBe("js 9\n");
    expect(stderr).toMatch(/^simdgrad: running on the JS core \(.+\)\n$/);
    expect(stderr).toMatch(reason);
    expect(status).toBe(0);
    const wanted = run(index, `try { ${sum} } catch (error) { console.log(error.code, error.message); }`, {
      SIMDGRAD_BACKEND: "wasm",
    });
    expect(wanted.stdout).toMatch(/^wasm BACKEND_UNAVAILABLE backend: wasm is not available: |^BACKEND_UNAVAILABLE/);
    expect(wanted.stdout).toMatch(reason);
  });

  let whole: string;
  beforeAll(() => {
    whole = packageWith("whole", bytes);
  });

  it("runs where there is no addon, and one line says why", () => {
    const { stdout, stderr } = run(whole, sum);
    expect(stdout).toBe("wasm 9\n");
    expect(stderr).toMatch(/^simdgrad: running on WebAssembly \(.+simdgrad\.node.+\)\n$/);
  });

  it("is loaded by each Worker, which ends", () => {
    const script = `
      import { Worker, isMainThread, parentPort } from "node:worker_threads";
      const work = () => {
        const x = sg.manualSeed(1) ?? sg.randn([64, 64]);
        return sg.backend.name + " " + x.matmul(x).sum().item();
      };
      const worker = () => new Promise((done, fail) => {
        const text = "import(" + JSON.stringify(${JSON.stringify(whole)}) + ").then((sg) => {" +
          "const x = sg.manualSeed(1) ?? sg.randn([64, 64]);" +
          "require('node:worker_threads').parentPort.postMessage(sg.backend.name + ' ' + x.matmul(x).sum().item()); });";
        let said;
        new Worker(text, { eval: true }).on("message", (m) => { said = m; }).on("error", fail)
          .on("exit", (code) => done(code + " " + said));
      });
      const ends = [await worker(), await worker(), ...(await Promise.all([worker(), worker(), worker()]))];
      console.log(JSON.stringify([...new Set(ends)]), JSON.stringify("0 " + work()));`;
    const { stdout, stderr, status } = run(whole, script, { SIMDGRAD_BACKEND: "wasm" });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    const [workers, main] = stdout.trim().split(" \"");
    expect(JSON.parse(workers)).toEqual([JSON.parse(`"${main}`)]);
    expect(main).toMatch(/^0 wasm -?\d/);
  });
});
