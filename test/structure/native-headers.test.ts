/** The C++ headers that follow from the rows of kernels, and the kernels that have C++. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backend } from "../../src/index.js";
import { nativeAddon } from "../../src/kernels/backend.js";
import { formOf } from "../../src/kernels/extents.js";
import { kernelNames, schema } from "../../src/kernels/schema.js";
import { nativeHeaders } from "../../tools/native-headers.js";

const root = new URL("../../", import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), "utf8");
const entries = readdirSync(new URL("native/entries/", root)).filter((name) => name.endsWith(".cc"));
const headers = nativeHeaders(
  schema,
  formOf,
  entries.map((name) => textOf(`native/entries/${name}`)),
);

describe("the headers that are written from the rows", () => {
  it.each(Object.keys(headers))("%s is up to date (npm run generate)", (path) => {
    expect(textOf(path)).toBe(headers[path]);
  });

  it("have a struct for a kernel as soon as a file defines its entry", () => {
    const none = nativeHeaders(schema, formOf, [])["native/entries/arguments.h"];
    const one = nativeHeaders(schema, formOf, ["double scan(ScanArgs& a) {\n}\n"])[
      "native/entries/arguments.h"
    ];
    expect(none).not.toContain("struct");
    expect(one).toContain("struct ScanArgs : Arguments {");
    expect(one).toContain("readOp(scanNames)");
    expect(one).toContain("const Read<Dense> x{*this, outer, length, inner};");
  });
});

it.runIf(backend.isas.length > 0)("the addon has the kernels whose entries are defined", () => {
  const defined = kernelNames.filter((name) =>
    headers["native/entries/arguments.h"].includes(`ROW(${name}, entries::`),
  );
  expect(Object.keys(nativeAddon().addon.kernels)).toEqual(defined);
});
