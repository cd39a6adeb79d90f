// Checks the built site: every link inside of it leads to a page and, with an anchor, to a heading of it;
// nothing is requested from another host; every picture has a size, so that nothing moves when it arrives.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

const attribute = (tag, name) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
const decoded = (text) => decodeURIComponent(text.replaceAll("&amp;", "&"));

/** @throws Error that lists what is wrong. */
export function checkSite(folder, base) {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((n) =>
    n.replaceAll("\\", "/"),
  );
  const pages = new Map(
    names
      .filter((name) => name.endsWith(".html") && !name.startsWith("playground/"))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
  const ids = new Map(
    [...pages].map(([name, text]) => [name, new Set([...text.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1]))]),
  );
  const wrong = [];
  let links = 0;
  for (const [name, text] of pages) {
    for (const [tag, kind] of text.matchAll(/<(a|img|script|link|source|iframe)\s[^>]*>/g)) {
      if (kind === "img" && !(attribute(tag, "width") && attribute(tag, "height")))
        wrong.push(`${name}: a picture without a size: ${tag}`);
      const to = attribute(tag, "href") ?? attribute(tag, "src");
      if (to === undefined) continue;
      if (/^(https?:)?\/\//.test(to)) {
        if (kind !== "a") wrong.push(`${name}: another host is asked for ${to}`);
        continue;
      }
      if (/^(mailto|data|javascript):/.test(to)) continue;
      links++;
      const [path, anchor = ""] = to.split("#");
      const target = decoded(
        path === ""
          ? name
          : path.startsWith("/")
            ? path.slice(base.length)
            : posix.join(posix.dirname(name), path),
      );
      const file = target === "" || target.endsWith("/") ? `${target}index.html` : target;
      if (!existsSync(join(folder, file)) || statSync(join(folder, file)).isDirectory())
        wrong.push(`${name}: no such page: ${to}`);
      else if (anchor !== "" && ids.has(file) && !ids.get(file).has(decoded(anchor)))
        wrong.push(`${name}: no such heading: ${to}`);
    }
  }
  if (wrong.length > 0)
    throw new Error(`${wrong.length} mistakes in the site:\n${wrong.slice(0, 60).join("\n")}`);
  console.log(`site: ${pages.size} pages, ${links} links inside of it`);
}
