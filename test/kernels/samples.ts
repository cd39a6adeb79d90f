/** Numbers for the parity tests: the same in every run. */

/** A small multiplicative generator; quality does not matter here, repeatability does. */
export function sampler(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

export function floats(n: number, low = -3, high = 3, seed = 1): Float32Array {
  const next = sampler(seed);
  // Float32Array.from with a function takes ten times as long.
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) values[i] = low + (high - low) * next();
  return values;
}

export function integers(n: number, below: number, seed = 1): Int32Array {
  const next = sampler(seed);
  const values = new Int32Array(n);
  for (let i = 0; i < n; i++) values[i] = Math.floor(next() * below);
  return values;
}

export function bytes(n: number, below = 256, seed = 1): Uint8Array {
  return Uint8Array.from(integers(n, below, seed));
}

/** Around the widths 1, 4, 8, 16 and the 64 lanes of a fold. */
export const widths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 15, 16, 17, 19, 35, 63, 64, 65, 131];

/** Over the grain of every family: more than one chunk, so that workers take part. */
export const large = 100_003;

export const specials = Float32Array.of(
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -1.5,
  1.4e-45,
  -1.4e-45,
  1e-40,
  -1e-40,
  1.17549435e-38,
  3.4028235e38,
  -3.4028235e38,
  88.7,
  88.8,
  -87.4,
  -103.9,
  -104.1,
  1e-8,
  -1e-8,
  8388607.5,
  16777217,
  1e10,
  -1e10,
  20.5,
  0.1,
);

/** Numbers of threads that must give the same bits. */
export const threadCounts = [1, 2, 4];
