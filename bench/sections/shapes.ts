/** The matrix products that are measured. */

export interface Shape {
  m: number;
  n: number;
  k: number;
  transA: boolean;
  transB: boolean;
}

const shape = (m: number, n: number, k: number, transposes = ""): Shape => ({
  ...{ m, n, k },
  transA: transposes.includes("A"),
  transB: transposes.includes("B"),
});

/**
 * Products of training steps: forward (B transposed), gradients of inputs (nothing transposed) and of weights
 * (A transposed).
 */
export const trained: Shape[] = [
  shape(64, 64, 64),
  shape(128, 512, 784, "B"),
  shape(128, 784, 512),
  shape(512, 784, 128, "A"),
  shape(128, 10, 256, "B"),
  shape(64, 10, 784, "B"),
  shape(32, 20, 25, "B"),
  shape(512, 512, 512),
  shape(2048, 2048, 2048),
  shape(1, 1024, 1024, "B"),
];

/**
 * Products of a matrix and a vector: each element of the matrix is used once, so memory limits their speed.
 */
export const vectors: Shape[] = [
  shape(1, 1024, 1024, "B"),
  shape(1, 1024, 1024),
  shape(1024, 1, 1024),
  shape(1024, 1, 1024, "A"),
  shape(1, 4096, 4096, "B"),
  shape(1, 4096, 4096),
];

/** For the plot: GFLOP/s over size. */
export const squares: Shape[] = [
  8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048,
].map((size) => shape(size, size, size));

/**
 * Random sizes up to 600 and random transposes, from mulberry32: the same for the same seed on every machine.
 */
export function randomShapes(count: number, seed: number): Shape[] {
  let state = seed >>> 0;
  const next = (below: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return Array.from({ length: count }, () => ({
    ...{ m: 1 + next(600), n: 1 + next(600), k: 1 + next(600) },
    ...{ transA: next(2) === 1, transB: next(2) === 1 },
  }));
}

export const isSmall = ({ m, n, k }: Shape) => m * n * k < 1e6;
/** Few columns: the last layer of a classifier, networks of a few units. */
export const isNarrow = ({ m, n }: Shape) => m > 1 && n <= 20;
export const isLarge = ({ m, n, k }: Shape) => Math.min(m, n, k) >= 512;
export const flops = ({ m, n, k }: Shape) => 2 * m * n * k;

export function describe({ m, n, k, transA, transB }: Shape): string {
  const transposed = [transA ? "A" : "", transB ? "B" : ""].filter(Boolean);
  return `${m}, ${n}, ${k}${transposed.length > 0 ? ` (${transposed.join(" and ")} transposed)` : ""}`;
}
