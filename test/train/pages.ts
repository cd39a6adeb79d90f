/** Reads pages of reports, as a browser does. */
import { readFileSync } from "node:fs";
import type { RunData } from "../../src/train/report/run-data.js";

const empty = new Set(["meta", "img", "br", "rect", "circle", "line", "path", "!doctype"]);

/** The elements of a page, by name; fails if they are not nested. Scripts and styles hold no elements. */
export function elementsOf(page: string): Map<string, number> {
  const counts = new Map<string, number>();
  const open: string[] = [];
  const bare = page.replace(/(<(script|style)\b[^>]*>)[\s\S]*?(<\/\2>)/g, "$1$3");
  for (const [, close, name, itself] of bare.matchAll(/<(\/?)([a-z!][a-z0-9]*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close === "/") {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes <${last}>`);
      continue;
    }
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (itself !== "/" && !empty.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`open at the end: ${open.join(" ")}`);
  return counts;
}

/** The text of a page, without scripts, styles and markup. */
export const textOf = (page: string): string =>
  page
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");

export function dataOf(page: string): RunData {
  const [, json] = /<script type="application\/json" id="simdgrad-data">([\s\S]*?)<\/script>/.exec(page)!;
  return JSON.parse(json);
}

export const readPage = (path: string): string => readFileSync(path, "utf8");
