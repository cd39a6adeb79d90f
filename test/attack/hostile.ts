/** What belongs nowhere, and the ways to put it where arguments belong. */
import * as simdgrad from "../../src/index.js";
import { Tensor, zeros } from "../../src/index.js";
import * as plot from "../../src/plot/index.js";

export type Call = (args: readonly unknown[]) => unknown;

/** The function of a name; a method gets its tensor first. */
export function callOf(name: string): Call {
  if (name.startsWith("Tensor.")) {
    const method = name.slice("Tensor.".length);
    return ([x, ...rest]) => (x as any)[method](...rest);
  }
  const found = name.split(".").reduce((at: any, part) => at[part], { ...simdgrad, plot });
  if (typeof found !== "function") throw new Error(`there is no ${name}`);
  const isClass = /^class\b/.test(Function.prototype.toString.call(found));
  return isClass ? (args) => new found(...args) : (args) => found(...args);
}

/** Values that are never valid: a function that accepts one returns a wrong result. */
const strangers: readonly unknown[] = [Symbol("s"), 5n, "a", "0.5", () => 1, new Date(0), { stranger: 1 }];
/** Values that may be valid: a function may accept one, and the result must then be right. */
const visitors: readonly unknown[] = [
  ...[undefined, null, NaN, Infinity, true, 1.5, -1, {}, [], [NaN], Float32Array.of(1)],
];
const tensors = [
  () => zeros([3, 5, 7]),
  () => zeros([0]),
  () => zeros([2, 2], { dtype: "int32" }),
  () => zeros([2], { dtype: "bool" }),
];

/** Each with whether it is a stranger. */
export const everything = () => [
  ...strangers.map((v) => [v, true] as const),
  ...visitors.map((v) => [v, false] as const),
  ...tensors.map((make) => [make(), false] as const),
];

/** A value in the words of a test. */
export const shown = (v: unknown) =>
  v instanceof Tensor
    ? `tensor ${v.shape} ${v.dtype}`
    : Array.isArray(v)
      ? `[${v.map(String)}]`
      : typeof v === "object" && v !== null
        ? `${v.constructor.name} ${Object.keys(v)}`
        : String(v);

/** All ways to put one thing in the place of one argument, or of one option of an object. */
export function* replaced(
  args: readonly unknown[],
  hostile: unknown,
  from = 0,
): Generator<[string, unknown[]]> {
  for (let i = from; i < args.length; i++) {
    yield [`argument ${i}`, args.with(i, hostile)];
    const given = args[i] as object;
    if (given?.constructor === Object)
      for (const key of Object.keys(given)) yield [key, args.with(i, { ...given, [key]: hostile })];
  }
}
