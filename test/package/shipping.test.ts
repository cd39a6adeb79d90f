/** The recipes of npm run test:shipping: pinned tools, and a row of docs/deployment.md for each of them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "./pack.js";

interface Recipe {
  packages: string[];
  cases: Record<string, string | { script: string }>;
}

const folder = join(root, "test/shipping");
const tools = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const recipes = await Promise.all(
  tools.map(
    async (tool) => [tool, (await import(join(folder, tool, "recipe.js"))).default as Recipe] as const,
  ),
);
const guide = readFileSync(join(root, "docs/deployment.md"), "utf8");
const rows = guide.split("\n").filter((line) => line.startsWith("| "));

/** Their package is not the tool itself. */
const standIns = ["electron", "node"];

describe.each(recipes)("%s", (tool, { packages, cases }) => {
  test("pins its packages", () => {
    expect(packages.filter((specifier) => !/.@\d+\.\d+\.\d+[\w.-]*$/.test(specifier))).toEqual([]);
  });

  test.runIf(packages[0].includes(tool) && !standIns.includes(tool))(
    "has a row in docs/deployment.md with the version that is tried",
    () => {
      const version = /@(\d+\.\d+)[\w.-]*$/.exec(packages[0])![1];
      expect(rows.filter((row) => row.toLowerCase().includes(tool) && row.includes(version))).not.toEqual([]);
    },
  );

  test("has cases", () => {
    expect(Object.keys(cases).length).toBeGreaterThan(0);
  });
});
