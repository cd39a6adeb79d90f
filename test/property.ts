/**
 * fast-check, with one seed for every property: a failure comes from the change, not from the seed, and its
 * counterexample comes back. `SIMDGRAD_TEST_SEED=n` looks elsewhere.
 */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env["SIMDGRAD_TEST_SEED"] ?? 1) });

export default fc;
