/** Folds nodes of all ranks in a fixed tree: the collective operation of programs. */
import { type Exchange, type ExchangeStart, type ExchangeWait, NOT_STARTED, others } from "../collective.js";
import { OK } from "./status.js";

const rules = [
  (a: number, b: number) => a + b,
  (a: number, b: number) => (b > a || Number.isNaN(b) ? b : a),
  (a: number, b: number) => (b < a || Number.isNaN(b) ? b : a),
];

/**
 * `x`: the nodes of this rank, [nodes, n]; node 0 becomes the result. `schedule`: the number of ranks; for
 * each rank its number of nodes; the number of folds; for each fold the indices of two nodes, counted over
 * all ranks in order: the first becomes the sum of both (`rule` 0), their maximum (1) or minimum (2).
 */
export const exchange: Exchange = (n, nodes, listed, rule, schedule, so, x, xo) => {
  if (schedule[so] !== 1) return others?.exchange(n, nodes, listed, rule, schedule, so, x, xo) ?? NOT_STARTED;
  for (let fold = so + 3; fold < so + listed; fold += 2) {
    const [a, b] = [xo + n * schedule[fold], xo + n * schedule[fold + 1]];
    for (let i = 0; i < n; i++) x[a + i] = rules[rule](x[a + i], x[b + i]);
  }
  return OK;
};

/**
 * As `exchange`, but it may return before the exchange has ended: `exchangeWait` with the same `x` waits.
 * Each rank owns a part of every node: of n elements, rank r of R those from ⌊rn/R⌋ to before ⌊(r + 1)n/R⌋.
 * `phases`: bit 0, each part of node 0 becomes the result on its owner; bit 1, all ranks get the parts of
 * node 0 from their owners.
 */
export const exchangeStart: ExchangeStart = (n, nodes, listed, rule, phases, schedule, so, x, xo) => {
  if (schedule[so] !== 1)
    return others?.exchangeStart(n, nodes, listed, rule, phases, schedule, so, x, xo) ?? NOT_STARTED;
  return phases === 2 ? OK : exchange(n, nodes, listed, rule, schedule, so, x, xo);
};

/** Waits for the exchange of `x`, and does nothing if none is under way. */
export const exchangeWait: ExchangeWait = (n, nodes, x, xo) => others?.exchangeWait(n, nodes, x, xo) ?? OK;
