/** The library in pages and Workers of Chromium. Without Chromium, the tests are skipped. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findBrowser } from "../../tools/browsers.js";
import { openTab, type PageOptions, root, withChromium } from "./pages.js";

const chromium = findBrowser("chromium");
const hasModule = existsSync(join(root, "wasm/simdgrad.wasm"));
if (chromium.why !== undefined) console.log(`tests in Chromium are skipped: ${chromium.why}`);
else if (!hasModule)
  console.log("tests of WebAssembly in Chromium are skipped: npm run build:wasm has not been run");

/**
 * The page loads scripts of its own server only, generates no code, and runs WebAssembly if `wasm` is true.
 */
const strict = (wasm: boolean): Record<string, string> => ({
  "content-security-policy": `default-src 'none'; connect-src 'self'; worker-src 'self'; script-src 'self'${wasm ? " 'wasm-unsafe-eval'" : "; require-trusted-types-for 'script'"}`,
});

/** Headers of a page that is cross-origin isolated. */
const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** The number of threads does not depend on the machine. */
function threeCores() {
  Object.defineProperty((globalThis as any).navigator, "hardwareConcurrency", { value: 3 });
}

const notIsolated = "SharedArrayBuffer is not available, because the page is not cross-origin isolated";

/** The hash of the same training run in Node, by backend. */
const hashes = new Map<string, string>();
function hashInNode(backend: string): string {
  const known = hashes.get(backend);
  if (known !== undefined) return known;
  const env = { ...process.env, SIMDGRAD_BACKEND: backend };
  const args = [join(root, "test/platforms/train.mjs"), join(root, "dist/index.js")];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
  if (stdout === "") throw new Error(stderr);
  const { hash } = JSON.parse(stdout.trim().split("\n").at(-1)!);
  hashes.set(backend, hash);
  return hash;
}

