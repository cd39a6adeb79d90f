import { expect, test } from "vitest";
import { decimalOf } from "../src/decimal.js";
import { SimdgradError, zeros } from "../src/index.js";
import { nearest } from "../src/nearest.js";
import { excerpt, listed, printable, quoted, quotedPath } from "../src/quote.js";

test.each<[string, unknown, string]>([
  ["a text", 'a "b"', '"a \\"b\\""'],
  ["an escape sequence", "\x1b[2J", '"\\u001b[2J"'],
  ["what JSON leaves: DEL, C1, bidi, separators", "\x7f\x9b\u202e\u2028", '"\\u007f\\u009b\\u202e\\u2028"'],
  ["a lone surrogate", "\ud800x", '"\\ud800x"'],
  ["a pair", "😀", '"😀"'],
  ["a number", 1.5, "1.5"],
  ["undefined", undefined, "undefined"],
  ["an object", { a: [1, "b", null] }, '{ a: [1, "b", null] }'],
  ["an empty one", {}, "{}"],
  ["one without a prototype", Object.assign(Object.create(null), { a: 1 }), "{ a: 1 }"],
  ["an object of a class", new Date(0), "a Date"],
  ["one that begins with a vowel", new Event("x"), "an Event"],
  ["a typed array", new Float32Array(3), "a Float32Array"],
  ["a tensor", zeros([2, 3]), "a tensor [2, 3] float32"],
  ["a BigInt", 5n, "5n"],
  ["a symbol", Symbol("s"), "Symbol(s)"],
  ["a function", Math.max, "the function max"],
  [
    "a function without a name",
    (
      () => () =>
        1
    )(),
    "a function",
  ],
  ["a class", SimdgradError, "the class SimdgradError"],
  ["a long text", "a".repeat(5e7), `"${"a".repeat(80)}…" (50000000 characters)`],
  ["a long list", Array(1e6).fill(1), "[1, 1, 1, 1, 1, 1, 1, 1, … 1000000 in all]"],
])("%s is quoted", (_, value, expected) => {
  expect(quoted(value)).toBe(expected);
});

test("what is nested deeper than the stack is quoted", () => {
  const deep = JSON.parse("[".repeat(1e5) + "]".repeat(1e5));
  expect(quoted(deep).length).toBeLessThan(100);
});

test("paths stay whole, excerpts and lists end", () => {
  const path = `/${"long/".repeat(50)}file`;
  expect(quotedPath(path)).toBe(JSON.stringify(path));
  expect(excerpt("\nx".repeat(100), 4)).toBe("\\u000ax\\u000ax…");
  expect(listed(["a", "b"])).toBe("a, b");
  expect(listed(Array(60_000).fill("name"))).toMatch(/^name, .* … \(60000 in all\)$/);
  expect(listed(Array(60_000).fill("name")).length).toBeLessThan(250);
  expect(printable("plain é 名")).toBe("plain é 名");
});

test("decimal texts are numbers, and long ones that are none end", () => {
  for (const [text, value] of [
    ["1", 1],
    ["-1.5e3", -1500],
    [".5", 0.5],
    ["5.", 5],
    ["+1e-2", 0.01],
  ] as const)
    expect(decimalOf(text)).toBe(value);
  for (const text of ["", "0x10", "Infinity", ".", "1e", "1 2", "--1", `${"1".repeat(5e6)}x`])
    expect(decimalOf(text)).toBeNaN();
});

test("no name is near one of a million characters", () => {
  expect(nearest("a".repeat(1e6), ["b".repeat(1e6)])).toBeUndefined();
});
