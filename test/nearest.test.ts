import { describe, expect, it } from "vitest";
import { nearest } from "../src/nearest.js";

describe("nearest", () => {
  it.each([
    ["adma", ["sgd", "adam", "adamw"], "adam"],
    ["ADAM", ["sgd", "adam"], "adam"],
    ["--epoch", ["--epochs", "--batch"], "--epochs"],
    ["ls", ["lr", "batch"], "lr"],
    ["x", ["sgd", "adam"], undefined],
    ["", [], undefined],
    ["rmsprop", ["sgd", "adam"], undefined],
  ])("%s", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});
