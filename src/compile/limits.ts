import { backend, k } from "../kernels/backend.js";

/** The best performance that the kernels in use currently reach on this machine. */
export interface Limits {
  /**
   * Floating-point operations per second: a 384 x 384 matmul, which comes within a few percent of the FMA
   * peak.
   */
  readonly flops: number;
  /**
   * Bytes per second, read and written: a copy of 1 MB to 1 MB. Caches hold that much, as they hold the data
   * of a small network.
   */
  readonly bytes: number;
}

const measured = new Map<string, Limits>();

/**
 * The limits, measured once for each backend, instruction set and number of threads. It takes a few
 * milliseconds, and a few hundred on the JS core. `bfloat16`: of products that round to bfloat16.
 */
export function limits(bfloat16: boolean): Limits {
  const key = `${backend.name} ${backend.isa} ${backend.threads} ${bfloat16}`;
  let found = measured.get(key);
  if (found === undefined) {
    found = { flops: productRate(384, bfloat16 ? 1 : 0), bytes: copyRate(1 << 18) };
    measured.set(key, found);
  }
  return found;
}

/** Repetitions per second of the fastest of five runs. */
function fastest(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return 1000 / best;
}

function productRate(n: number, flag: 0 | 1): number {
  const [a, b, c] = [0, 1, 2].map(() => new Float32Array(n * n).fill(0.5));
  const operands = [a, 0, 0, n, 1, b, 0, 0, n, 1, null, 0] as const;
  return 2 * n ** 3 * fastest(() => k.gemm(1, n, n, n, ...operands, 0, flag, c, 0, 0));
}

function copyRate(n: number): number {
  const [x, out] = [0, 1].map(() => new Float32Array(n).fill(0.5));
  return 8 * n * fastest(() => k.copy([n], x, 0, [1], out, 0, [1]));
}
