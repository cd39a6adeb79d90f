import { expect, test } from "vitest";
import { kernelNames, rowOf } from "../../src/kernels/schema.js";
import { sources } from "./imports.js";

test("what a kernel reports of indices and labels is looked at wherever it is called", () => {
  const reporting = kernelNames.filter((name) => ["index", "label"].includes(rowOf(name).reports ?? ""));
  expect(reporting).toEqual(expect.arrayContaining(["indexAdd", "scatterReduce", "crossEntropyGrad"]));
  // A call that is a statement of its own: nobody has its answer.
  const dropped = new RegExp(`[;{})]\\s*k\\.(?:${reporting.join("|")})\\(`, "g");
  const comment = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
  const found = [...sources(["src"], /\.ts$/)].flatMap(([path, text]) =>
    [...text.replace(comment, "").matchAll(dropped)].map(([call]) => `${path}: ${call}`),
  );
  expect(found).toEqual([]);
});
