/** Numbers that make.py and the tests compute alike, so that fixtures need not hold weights or data. */

/** The finalizer of MurmurHash3 over a counter, as make.py's `hash32`. */
export function hash32(i: number, seed: number): number {
  let x = (Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca77) + 0x165667b1) | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** n numbers in [-1, 1), multiples of 2^-23: exact in float32. */
export function units(n: number, seed: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => (hash32(i, seed) >>> 8) / 2 ** 23 - 1);
}