describe.skipIf(chromium.why !== undefined)("in Chromium", () => {
  let page: Awaited<ReturnType<typeof openTab>>;
  const opened = withChromium(async ({ browser, server }) => {
    page = await openTab(browser, server);
  });

  describe.skipIf(!hasModule)("with WebAssembly", () => {
    it("trains to the bits of Node's fastest backend, in a page and in a Worker", async () => {
      const hash = hashInNode("");
      const expected = { loaded: "wasm", hash, name: "wasm", isa: "relaxedsimd", threads: 1 };
      const module = `the module of WebAssembly, ${opened.server.origin}/wasm/simdgrad.wasm`;
      for (const options of [{}, { worker: "1" }] as Record<string, string>[]) {
        const { result, console } = await page("train", { options, headers: strict(true) });
        expect(result).toMatchObject(expected);
        expect(result.reason).toBe(`${module}; one thread: ${notIsolated}`);
        expect(console).toEqual([]);
      }
    });

    it.each<[name: string, given: PageOptions, why: string | undefined]>([
      ["several in a Worker", { options: { worker: "/isolated/worker.js" } }, undefined],
      ["one in the page itself", {}, "the thread of a page may not wait for others, that of a Worker may"],
      [
        "one where the policy forbids Workers from a blob",
        { options: { worker: "/strict/worker.js" } },
        "no Worker started; a content security policy needs worker-src blob:",
      ],
    ])("an isolated page has threads: %s", async (_, given, why) => {
      const { server } = opened;
      server.give("/cores.js", `(${threeCores})();`);
      const worker = `import "/cores.js"; import "/pages/worker.js";`;
      server.give("/isolated/worker.js", worker, isolated);
      server.give("/strict/worker.js", worker, { ...isolated, ...strict(true) });
      const { result } = await page("threads", { ...given, headers: isolated, before: threeCores });
      expect(result.hash).toBe(hashInNode(""));
      expect(result.products).toBe(1);
      expect(result.threads).toBe(why === undefined ? 3 : 1);
      expect(result.shared).toBe(why === undefined);
      expect(result.reason.split("; one thread: ")[1]).toBe(why);
    });

    it("needs no bundler", async () => {
      const { result, console } = await page("train", {
        options: { library: "/simdgrad/dist/browser/index.js" },
      });
      expect(result.reason).toBe(
        `the module of WebAssembly, ${opened.server.origin}/simdgrad/wasm/simdgrad.wasm; one thread: ${notIsolated}`,
      );
      expect(console).toEqual([]);
    });

    it("fit reports each step, and timers go on", async () => {
      const results: unknown[] = [];
      for (const options of [{}, { worker: "1" }] as Record<string, string>[])
        results.push((await page("fit", { options })).result);
      expect(results[0]).toMatchObject({ events: 303, last: "epoch 3 300", ticks: true });
      expect(results[1]).toEqual(results[0]);
    });

    it("does not switch the backend under a recorded program", async () => {
      const { result } = await page("late");
      expect(result.answer).toMatch(
        /^BACKEND_FIXED: backend\.load: the backend cannot change while recorded/,
      );
      expect(result).toMatchObject({ kept: "js", after: "wasm", value: [8] });
    });
  });

  it("trains on the JS core to the bits of Node's, under a policy without WebAssembly", async () => {
    const { result, console } = await page("core", { headers: strict(false) });
    expect(result).toEqual({
      ...{ hash: hashInNode("js"), name: "js", isa: "js", threads: 1 },
      reason: "the module of WebAssembly is not loaded: await backend.load()",
    });
    expect(console).toEqual([]);
  });

  it("reads URLs, Files and bytes, and writes bytes", async () => {
    const { result } = await page("data", { headers: strict(false) });
    expect(result).toEqual({
      images: [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
      ...{ same: true, mnist: [2, 2], weights: true, metadata: { note: "from a page" } },
      csv: [
        [
          [1, 2],
          [3, 4],
        ],
        [0, 1],
        ["x", "y"],
      ],
      iris: [150, 4],
      printed: expect.stringContaining("Sequential(\n  (0): Linear(inFeatures=3, outFeatures=2, bias=true)"),
    });
  });

  it("refuses what only Node can do, and bad files", async () => {
    const { result } = await page("refused");
    const codes = Object.fromEntries(
      Object.entries(result).map(([name, text]) => [name, String(text).split(":")[0]]),
    );
    expect(codes).toEqual({
      save: "NOT_IN_BROWSER",
      saveSync: "NOT_IN_BROWSER",
      loadSync: "NOT_IN_BROWSER",
      report: "NOT_IN_BROWSER",
      checkpoint: "NOT_IN_BROWSER",
      gzipSync: "NOT_IN_BROWSER",
      native: "BACKEND_UNAVAILABLE",
      wasm: "BACKEND_UNAVAILABLE",
      missing: "FILE_NOT_FOUND",
      page: "FILE_NOT_FOUND",
      mnist: "MISSING_OPTION",
      mnistMissing: "FILE_NOT_FOUND",
      broken: "CORRUPT_GZIP",
      larger: "TRAILING_BYTES",
      noTensor: "NOT_A_TENSOR",
    });
    expect(result.save).toContain("io.encodeSafetensors(tensors) gives the bytes");
  });

  const noRelaxed = () => {
    const { WebAssembly } = globalThis as any;
    WebAssembly.validate = () => false;
  };
  it.each<[name: string, why: RegExp, given: PageOptions]>([
    [
      "the module is missing",
      /^wasm: http:\S+\/none\.wasm was not found \(status 404\)$/,
      { options: { source: "/none.wasm" } },
    ],
    [
      "the server answers with a page",
      /^wasm: http:\S+\/page\.html is no module of WebAssembly$/,
      { options: { source: "/page.html" } },
    ],
    [
      "the module is cut off",
      /cut\.wasm did not load: WebAssembly\.compile\(\): /,
      { options: { source: "/cut.wasm" } },
    ],
    [
      "the policy forbids WebAssembly",
      /did not load: .*Content Security Policy/,
      { options: { source: "/cut.wasm" }, headers: strict(false) },
    ],
    [
      "there is no WebAssembly",
      /^wasm: this browser has no WebAssembly$/,
      { before: () => Reflect.deleteProperty(globalThis, "WebAssembly") },
    ],
    [
      "relaxed SIMD is missing",
      /^wasm: this browser lacks the relaxed SIMD instructions$/,
      { before: noRelaxed },
    ],
  ])("says in one line why the JS core runs where %s", async (_, why, given) => {
    opened.server.give("/cut.wasm", new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 9]));
    const { result, console } = await page("train", given);
    expect(result).toMatchObject({ loaded: "js", name: "js" });
    expect(result.reason).toMatch(why);
    const own = console.filter((line) => line.startsWith("warning: simdgrad"));
    expect(own).toEqual([`warning: simdgrad: running on the JS core (${result.reason})`]);
  });

  it("does without SharedArrayBuffer, and with it", async () => {
    const hash = hashInNode("js");
    const without = () => Reflect.deleteProperty(globalThis as any, "SharedArrayBuffer");
    for (const given of [{ before: without as unknown as () => void }, { headers: isolated }])
      expect((await page("core", given)).result.hash).toBe(hash);
  });
});
