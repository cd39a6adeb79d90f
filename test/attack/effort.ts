/**
 * How hard the attacks try. `npm test` runs a sample with a fixed seed; `npm run attack` runs the same files
 * with many more cases and another seed, which it prints, so that a failure can be repeated:
 * `SIMDGRAD_TEST_SEED=… SIMDGRAD_ATTACK=… npx vitest run test/attack`.
 */

/** 1 in `npm test`; the number of cases is multiplied by it. */
export const effort = Number(process.env["SIMDGRAD_ATTACK"] ?? 1);

/** The number of cases of an attack, from the number that `npm test` tries. */
export const times = (sample: number): number => Math.max(1, Math.round(sample * effort));

/** Milliseconds that a test of an attack may take, from what the sample may take. */
export const patience = (sample = 60_000): number => Math.max(1, effort) * sample;
