// Builds the pages of the playground into dist/playground, as static files, with the licences of what is
// bundled. tools/build-js.js runs it after the library's build for browsers, which the pages run. The module
// of WebAssembly is not among the files: the package has it once, and `simdgrad playground` serves or copies
// it as simdgrad.wasm.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { writeNotices } from "../tools/bundle/notices.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const library = join(root, "dist/browser/index.js");

/** The pages name the module's address, so the library's own is left out. */
const ownModule = {
  name: "no-second-module",
  transform(code, id) {
    if (!id.replaceAll("\\", "/").endsWith("/kernels/wasm/open-module.js")) return undefined;
    const address = /new URL\("[./]*wasm\/simdgrad\.wasm", import\.meta\.url\)/;
    return { code: code.replace(address, '"simdgrad.wasm"'), map: null };
  },
};

/** Licences must be distributed with the code. */
const notices = {
  name: "notices",
  writeBundle(_, bundle) {
    writeNotices(root, "dist/playground/index.html", Object.values(bundle));
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

/** Puts src/early-worker.js into the head of each page, where the policy of the page allows it by its hash. */
const earlyWorker = {
  name: "early-worker",
  transformIndexHtml(html, { filename }) {
    const source = readFileSync(join(here, "src/early-worker.js"), "utf8");
    const code = source
      .replace(/^\/\/.*\n/gm, "")
      .replace("WORKER", `${basename(filename, ".html")}-worker.js`);
    const hash = createHash("sha256").update(code).digest("base64");
    return {
      html: html.replace("script-src 'self'", `script-src 'self' 'sha256-${hash}'`),
      tags: [{ tag: "script", children: code, injectTo: "head-prepend" }],
    };
  },
};

/** The pages, and the Workers that they start: one build, so that both Workers share the library. */
const input = {
  index: join(here, "index.html"),
  digits: join(here, "digits.html"),
  "index-worker": join(here, "src/worker/worker.ts"),
  "digits-worker": join(here, "src/digits/worker.ts"),
};

export default defineConfig({
  root: here,
  base: "./",
  logLevel: "warn",
  resolve: { alias: { simdgrad: library } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [ownModule, commandLine, earlyWorker, notices],
  build: {
    outDir: join(root, "dist/playground"),
    emptyOutDir: true,
    target: "es2022",
    // What is imported later must not be preloaded by a script: a Worker has no document.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files, { hostType }) => (hostType === "html" ? files : []),
    },
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input,
      // src/start-worker.ts names the Workers' files. They have no hash, so a server must not keep them for ever:
      // `simdgrad playground` tells browsers to keep what is in assets/.
      output: {
        entryFileNames: ({ name }) => (name.endsWith("-worker") ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
