/** One way to match every text: digits that could belong to two parts would be tried in all divisions, which takes n² steps. */
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that a decimal text means, or NaN: JavaScript's numbers without its spellings of nothing, infinity and other bases. */
export function decimalOf(text: string): number {
  return decimal.test(text) ? Number(text) : Number.NaN;
}
