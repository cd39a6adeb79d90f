/**
 * Which of two elements is nearest, where rounding decides: what PyTorch answers, by dtype. Its gradient goes
 * at some of these places to the other element than the one that it read; here it goes to that one, so these
 * are no fixtures.
 */
import { expect, it } from "vitest";
import { nn, tensor } from "../../src/index.js";
import { elements } from "../fixtures/pytorch/read.js";

it.each([
  [6, 74, 37, "nearest", 2, 3],
  [12, 74, 37, "nearest", 5, 6],
  [14, 46, 23, "nearest", 6, 7],
  [2, 41, 20, "nearest-exact", 1, 1],
  [2, 49, 24, "nearest-exact", 1, 1],
] as const)("%i elements as %i: element %i in mode %s", (size, out, at, mode, single, double) => {
  const place = (dtype: "float32" | "float64") => {
    const x = tensor([...Array(size).keys()], { dtype }).reshape(1, 1, size);
    return elements(nn.functional.interpolate(x, out, { mode }))[at];
  };
  expect([place("float32"), place("float64")]).toEqual([single, double]);
});
