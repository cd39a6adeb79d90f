/** The examples in doc comments: `@example` runs and gives what the comment behind it says. */
import { expect, it } from "vitest";
import * as distributed from "../../src/distributed/index.js";
import * as library from "../../src/index.js";
import { sources } from "../structure/imports.js";
import { shown } from "./shown.js";

const AsyncFunction = (async () => {}).constructor as new (
  ...args: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** `@example code // result`, which may go on in the next lines. */
const examples = [...sources(["src"], /\.ts$/)].flatMap(([path, text]) =>
  [...text.matchAll(/^ \* @example ((?:.|\n \* {3})+?)(?: |\n \* {3})\/\/ (.+(?:\n \* {3}.+)*)$/gm)].map(
    (match) => {
      const [code, result] = match.slice(1).map((part) => part.replace(/\n \* {2}/g, ""));
      return [path, code, result] as const;
    },
  ),
);

// `var` is the name of a function of the library, and a word of the language.
const scope = Object.entries({ ...library, distributed }).filter(([name]) => name !== "var");

/** The value of the last expression. */
function run(code: string): Promise<unknown> {
  const last = code.lastIndexOf("; ");
  const [before, value] = last < 0 ? ["", code] : [code.slice(0, last + 1), code.slice(last + 2)];
  const call = new AsyncFunction(...scope.map(([name]) => name), `${before} return ${value}`);
  return call(...scope.map(([, member]) => member));
}

it.each(examples)("%s: %s", async (_path, code, result) => {
  expect(shown(await run(code))).toBe(result);
});

it("no example is written in a form that does not run", () => {
  const written = [...sources(["src"], /\.ts$/).values()].join("\n").match(/@example /g)!.length;
  expect(examples.length).toBe(written);
  expect(written).toBeGreaterThan(300);
});
