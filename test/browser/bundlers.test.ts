/**
 * Programs behind bundlers: they run in Chromium, and their sizes. vite is there; esbuild, rollup and webpack
 * are installed by `npm run test:browsers`, and skipped without.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";
import { findBrowser } from "../../tools/browsers.js";
import { root, withChromium } from "./pages.js";

const chromium = findBrowser("chromium");
const bundlers = join(root, "build/bundlers");
const installed = existsSync(join(bundlers, "node_modules/webpack"));
if (!installed) console.log("esbuild, rollup and webpack are skipped: npm run test:browsers installs them");
const hasModule = existsSync(join(root, "wasm/simdgrad.wasm"));

const load = (name: string) => createRequire(join(bundlers, "package.json"))(name);

type Build = (folder: string, names: readonly string[], out: string) => Promise<unknown>;

const inputOf = (folder: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, join(folder, `${name}.js`)]));

/** Each bundler with no option that has to do with this library. */
const builds: Record<string, Build> = {
  vite: async (folder, names, out) => {
    const { build } = await import("vite");
    await build({
      ...{
        root: folder,
        base: `/${basename(out)}/`,
        configFile: false,
        logLevel: "silent",
        worker: { format: "es" },
      },
      build: {
        ...{ outDir: out, target: "esnext", modulePreload: false, reportCompressedSize: false },
        rolldownOptions: { input: inputOf(folder, names), output: { entryFileNames: "[name].js" } },
      },
    });
  },
  esbuild: (folder, names, out) =>
    load("esbuild").build({
      ...{ absWorkingDir: folder, entryPoints: names.map((name) => `${name}.js`), outdir: out },
      ...{ bundle: true, minify: true, format: "esm", splitting: true, logLevel: "silent" },
    }),
  rollup: async (folder, names, out) => {
    const { nodeResolve } = load("@rollup/plugin-node-resolve");
    const plugins = [nodeResolve({ browser: true })];
    const built = await load("rollup").rollup({ input: inputOf(folder, names), plugins, onwarn() {} });
    await built.write({ dir: out, format: "esm" });
  },
  webpack: (folder, names, out) =>
    new Promise((resolve, reject) => {
      const options = {
        ...{ mode: "production", context: folder, entry: inputOf(folder, names) },
        ...{ output: { path: out, filename: "[name].js", publicPath: "auto" } },
        // Minifying takes 24 of 27 s. The programs whose sizes are measured are minified.
        optimization: { minimize: names !== fixture },
      };
      load("webpack")(options, (error: Error | null, stats: any) => {
        const text = stats?.toString({ all: false, errors: true });
        if (error || text) reject(error ?? new Error(text));
        else resolve(undefined);
      });
    }),
};

/** Bundlers that find the module of WebAssembly themselves. */
const copyModule = ["vite", "webpack"];

const fixture = ["main", "worker"];

describe.skipIf(chromium.why !== undefined || !hasModule)("a bundle runs in Chromium", () => {
  const opened = withChromium(({ folder }) => {
    cpSync(join(root, "test/browser/bundled"), folder, { recursive: true });
    cpSync(join(root, "test/platforms/training.mjs"), join(folder, "training.mjs"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "program", type: "module" }));
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/simdgrad"));
  });

  it.each(Object.keys(builds))("%s", async (name) => {
    if (name !== "vite" && !installed) return;
    const { browser, folder, server } = opened;
    await builds[name](folder, fixture, join(folder, name));
    const report = `/report/${name}`;
    const query = new URLSearchParams({ report });
    if (!copyModule.includes(name)) query.set("source", "/wasm/simdgrad.wasm");
    server.give(
      `/${name}.html`,
      `<!doctype html><body><script type="module" src="/${name}/main.js"></script>`,
    );
    const page = await browser.newPage();
    const lines: string[] = [];
    page.on("console", (message) => lines.push(message.text()));
    page.on("pageerror", (error) => lines.push(error.message));
    const answer = server.report(report);
    await page.goto(`${server.origin}/${name}.html?${query}`);
    const { result, error } = await answer;
    expect([error, lines]).toEqual([undefined, []]);
    const expected = { hash: expect.stringMatching(/^[0-9a-f]{32}$/), backend: "wasm" };
    expect(result).toEqual([expected, expected]);
    expect(result[1].hash).toBe(result[0].hash);
    await page.close();
  });

  /** Bytes of all scripts, minified and gzipped. */
  async function sizeOf(name: string, program: string): Promise<number> {
    const out = join(opened.folder, `${name}-${program}`);
    await builds[name](opened.folder, [program], out);
    const scripts = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".js"),
    );
    let bytes = 0;
    for (const file of scripts) {
      const build = await rolldown({ input: join(out, file), external: /./, treeshake: false });
      const { output } = await build.generate({ minify: true });
      bytes += gzipSync(output[0].code, { level: 9 }).length;
    }
    return bytes;
  }

  it.each([
    ["vite", "mlp-namespaces", 120_000],
    ["vite", "fit", 120 * 1024],
    ["vite", "everything", 300_000],
    ["esbuild", "mlp", 120_000],
    ["rollup", "mlp-namespaces", 120_000],
    ["webpack", "mlp-namespaces", 120_000],
    ["esbuild", "everything", 300_000],
  ])("%s: %s takes at most %i bytes", async (name, program, most) => {
    if (name !== "vite" && !installed) return;
    const size = await sizeOf(name, program);
    console.log(`${name}, ${program}: ${size} bytes`);
    expect(size).toBeLessThanOrEqual(most);
  });
});
