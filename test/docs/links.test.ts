/** Links between the pages lead to a file, and their anchors to a heading, as code hosts make its id. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { expect, it } from "vitest";
import { slug } from "../../site/slug.js";
import { root } from "../structure/imports.js";
import { pages, proseOf } from "./pages.js";

const documents = new Map([
  ...pages,
  ...["CONTRIBUTING.md", "CHANGELOG.md"].map(
    (path) => [path, readFileSync(join(root, path), "utf8")] as const,
  ),
]);

/** The text of a heading as it is shown. */
const shown = (heading: string) => heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");

/** The ids of the headings of a page; those of equal headings are numbered. */
function idsOf(text: string): Set<string> {
  const ids = new Set<string>();
  for (const [, heading] of text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#{1,6} (.+)$/gm)) {
    const id = slug(shown(heading));
    let unique = id;
    for (let n = 1; ids.has(unique); n++) unique = `${id}-${n}`;
    ids.add(unique);
  }
  return ids;
}

const links = [...documents].flatMap(([page, text]) =>
  [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => ({ page, to })),
);

function mistakeIn({ page, to }: { page: string; to: string }): string | undefined {
  if (/^(https?|mailto):/.test(to)) return undefined;
  const [path, anchor] = to.split("#");
  const target = path === "" ? page : posix.join(dirname(page), path);
  if (!existsSync(join(root, target))) return `${page}: no such file: ${to}`;
  if (anchor === undefined) return undefined;
  // An anchor of the playground is a state: course.test.ts reads it.
  if (target === "playground/index.html") return undefined;
  const text = documents.get(target);
  return text !== undefined && idsOf(text).has(anchor) ? undefined : `${page}: no such heading: ${to}`;
}

it("links lead somewhere", () => {
  expect(links.length).toBeGreaterThan(150);
  expect(links.map(mistakeIn).filter((mistake) => mistake !== undefined)).toEqual([]);
});

it("a wrong file and a wrong anchor are found", () => {
  expect(mistakeIn({ page: "README.md", to: "docs/lost.md" })).toBeDefined();
  expect(mistakeIn({ page: "docs/compile.md", to: "#lost" })).toBeDefined();
  expect(mistakeIn({ page: "docs/compile.md", to: "#chains" })).toBeUndefined();
});

it("every page can be reached from docs/README.md", () => {
  const contents = pages.get("docs/README.md")!;
  const lost = [...pages.keys()].filter(
    (path) => /^docs\/(?!README)/.test(path) && !contents.includes(`](${path.slice(5)})`),
  );
  expect(lost).toEqual([]);
});

it("every page is in the menu of the site, which lists the course by itself", () => {
  const config = readFileSync(join(root, "site/.vitepress/config.js"), "utf8");
  const lost = [...pages.keys()].filter(
    (path) => /^docs\/(?!README)[\w-]+\.md$/.test(path) && !config.includes(`"/${path.slice(5, -3)}"`),
  );
  expect(lost).toEqual([]);
});
