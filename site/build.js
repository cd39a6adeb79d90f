// Builds the site into site/dist, a folder of static files: `npm run site`. Pages come from docs/, the
// reference from the doc comments (TypeDoc), the playground from the command line.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vitepress";
import { checkSite } from "./check.js";
import { writeReference } from "./reference.js";
import { fileUrl } from "./repository.js";

const site = fileURLToPath(new URL(".", import.meta.url));
const root = join(site, "..");
const docs = join(root, "docs");
const pages = join(site, "pages");

/** The pages of docs/. What they link to outside of it is on the code host. */
function copyPages() {
  rmSync(pages, { recursive: true, force: true });
  mkdirSync(pages, { recursive: true });
  for (const name of readdirSync(docs)) {
    if (!name.endsWith(".md")) {
      cpSync(join(docs, name), join(pages, name), { recursive: true });
      continue;
    }
    const text = readFileSync(join(docs, name), "utf8");
    writeFileSync(
      join(pages, name),
      text.replace(/\]\(\.\.\/([^)]+)\)/g, (_, path) => `](${fileUrl(path)})`),
    );
  }
}

const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" });

copyPages();
await writeReference(join(pages, "api"));
await build(site);
if (!existsSync(join(root, "dist/cli/main.js"))) run("tools/build-js.js");
run("dist/cli/main.js", "playground", "--export", join(site, "dist/playground"));
checkSite(join(site, "dist"), process.env.SITE_BASE ?? "/");
