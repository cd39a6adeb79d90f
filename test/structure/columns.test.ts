/** Comments keep to 110 columns, as code does (biome.json). */
import { expect, test } from "vitest";
import { sources } from "./imports.js";

const columns = 110;

/** Without strings and template literals, in which // starts no comment. */
const withoutStrings = (line: string) =>
  line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "");

/** Whether a line of code is, or ends with, a comment. */
const hasComment = (line: string) => /^\s*(?:\/\*|\*|\/\/|# )|\s\/\/\s|\/\*/.test(withoutStrings(line));

test(`comments have at most ${columns} columns`, () => {
  const folders = ["src", "native", "tools", "bench", "examples", "test"];
  const long = [...sources(folders, /\.(ts|js|mjs|cjs|cc|h|py)$/)].flatMap(([path, text]) =>
    text
      .split("\n")
      .map((line, i) => ({ at: `${path}:${i + 1}`, line }))
      .filter(({ line }) => line.length > columns && hasComment(line)),
  );
  expect(long).toEqual([]);
});
