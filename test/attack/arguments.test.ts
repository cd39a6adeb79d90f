/**
 * Every public function, method and layer, with one argument or option replaced by what does not belong
 * there. It is refused in the library's own words, or the result is right: never a plain TypeError, never NaN
 * in silence, never an argument that was changed.
 */
import { describe, expect, it } from "vitest";
import * as simdgrad from "../../src/index.js";
import { nn, SimdgradError, Tensor, zeros } from "../../src/index.js";
import fc from "../property.js";
import { calls } from "./calls.js";
import { patience, times } from "./effort.js";
import { callOf, everything, replaced, shown } from "./hostile.js";
import { moreCalls } from "./more-calls.js";
import { plainCalls } from "./plain-calls.js";

const written = [...calls, ...moreCalls].flatMap(([args, names]) =>
  names.split(" ").map((name) => [name, args] as const),
);
const rows = [...written, ...(await plainCalls(new Set(written.map(([name]) => name))))];

/** The names that a message may begin with: the called function, or an operation that it calls. */
const operations = new Set<string>([
  ...["", "linalg."].flatMap((room) =>
    Object.keys(room === "" ? simdgrad : simdgrad.linalg).map((name) => room + name),
  ),
  ...[nn, nn.functional, nn.init, simdgrad.special].flatMap(Object.keys),
  ...Object.getOwnPropertyNames(Tensor.prototype),
]);

/** Names of options, and data, that take what others do not. */
const takesText = /^(tensor|asTensor|Tensor\.newTensor|einsum)$/;
const takesFunction = /^nn\.TripletMarginWithDistanceLoss$/;

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
    if (stranger && !takesText.test(name) && !(typeof hostile === "function" && takesFunction.test(name)))
      return "took it";
    if (outsider(hostile) && hasNaN(result)) return "NaN";
  } catch (error) {
    if (!(error instanceof SimdgradError)) return String(error).slice(0, 150);
    if (error.message.length >= 1000) return `a message of ${error.message.length} characters`;
    if (!operations.has(error.message.split(": ")[0]))
      return `not the name of an operation: ${error.message}`;
    if (args.some((x, i) => i >= 3 * Number(/Norm$/.test(name)) && values(x) !== before[i]))
      return "changed an argument, then failed";
    return;
  }
  // Running statistics are changed on purpose.
  const own = /_$|^nn\.init\./.test(name) ? 1 : /(batch|instance)Norm$/.test(name) ? 3 : 0;
  if (args.some((x, i) => i >= own && values(x) !== before[i])) return "changed an argument";
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
/** In `npm test` a sample of what is hostile for each call, in `npm run attack` all of it. */
const hostile = everything();
const sample = Math.min(times(4), hostile.length);

describe("arguments", () => {
  it("the table has every function that is exported", () => {
    const known = new Set(rows.map(([name]) => name));
    const functions = Object.entries(simdgrad).filter(([, value]) => typeof value === "function");
    const others =
      /^(noGrad|compile|manualSeed|fit|gradcheck|formatShape|isreal|[gs]etFloat32MatmulPrecision|[A-Z].*)$/;
    const missing = functions.map(([name]) => name).filter((name) => !known.has(name) && !others.test(name));
    const layers = Object.entries(nn.functional).map(([name]) => name);
    const covered = (name: string) =>
      known.has(`nn.functional.${name}`) ||
      known.has(name) ||
      known.has(`special.${name}`) ||
      known.has(`Tensor.${name}`);
    missing.push(...layers.filter((name) => !covered(name)));
    expect(missing).toEqual(["multiHeadAttentionForward"]);
  });

  it("are valid to begin with", () => {
    for (const [name, make] of rows) expect(() => callOf(name)(make()), name).not.toThrow();
  });

  it(
    "are refused in the library's words where they do not belong",
    () => {
      const found: string[] = [];
      for (const [name, make] of rows) {
        const chosen = fc.sample(
          fc.shuffledSubarray(hostile, { minLength: sample, maxLength: sample }),
          1,
        )[0];
        found.push(...problems(name, make, chosen));
      }
      expect(found).toEqual([]);
      expect(zeros([4]).add(1).toArray()).toEqual([1, 1, 1, 1]);
    },
    patience(),
  );
});
