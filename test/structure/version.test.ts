/** The places that say the version of the library say the same. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { version } from "../../src/version.js";

test("package.json, src/version.ts and native/binding/version.h have one version", () => {
  expect(JSON.parse(readFileSync("package.json", "utf8")).version).toBe(version);
  const header = readFileSync("native/binding/version.h", "utf8");
  expect(/#define SIMDGRAD_VERSION "(.*)"/.exec(header)?.[1]).toBe(version);
});
