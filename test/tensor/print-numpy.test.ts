/**
 * What stands between the parentheses of a printed tensor is what NumPy prints: test/fixtures/numpy/make.py.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { DType } from "../../src/dtype.js";
import { tensor } from "../../src/index.js";
import { decode, type Stored } from "../fixtures/pytorch/read.js";

type Case = [dtype: DType, shape: number[], values: Stored[], text: string];
const file = new URL("../fixtures/numpy/print.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];

/** Without the notes behind the values: `, dtype=int32)`. */
const valuesOf = (text: string) => text.slice("tensor(".length).replace(/(?:,\s+\w+=[^=]*)*\)$/, "");

it.each(["float32", "float64", "int32", "uint8", "bool"])("%s", (wanted) => {
  const own = cases.filter(([dtype]) => dtype === wanted);
  expect(own.length).toBeGreaterThan(7);
  for (const [dtype, shape, stored, text] of own) {
    const values = decode(stored);
    const count = shape.reduce((n, size) => n * size, 1);
    const x = tensor(
      Array.from({ length: count }, (_, i) => values[i % values.length]),
      { shape, dtype },
    );
    // JavaScript writes its booleans small.
    const expected = dtype === "bool" ? text.toLowerCase() : text;
    expect(valuesOf(String(x)), `${dtype} [${shape}] of ${stored.slice(0, 20)}`).toBe(expected);
  }
});
