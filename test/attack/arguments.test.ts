/**
 * Every public function, method and layer, with one argument or option replaced by what does not belong there. It is refused in the
 * library's own words, or the result is right: never a plain TypeError, never NaN in silence, never an argument that was changed.
 */
import { describe, expect, it } from "vitest";
import * as simdgrad from "../../src/index.js";
import { SimdgradError, Tensor, zeros } from "../../src/index.js";
import { calls } from "./calls.js";

type Call = (args: readonly unknown[]) => unknown;

/** The function of a name; a method gets its tensor first. */
function callOf(name: string): Call {
  if (name.startsWith("Tensor.")) {
    const method = name.slice("Tensor.".length);
    return ([x, ...rest]) => (x as any)[method](...rest);
  }
  const found = name.split(".").reduce((at: any, part) => at[part], simdgrad);
  if (typeof found !== "function") throw new Error(`there is no ${name}`);
  const isClass = /^class\b/.test(Function.prototype.toString.call(found));
  return isClass ? (args) => new found(...args) : (args) => found(...args);
}

const rows = calls.flatMap(([args, names]) => names.split(" ").map((name) => [name, args] as const));

/** What belongs nowhere: whoever takes it gives a wrong result. */
const strangers: readonly unknown[] = [Symbol("s"), 5n, "a", "0.5", () => 1, new Date(0), { stranger: 1 }];
/** What belongs somewhere: it may be taken, and then the result is right. */
const visitors: readonly unknown[] = [
  ...[undefined, null, NaN, Infinity, true, 1.5, -1, {}, [], [NaN], Float32Array.of(1)],
];
const tensors = [
  () => zeros([3, 5, 7]),
  () => zeros([0]),
  () => zeros([2, 2], { dtype: "int32" }),
  () => zeros([2], { dtype: "bool" }),
];

/** Names of options, and data, that take what others do not. */
const takesText = /^(tensor|asTensor|Tensor\.newTensor|einsum)$/;

const values = (x: unknown): string | undefined =>
  x instanceof Tensor ? `${x.dtype} ${x.shape} ${x.contiguous().data.join()}` : undefined;

const hasNaN = (result: unknown): boolean =>
  result instanceof Tensor
    ? result.contiguous().data.some(Number.isNaN)
    : Array.isArray(result) && result.some(hasNaN);

/** No number or tensor, of which NaN may be the right result: -1 to the power of 0.5. */
const outsider = (v: unknown): boolean =>
  typeof v !== "number" &&
  typeof v !== "boolean" &&
  !(v instanceof Tensor) &&
  !(Array.isArray(v) && v.includes(NaN));

/** What is wrong with the way in which a call takes the arguments. */
function complaint(
  name: string,
  args: readonly unknown[],
  hostile: unknown,
  stranger: boolean,
): string | undefined {
  const before = args.map(values);
  try {
    const result = callOf(name)(args);
    if (stranger && !takesText.test(name)) return "took it";
    if (outsider(hostile) && hasNaN(result)) return "NaN";
  } catch (error) {
    if (!(error instanceof SimdgradError)) return String(error).slice(0, 150);
    if (error.message.length >= 1000) return `a message of ${error.message.length} characters`;
    if (!/^[A-Za-z][\w.[\]]*: /.test(error.message)) return `not the name of an operation: ${error.message}`;
    if (args.some((x, i) => values(x) !== before[i])) return "changed an argument, then failed";
    return;
  }
  const own = name.endsWith("_") || name.startsWith("nn.init.") ? 1 : 0;
  if (args.some((x, i) => i >= own && values(x) !== before[i])) return "changed an argument";
}

const shown = (v: unknown) =>
  v instanceof Tensor
    ? `tensor ${v.shape} ${v.dtype}`
    : Array.isArray(v)
      ? `[${v.map(String)}]`
      : typeof v === "object" && v !== null
        ? `${v.constructor.name} ${Object.keys(v)}`
        : String(v);

/** All ways to put one thing in the place of one argument, or of one option of an object. */
function* replaced(args: readonly unknown[], hostile: unknown, from = 0): Generator<[string, unknown[]]> {
  for (let i = from; i < args.length; i++) {
    yield [`argument ${i}`, args.with(i, hostile)];
    const given = args[i] as object;
    if (given?.constructor === Object)
      for (const key of Object.keys(given)) yield [key, args.with(i, { ...given, [key]: hostile })];
  }
}

function problems(
  name: string,
  make: () => unknown[],
  hostiles: readonly (readonly [unknown, boolean])[],
): string[] {
  const found: string[] = [];
  for (const [hostile, stranger] of hostiles)
    for (const [where] of replaced(make(), hostile, name.startsWith("Tensor.") ? 1 : 0)) {
      const args = [...replaced(make(), hostile, name.startsWith("Tensor.") ? 1 : 0)].find(
        ([w]) => w === where,
      )![1];
      const problem = complaint(name, args, hostile, stranger);
      if (problem !== undefined) found.push(`${name}, ${where} = ${shown(hostile)}: ${problem}`);
    }
  return found;
}
const everything = () => [
  ...strangers.map((v) => [v, true] as const),
  ...visitors.map((v) => [v, false] as const),
  ...tensors.map((make) => [make(), false] as const),
];

describe("arguments", () => {
  it("of every call are valid to begin with", () => {
    const failed = rows.filter(([name, make]) => {
      try {
        callOf(name)(make());
        return false;
      } catch (error) {
        console.log(name, String(error));
        return true;
      }
    });
    expect(failed.map(([name]) => name)).toEqual([]);
  });
  it("all", async () => {
    const fs = await import("node:fs");
    fs.writeFileSync("/tmp/gen/problems.txt", "");
    const only = process.env["ONLY"];
    let n = 0;
    for (const [name, make] of rows) {
      if (only && !new RegExp(only).test(name)) continue;
      const p = problems(name, make, everything());
      n += p.length;
      fs.appendFileSync("/tmp/gen/problems.txt", p.map((x) => `${x}\n`).join(""));
    }
    console.log("problems", n);
  }, 600000);
});
