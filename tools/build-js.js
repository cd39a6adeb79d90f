// Builds dist/: the declarations of every source, and the code in a few files. Node needs half a millisecond
// to load each module; with one file per module, importing the library took three times as long.
//
// The packages that the library and the command use are bundled, with their licences beside them, so that
// installing simdgrad installs nothing else. The command runs the same dist/index.js that users import.
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
rmSync(join(root, "dist"), { recursive: true, force: true });

const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
const tsc = join(dirname(typescript), "bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

/** Escapes characters that are not ASCII: V8 then stores the text with one byte per character, not two. */
const escaped = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
const ascii = {
  name: "ascii",
  generateBundle(_options, files) {
    for (const file of Object.values(files))
      if (file.type === "chunk") file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
  },
};

/** Packages import `stream`; `node:stream` is certain to be Node's module. */
const builtins = {
  name: "builtins",
  resolveId: (id) => (builtinModules.includes(id) ? { id: `node:${id}`, external: true } : undefined),
};

async function bundle(options, output) {
  const build = await rolldown({ cwd: root, platform: "node", plugins: [builtins, ascii], ...options });
  const result = await build.write({ dir: "dist", format: "esm", entryFileNames: "[name].js", ...output });
  await build.close();
  return result.output;
}

// The exports of the package, and modules that the benchmarks and a test import. Optional peers are not
// bundled.
const library = await bundle(
  {
    input: {
      index: "src/index.ts",
      "plot/index": "src/plot/index.ts",
      "kernels/backend": "src/kernels/backend.ts",
      "kernels/js/index": "src/kernels/js/index.ts",
    },
    external: (id) =>
      !/^(\.|src\/|csv-parse(\/|$))/.test(id) && !isAbsolute(id) && !builtinModules.includes(id),
  },
  // The doc comments are in the declarations, which editors read.
  { chunkFileNames: "chunks/[name].js", comments: false },
);

const command = await bundle(
  {
    input: { "cli/main": "src/cli/main.ts" },
    external: (id) => /^(node:|\.\.\/(plot\/)?index\.js$)/.test(id),
    makeAbsoluteExternalsRelative: false,
  },
  { banner: "#!/usr/bin/env node" },
);
chmodSync(join(root, "dist/cli/main.js"), 0o755);

/** node_modules/a/node_modules/@b/c/lib/x.js → node_modules/a/node_modules/@b/c */
const packageFolder = (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
/** Writes the licences of the packages in these chunks beside `file`. */
function writeNotices(file, chunks) {
  const modules = chunks
    .flatMap((chunk) => chunk.moduleIds ?? [])
    .map((id) => relative(root, id).replaceAll("\\", "/"));
  const packages = [...new Set(modules.map(packageFolder).filter(Boolean))].sort();
  const notices = packages.map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
    const licence = readdirSync(join(root, path)).find((entry) => /^licen[cs]e/i.test(entry));
    if (licence === undefined) throw new Error(`build-js: no licence file in ${path}`);
    const text = readFileSync(join(root, path, licence), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync(
    join(root, dirname(file), "THIRD_PARTY_LICENSES.txt"),
    `${file} contains the following packages.\n\n${notices.join(`\n${"-".repeat(80)}\n\n`)}`,
  );
}
writeNotices("dist/index.js", library);
writeNotices("dist/cli/main.js", command);
