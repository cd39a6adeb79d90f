// The licences of bundled packages, which must be distributed with their code.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** node_modules/a/node_modules/@b/c/lib/x.js → node_modules/a/node_modules/@b/c */
const packageFolder = (file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];

/** Writes the licences of the packages in these chunks beside `file`. */
export function writeNotices(root, file, chunks) {
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
