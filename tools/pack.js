// Packs the tree as it stands. The package has not all documents, for its size: in the packed ones a link to
// a page that is missing leads to the site, and one to another file to the repository.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { fileUrl } from "../site/repository.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { homepage } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Where a file of the repository is on the net: a page of docs/ on the site. */
function addressOf(path) {
  if (path.startsWith("playground/")) return homepage + path;
  if (!/^docs\/.*\.md$/.test(path)) return fileUrl(path);
  return (
    homepage +
    path
      .slice("docs/".length)
      .replace(/(^|\/)README\.md$/, "$1")
      .replace(/\.md$/, ".html")
  );
}

/** The text of the document `file`, whose links lead somewhere in a package that has only `files`. */
export function packedText(file, text, files) {
  return text.replace(/\]\(([^)\s]+)\)/g, (link, to) => {
    const [path, anchor] = to.split("#");
    if (path === "" || /^[a-z]+:/.test(to)) return link;
    const target = posix.join(posix.dirname(file), path);
    if (files.has(target)) return link;
    return `](${addressOf(target)}${anchor === undefined ? "" : `#${anchor}`})`;
  });
}

/** @returns the path of the tarball in `folder`. `environment`: of npm. */
export function pack(folder, environment = process.env) {
  const npm = (cwd, ...options) => {
    const args = ["pack", "--json", "--ignore-scripts", ...options];
    return JSON.parse(execFileSync("npm", args, { cwd, env: environment, encoding: "utf8" }))[0];
  };
  const files = new Set(npm(root, "--dry-run").files.map(({ path }) => path));
  const stage = mkdtempSync(join(tmpdir(), "simdgrad-pack-"));
  try {
    for (const file of files) {
      const to = join(stage, file);
      mkdirSync(dirname(to), { recursive: true });
      if (file.endsWith(".md"))
        writeFileSync(to, packedText(file, readFileSync(join(root, file), "utf8"), files));
      else cpSync(join(root, file), to);
    }
    return join(folder, npm(stage, "--pack-destination", folder).filename);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
