// Builds the pages of the playground into dist/playground, as static files. tools/build-js.js runs it after
// the library's build for browsers, which the pages run. The module of WebAssembly is not among the files: the
// package has it once, and `simdgrad playground` serves or copies it as simdgrad.wasm.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const library = join(here, "../dist/browser/index.js");

/** The pages name the module's address, so the library's own is left out. */
const ownModule = {
  name: "no-second-module",
  transform(code, id) {
    if (!id.replaceAll("\\", "/").endsWith("/kernels/wasm/open-module.js")) return undefined;
    return {
      code: code.replace(/new URL\("[./]*wasm\/simdgrad\.wasm", import\.meta\.url\)/, '"simdgrad.wasm"'),
      map: null,
    };
  },
};

/** The networks of the command line, which the pages load too, take the library's build for browsers. */
const commandLine = {
  name: "library-of-the-command-line",
  enforce: "pre",
  resolveId: (source, importer = "") =>
    source === "../index.js" && importer.replaceAll("\\", "/").endsWith("/src/cli/network.ts")
      ? library
      : undefined,
};

const plugins = [ownModule, commandLine];

export default defineConfig({
  root: here,
  base: "./",
  logLevel: "warn",
  resolve: { alias: { simdgrad: library } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins,
  worker: { format: "es", plugins: () => plugins },
  build: {
    outDir: join(here, "../dist/playground"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    rolldownOptions: { input: { index: join(here, "index.html"), digits: join(here, "digits.html") } },
  },
});
