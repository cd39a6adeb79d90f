// Bundles src/cli and the packages it uses into dist/cli/main.js, so that installing simdgrad installs nothing else. The
// library stays outside the bundle: the command runs the same dist/index.js that everybody imports. Beside it goes
// THIRD_PARTY_LICENSES.txt with the licence of every package that ended up in the bundle.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "dist/cli");
mkdirSync(folder, { recursive: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/cli/main.js",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  external: ["../index.js", "../plot/index.js"],
  // The bundled packages are CommonJS and ask for Node's own modules with require().
  banner: {
    js: '#!/usr/bin/env node\nimport { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
  },
  metafile: true,
  logLevel: "warning",
});
chmodSync(join(folder, "main.js"), 0o755);

/** node_modules/a/node_modules/@b/c/lib/x.js → node_modules/a/node_modules/@b/c */
const packageFolder = (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
const packages = [...new Set(Object.keys(metafile.inputs).map(packageFolder).filter(Boolean))].sort();
const notices = packages.map((path) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
  const file = readdirSync(join(root, path)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`build-cli: no licence file in ${path}`);
  const text = readFileSync(join(root, path, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(
  join(folder, "THIRD_PARTY_LICENSES.txt"),
  `dist/cli/main.js contains the following packages.\n\n${notices.join(`\n${"-".repeat(80)}\n\n`)}`,
);
