/** Folds nodes of all ranks in a fixed tree: the collective operation of programs. */
import { OK } from "./status.js";

/** Statuses of a call that the other ranks made fail: `Outcome` of native/mpi/world.h. */
export const NO_SCHEDULE = 2;
const NOT_STARTED = 3;

type Nodes = Float32Array | Float64Array;

/** What exchanges with other ranks. It returns a status. Null where there is no MPI. */
type Exchange = (
  n: number,
  nodes: number,
  listed: number,
  rule: number,
  schedule: Int32Array,
  so: number,
  x: Nodes,
  xo: number,
) => number;

let withOthers: Exchange | null = null;

/** `distributed` sets the function that reaches the other ranks. */
export function setExchange(exchange: Exchange): void {
  withOthers = exchange;
}

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
  if (schedule[so] !== 1)
    return withOthers?.(n, nodes, listed, rule, schedule, so, x, xo) ?? NOT_STARTED;
  const folds = schedule[so + 2];
  if (schedule[so + 1] !== nodes || listed !== 3 + 2 * folds) return NO_SCHEDULE;
  for (let fold = 0; fold < folds; fold++) {
    const [a, b] = [0, 1].map((side) => xo + n * schedule[so + 3 + 2 * fold + side]);
    for (let i = 0; i < n; i++) x[a + i] = rules[rule](x[a + i], x[b + i]);
  }
  return OK;
};
