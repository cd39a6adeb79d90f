/** The pages of the documentation, and the blocks of code in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../structure/imports.js";

/** README and every page of docs/ and its folders, by path from the root of the repository. */
export const pages: ReadonlyMap<string, string> = new Map(
  ["README.md", ...readdirSync(join(root, "docs"), { recursive: true }).map((name) => `docs/${name}`)]
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".md"))
    .map((path) => [path, readFileSync(join(root, path), "utf8")]),
);

export interface Block {
  readonly page: string;
  /** Of the fence, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** Why it does not run: the comment `<!-- not run: … -->` on the line above the fence. */
  readonly notRun: string | undefined;
}

/** The blocks between fences of one page. */
export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/(?:^<!-- not run: (.*) -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm)].map(
    ([all, notRun, language, code], _i) => ({
      page,
      line: text.slice(0, text.indexOf(all)).split("\n").length + (notRun === undefined ? 0 : 1),
      language,
      code,
      notRun,
    }),
  );
}

export const blocks: readonly Block[] = [...pages].flatMap(([page, text]) => blocksOf(page, text));

/** The text of a page without its code. */
export const proseOf = (text: string): string =>
  text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "``");
