// Builds the site into site/dist, a folder of static files: `npm run site`. Pages come from docs/, the
// reference from the doc comments (TypeDoc), the playground from the command line.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vitepress";
import { checkSite } from "./check.js";
import { checkLayoutShift } from "./layout-shift.js";
import { writeReference } from "./reference.js";
import { fileUrl } from "./repository.js";

const site = fileURLToPath(new URL(".", import.meta.url));
const root = join(site, "..");
const docs = join(root, "docs");
const pages = join(site, "pages");

/**
 * A link of a page in `folder` of docs/, as the site has it: README.md is the page of its folder; the
 * playground is part of the site, and not one of its pages; what else is outside of docs/ is on the code host.
 */
function linkOf(folder, to) {
  if (/^([a-z]+:|#)/.test(to)) return `](${to})`;
  const path = posix.join(folder, to);
  if (path.startsWith("../playground/")) return `](${path.slice(2)}){target="_self"}`;
  if (path.startsWith("../")) return `](${fileUrl(path.slice(3))})`;
  return `](${to.replace(/README\.md(?=#|$)/, "index.md")})`;
}

/** The pages of docs/ and what they show. */
function copyPages() {
  rmSync(pages, { recursive: true, force: true });
  cpSync(docs, pages, { recursive: true });
  const names = readdirSync(docs, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
  for (const name of names.filter((each) => each.endsWith(".md"))) {
    const text = readFileSync(join(docs, name), "utf8");
    rmSync(join(pages, name));
    writeFileSync(
      join(pages, name.replace(/README\.md$/, "index.md")),
      text.replace(/\]\(([^)\s]+)\)/g, (_, to) => linkOf(posix.dirname(name), to)),
    );
  }
}

const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });

copyPages();
await writeReference(join(pages, "api"));
await build(site);
if (!existsSync(join(root, "dist/cli/main.js"))) run("tools/build-js.js");
run("dist/cli/main.js", "playground", "--export", join(site, "dist/playground"));
const base = process.env.SITE_BASE ?? "/";
checkSite(join(site, "dist"), base);
await checkLayoutShift(site, base);
