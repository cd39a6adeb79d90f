// Builds dist/: the declarations of every source, and the code in a few files. Node needs half a millisecond
// to load each module; with one file per module, importing the library took three times as long. V8 compiles
// 20 MB of source per second, so the code is in parts (bundle/parts.js), and most of them are loaded at first
// use. The parts are CommonJS, because `import()` of an ES module is not synchronous.
//
// The packages that the library and the command use are bundled, with their licences beside them, so that
// installing simdgrad installs nothing else. The command runs the same dist/index.js that users import.
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { build as buildPages } from "vite";
import { buildBrowser, modules } from "./bundle/browser.js";
import { writeNotices } from "./bundle/notices.js";
import { partOf } from "./bundle/parts.js";
import { ascii, builtins, lateParts, location } from "./bundle/plugins.js";
import { withShortNames } from "./bundle/short-names.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
rmSync(join(root, "dist"), { recursive: true, force: true });

const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
const tsc = join(dirname(typescript), "bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

async function bundle(options, output) {
  const build = await rolldown({ cwd: root, platform: "node", plugins: [builtins, ascii], ...options });
  const result = await build.write({ dir: "dist", format: "esm", entryFileNames: "[name].js", ...output });
  await build.close();
  return result.output;
}

// The exports of the package, and modules that the benchmarks, a test and the command import. Optional peers
// are not bundled.
const library = await bundle(
  {
    input: {
      ...Object.fromEntries(modules.map((name) => [`${name}/index`, `src/${name}/index.ts`])),
      index: "src/index.ts",
      "plot/index": "src/plot/index.ts",
      "train/report/index": "src/train/report/index.ts",
      "kernels/backend": "src/kernels/backend.ts",
      "kernels/js/index": "src/kernels/js/index.ts",
    },
    external: (id) =>
      !/^(\.|src\/|(csv-parse|pbf|d3-\w+|internmap)(\/|$))/.test(id) &&
      !isAbsolute(id) &&
      !builtinModules.includes(id),
    preserveEntrySignatures: "allow-extension",
    plugins: [
      builtins,
      location,
      ascii,
      lateParts({
        main: "index.cjs",
        early: ["parts/addon.cjs", "parts/core.cjs"],
        start: "parts/start.cjs",
      }),
    ],
  },
  {
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "parts/[name].cjs",
    // The doc comments are in the declarations, which editors read.
    comments: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: (id) => partOf(relative(root, id).replaceAll("\\", "/")), debugName: "parts" }],
    },
  },
);

for (const { fileName } of library) {
  if (!fileName.startsWith("parts/")) continue;
  const path = join(root, "dist", fileName);
  writeFileSync(path, await withShortNames(fileName, readFileSync(path, "utf8"), false));
}

const command = await bundle(
  {
    input: { "cli/main": "src/cli/main.ts" },
    external: (id) => /^(node:|\.\.\/((plot|distributed|train\/report)\/)?index\.js$)/.test(id),
    makeAbsoluteExternalsRelative: false,
  },
  { banner: "#!/usr/bin/env node" },
);
chmodSync(join(root, "dist/cli/main.js"), 0o755);

// The declarations for `require` in TypeScript: those of the ES modules, so that both kinds of importers have
// the same types. With `module: node16`, TypeScript reports that a CommonJS file cannot load an ES module;
// what it describes here is index.cjs.
const declarations =
  '// @ts-ignore: index.cjs beside this file has the same exports.\nexport * from "./index.js";\n';
for (const entry of ["index", "plot/index", ...modules.map((name) => `${name}/index`)])
  writeFileSync(join(root, `dist/${entry}.d.cts`), declarations);

await buildBrowser(root);
// The pages of `simdgrad playground`, over the library's build for browsers.
await buildPages({ configFile: join(root, "playground/vite.config.js") });

writeNotices(root, "dist/index.js", library);
writeNotices(root, "dist/cli/main.js", command);
