/** What is written from the rows of kernels: the C++ headers and the index of the JavaScript core. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backend } from "../../src/index.js";
import { nativeAddon } from "../../src/kernels/backend.js";
import { formOf } from "../../src/kernels/extents.js";
import { kernelNames, schema } from "../../src/kernels/schema.js";
import { kernelFiles } from "../../tools/kernels/files.js";
import { jsCore } from "../../tools/kernels/js-core.js";
import { nativeHeaders } from "../../tools/kernels/native-headers.js";

const files = kernelFiles(schema, formOf);
const header = "native/entries/arguments.h";

it.each(Object.keys(files))("%s is up to date (npm run generate)", (path) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")).toBe(files[path]);
});

describe("a kernel registers where it is defined", () => {
  it("in C++ by its entry", () => {
    const none = nativeHeaders(schema, formOf, [])[header];
    const one = nativeHeaders(schema, formOf, ["double scan(ScanArgs& a) {\n}\n"])[header];
    expect(none).not.toContain("struct");
    expect(one).toContain("struct ScanArgs : Arguments {");
    expect(one).toContain("readOp(scanNames)");
    expect(one).toContain("const Read<Dense> x{*this, outer, length, inner};");
  });

  it("in JavaScript by its function", () => {
    const sources = { "b.ts": "export const two = 1;\n", "a.ts": "export function one() {}\n" };
    expect(jsCore(["one", "two"], sources)).toMatch(
      /\nexport { one } from ".\/a.js";\nexport { two } from ".\/b.js";\n$/,
    );
    expect(() => jsCore(["three"], sources)).toThrow("exports three: none does");
    const twice = { ...sources, "c.ts": "export function one() {}\n" };
    expect(() => jsCore(["one"], twice)).toThrow("exports one: a.ts, c.ts");
  });
});

it.runIf(backend.isas.length > 0)("the addon has the kernels whose entries are defined", () => {
  const defined = kernelNames.filter((name) => files[header].includes(`ROW(${name}, entries::`));
  expect(Object.keys(nativeAddon().addon.kernels)).toEqual(defined);
});
