/**
 * The lessons of docs/course: each has an example that is there, an exercise with its answer, and links into
 * the playground that open the settings which the lesson names.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../../playground/src/state/address.js";
import { optimizersSideBySide, presets } from "../../playground/src/state/presets.js";
import { changed, initial, type Settings } from "../../playground/src/state/settings.js";
import { root } from "../structure/imports.js";
import { pages, proseOf } from "./pages.js";

const lessons = [...pages].filter(([path]) => /^docs\/course\/\d\d-/.test(path));
const contents = pages.get("docs/course/README.md")!;

/** By the titles that the playground shows. */
const named: ReadonlyMap<string, readonly Settings[]> = new Map([
  ...Object.values(presets).map(({ title, settings }) => [title, [settings]] as const),
  ["Four optimizers side by side", optimizersSideBySide],
]);

/** A setting from the words of a lesson. */
function settingFrom(key: string, text: string): unknown {
  if (!Object.hasOwn(initial, key)) throw new Error(`the playground has no setting ${key}`);
  const like = initial[key as keyof Settings];
  if (Array.isArray(like)) {
    const parts = text === "none" ? [] : text.split(", ");
    return typeof like[0] === "number" ? parts.map(Number) : parts;
  }
  return typeof like === "number" ? Number(text) : text;
}

/** What a lesson says that a link opens: the preset *title*, or `key: value` for each other setting. */
function statedSettings(words: string): readonly Settings[] {
  const title = /preset \*([^*]+)\*/.exec(words)?.[1];
  if (title !== undefined) return named.get(title) ?? [];
  let settings = initial;
  for (const [, key, text] of words.matchAll(/`(\w+): ([^`]+)`/g))
    settings =
      key === "data"
        ? changed(settings, "data", text as Settings["data"])
        : { ...settings, [key]: settingFrom(key, text) };
  return [settings];
}

/** The links into the playground: one for each item of a list, with the words beside it. */
const linksIn = (text: string) =>
  [...text.matchAll(/^- \[[^\]]+\]\(\.\.\/\.\.\/playground\/index\.html#([^)]+)\)(.*(?:\n {2}.*)*)/gm)].map(
    ([, address, words]) => ({ address, words: words.replace(/\s+/g, " ") }),
  );
const links = lessons.flatMap(([page, text]) =>
  linksIn(text).map(({ address, words }) => [basename(page), address, words] as const),
);

describe("a link into the playground", () => {
  it.each(links)("%s: #%s", (_page, address, words) => {
    const { runs, notes } = decode(address);
    expect(notes).toEqual([]);
    expect(runs).toEqual(statedSettings(words));
    expect(encode(runs)).toBe(address);
  });

  it("has the form that is read here, in every lesson", () => {
    const all = lessons.map(([page, text]) => [page, text.split("playground/index.html#").length - 1]);
    expect(lessons.map(([page, text]) => [page, linksIn(text).length])).toEqual(all);
    for (const [page, count] of all) expect(count, `${page}`).toBeGreaterThan(0);
  });

  it("is refused if it opens other settings than the lesson names", () => {
    expect(statedSettings("`data: xor`, `hidden: 8`")).not.toEqual(decode("v=1&data=xor&hidden=9").runs);
    expect(() => statedSettings("`units: 8`")).toThrow("no setting units");
    expect(statedSettings("preset *Lost*")).toEqual([]);
  });
});

describe("a lesson", () => {
  it.each(lessons)("%s", (page, text) => {
    const examples = [...text.matchAll(/npm run example -- ([\w-]+)/g)].map(([, name]) => name);
    expect(examples.length).toBeGreaterThan(0);
    for (const name of examples) expect(existsSync(join(root, "examples", `${name}.ts`)), name).toBe(true);
    expect(text).toMatch(
      /^## Exercise\n[\s\S]+<details>\n<summary>Answer<\/summary>\n\n[\s\S]+\n<\/details>$/m,
    );
    expect(text).toMatch(/!\[[^\]]+\]\(\.\.\/figures\//);
    expect(contents).toContain(`](${basename(page)})`);
    const words = proseOf(text).split(/\s+/).length;
    expect(words).toBeGreaterThan(400);
    expect(words).toBeLessThan(1300);
  });

  it("runs each example, but the one about serving", () => {
    const all = readdirSync(join(root, "examples"))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => file.slice(0, -3));
    const text = lessons.map(([, each]) => each).join("\n");
    const lost = (name: string) => !new RegExp(`npm run example -- ${name}\\b(?!-)`).test(text);
    expect(all.filter(lost)).toEqual(["server"]);
    expect(all.filter((name) => !contents.includes(`\`${name}\``))).toEqual(["server"]);
  });

  it("is one of twelve, numbered in order", () => {
    const numbers = lessons.map(([page]) => Number(basename(page).slice(0, 2)));
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});
