/**
 * Recurrent layers over a whole sequence: at each step a product of the previous h with the weight, then the
 * gates. Each cell has PyTorch's gates, stacked along the columns:
 *
 *     lstm   i, f, g, o   c' = f c + i g,  h' = o tanh c'
 *     gru    r, z, n      q = U h + b, n = tanh(W x + r q),  h' = n + z (h - n)
 *     tanh, relu          h' = tanh(W x + U h) or relu of it
 *
 * The sum of the input's part and of h's part is rounded once; h's part is a product with its bias as in
 * gemm. hn and cn hold the running state. A sequence that never runs keeps its initial state.
 */
import type { Data } from "../../dtype.js";
import { gemm } from "./gemm.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

export type CellName = "lstm" | "gru" | "tanh" | "relu";

/** Number of rows of each step, and the first row of each. */
interface Timeline {
  readonly counts: Int32Array;
  readonly firsts: Float64Array;
}

/** Counts that rise, are negative or exceed the rows are limited, so that no row is outside the operands. */
function timelineOf(steps: number, batch: number, rows: number, counts: Data | null, co: number): Timeline {
  const line = { counts: new Int32Array(steps), firsts: new Float64Array(steps) };
  let most = batch;
  for (let t = 0, first = 0; t < steps; t++) {
    if (counts !== null) most = Math.min(most, Math.max(0, counts[co + t]));
    most = Math.min(most, rows - first);
    line.counts[t] = most;
    line.firsts[t] = first;
    first += most;
  }
  return line;
}

const like = (x: Data, length: number): Data => new (x.constructor as new (n: number) => Data)(length);

/** n rows of gates and of the next state. `part`: the product of h. `h` and `c` hold the previous state. */
const cells = specialize(
  (
    cell: string,
    n: number,
    hidden: number,
    gates: Data,
    go: number,
    part: Data,
    h: Data,
    ho: number,
    c: Data | null,
    co: number,
    inner: Data | null,
    io: number,
    to: Data,
    too: number,
  ): void => {
    for (let b = 0, at = 0; b < n; b++)
      for (let j = 0; j < hidden; j++, at++) {
        if (cell === "lstm") {
          const x = go + b * 4 * hidden + j;
          const p = b * 4 * hidden + j;
          const i = 1 / (1 + Math.exp(-(gates[x] + part[p])));
          const f = 1 / (1 + Math.exp(-(gates[x + hidden] + part[p + hidden])));
          const g = Math.tanh(gates[x + 2 * hidden] + part[p + 2 * hidden]);
          const o = 1 / (1 + Math.exp(-(gates[x + 3 * hidden] + part[p + 3 * hidden])));
          const next = f * c![co + at] + i * g;
          gates[x] = i;
          gates[x + hidden] = f;
          gates[x + 2 * hidden] = g;
          gates[x + 3 * hidden] = o;
          c![co + at] = next;
          if (inner !== null) inner[io + at] = next;
          to[too + at] = o * Math.tanh(next);
        } else if (cell === "gru") {
          const x = go + b * 3 * hidden + j;
          const p = b * 3 * hidden + j;
          const r = 1 / (1 + Math.exp(-(gates[x] + part[p])));
          const z = 1 / (1 + Math.exp(-(gates[x + hidden] + part[p + hidden])));
          const q = part[p + 2 * hidden];
          const candidate = Math.tanh(gates[x + 2 * hidden] + r * q);
          gates[x] = r;
          gates[x + hidden] = z;
          gates[x + 2 * hidden] = candidate;
          if (inner !== null) inner[io + at] = q;
          to[too + at] = candidate + z * (h[ho + at] - candidate);
        } else {
          const sum = gates[go + at] + part[at];
          const next = cell === "tanh" ? Math.tanh(sum) : Math.max(sum, 0);
          gates[go + at] = next;
          to[too + at] = next;
        }
      }
  },
);

/**
 * out: h of each step; hn, cn: the last state of each sequence. Kept for the gradient: the gates; `inner`: c
 * of an LSTM, q of a GRU; `whole`: h before the projection, which is given with `projection`.
 */
export function recurrent(
  cell: CellName,
  reverse: number,
  steps: number,
  batch: number,
  rows: number,
  hidden: number,
  width: number,
  columns: number,
  counts: Data | null,
  counto: number,
  weight: Data,
  wo: number,
  projection: Data | null,
  po: number,
  h0: Data,
  h0o: number,
  c0: Data | null,
  c0o: number,
  bias: Data | null,
  bo: number,
  gates: Data,
  go: number,
  inner: Data | null,
  io: number,
  whole: Data | null,
  who: number,
  out: Data,
  oo: number,
  hn: Data,
  hno: number,
  cn: Data | null,
  cno: number,
): number {
  const line = timelineOf(steps, batch, rows, counts, counto);
  const compute = cells(cell, tagOf(gates));
  const part = like(gates, batch * columns);
  for (let i = 0; i < batch * width; i++) hn[hno + i] = h0[h0o + i];
  if (cell === "lstm") for (let i = 0; i < batch * hidden; i++) cn![cno + i] = c0![c0o + i];
  for (let s = 0; s < steps; s++) {
    const t = reverse !== 0 ? steps - 1 - s : s;
    const n = line.counts[t];
    const at = line.firsts[t];
    if (n === 0) continue;
    gemm(
      ...([1, n, columns, width] as const),
      ...([hn, hno, 0, width, 1] as const),
      ...([weight, wo, 0, 1, width] as const),
      ...([bias, bo, 0, 0, part, 0, 0] as const),
    );
    const [to, too] = projection === null ? [out, oo + at * width] : [whole!, who + at * hidden];
    compute(
      ...([cell, n, hidden, gates, go + at * columns, part, hn, hno, cn, cno] as const),
      ...([inner, io + at * hidden, to, too] as const),
    );
    if (projection !== null)
      gemm(
        ...([1, n, width, hidden] as const),
        ...([whole!, too, 0, hidden, 1] as const),
        ...([projection, po, 0, 1, hidden] as const),
        ...([null, 0, 0, 0, out, oo + at * width, 0] as const),
      );
    for (let i = 0; i < n * width; i++) hn[hno + i] = out[oo + at * width + i];
  }
  return OK;
}

/**
 * n rows of gradients before the gates (gx; for a GRU gu has h's part) from `gh`, the gradient of h before
 * the projection. gc holds the gradient of c and becomes that of the previous c. For a GRU `carry` gets the
 * part of the gradient of the previous h that does not pass through a product.
 */
const cellGrads = specialize(
  (
    cell: string,
    n: number,
    hidden: number,
    gates: Data,
    go: number,
    inner: Data | null,
    io: number,
    before: Data | null,
    gh: Data,
    gx: Data,
    gxo: number,
    gu: Data | null,
    guo: number,
    gc: Data | null,
    gco: number,
    carry: Data,
    cao: number,
  ): void => {
    for (let b = 0, at = 0; b < n; b++)
      for (let j = 0; j < hidden; j++, at++) {
        const d = gh[at];
        if (cell === "lstm") {
          const x = b * 4 * hidden + j;
          const i = gates[go + x];
          const f = gates[go + x + hidden];
          const g = gates[go + x + 2 * hidden];
          const o = gates[go + x + 3 * hidden];
          const bent = Math.tanh(inner![io + at]);
          const dc = gc![gco + at] + d * o * (1 - bent * bent);
          gx[gxo + x] = dc * g * (i * (1 - i));
          gx[gxo + x + hidden] = dc * before![at] * (f * (1 - f));
          gx[gxo + x + 2 * hidden] = dc * i * (1 - g * g);
          gx[gxo + x + 3 * hidden] = d * bent * (o * (1 - o));
          gc![gco + at] = dc * f;
        } else if (cell === "gru") {
          const x = b * 3 * hidden + j;
          const r = gates[go + x];
          const z = gates[go + x + hidden];
          const candidate = gates[go + x + 2 * hidden];
          const dn = d * (1 - z) * (1 - candidate * candidate);
          const dr = dn * inner![io + at] * (r * (1 - r));
          const dz = d * (before![at] - candidate) * (z * (1 - z));
          gx[gxo + x] = dr;
          gx[gxo + x + hidden] = dz;
          gx[gxo + x + 2 * hidden] = dn;
          gu![guo + x] = dr;
          gu![guo + x + hidden] = dz;
          gu![guo + x + 2 * hidden] = dn * r;
          carry[cao + at] = d * z;
        } else {
          const h = gates[go + at];
          gx[gxo + at] = cell === "tanh" ? d * (1 - h * h) : h <= 0 ? 0 : d;
        }
      }
  },
);

/** Copies the previous values of n rows: `running` rows from a step, the others from the initial state. */
function copyPrevious(
  n: number,
  size: number,
  running: number,
  step: Data,
  from: number,
  start: Data,
  so: number,
  to: Data,
  too: number,
): void {
  const split = Math.min(n, running) * size;
  for (let i = 0; i < split; i++) to[too + i] = step[from + i];
  for (let i = split; i < n * size; i++) to[too + i] = start[so + i];
}

/**
 * gx: the gradient of the products of the inputs, which are h's products too, except in a GRU: there gu is
 * that of h's products. gh0, gc0: the gradients of the initial state. gp: the gradient of h after the
 * projection. previous: h before each row. Null gradients (g, gh, gc) are zero.
 */
export function recurrentGrad(
  cell: CellName,
  reverse: number,
  steps: number,
  batch: number,
  rows: number,
  hidden: number,
  width: number,
  columns: number,
  counts: Data | null,
  counto: number,
  weight: Data,
  wo: number,
  projection: Data | null,
  po: number,
  h0: Data,
  h0o: number,
  c0: Data | null,
  c0o: number,
  gates: Data,
  go: number,
  inner: Data | null,
  io: number,
  out: Data,
  oo: number,
  g: Data | null,
  gto: number,
  gh: Data | null,
  gho: number,
  gc: Data | null,
  gco: number,
  gx: Data,
  gxo: number,
  gu: Data | null,
  guo: number,
  gp: Data | null,
  gpo: number,
  previous: Data | null,
  pro: number,
  gh0: Data,
  gh0o: number,
  gc0: Data | null,
  gc0o: number,
): number {
  const line = timelineOf(steps, batch, rows, counts, counto);
  const compute = cellGrads(cell, tagOf(gates));
  const whole = like(gates, batch * hidden);
  const projected = projection === null ? whole : like(gates, batch * width);
  const before = cell === "tanh" || cell === "relu" ? null : like(gates, batch * hidden);
  for (let i = 0; i < batch * width; i++) gh0[gh0o + i] = gh === null ? 0 : gh[gho + i];
  if (cell === "lstm")
    for (let i = 0; i < batch * hidden; i++) gc0![gc0o + i] = gc === null ? 0 : gc[gco + i];
  for (let s = steps - 1; s >= 0; s--) {
    const t = reverse !== 0 ? steps - 1 - s : s;
    const n = line.counts[t];
    const at = line.firsts[t];
    if (n === 0) continue;
    const earlier = reverse !== 0 ? t + 1 : t - 1;
    const [running, from] = s === 0 ? [0, 0] : [line.counts[earlier], line.firsts[earlier]];
    for (let i = 0; i < n * width; i++)
      projected[i] = g === null ? gh0[gh0o + i] : gh0[gh0o + i] + g[gto + at * width + i];
    if (gp !== null) for (let i = 0; i < n * width; i++) gp[gpo + at * width + i] = projected[i];
    if (projection !== null)
      gemm(
        ...([1, n, hidden, width] as const),
        ...([projected, 0, 0, width, 1] as const),
        ...([projection, po, 0, hidden, 1] as const),
        ...([null, 0, 0, 0, whole, 0, 0] as const),
      );
    if (previous !== null)
      copyPrevious(n, width, running, out, oo + from * width, h0, h0o, previous, pro + at * width);
    if (cell === "lstm") copyPrevious(n, hidden, running, inner!, io + from * hidden, c0!, c0o, before!, 0);
    if (cell === "gru") copyPrevious(n, hidden, running, out, oo + from * width, h0, h0o, before!, 0);
    compute(
      ...([cell, n, hidden, gates, go + at * columns, inner, io + at * hidden, before, whole] as const),
      ...([gx, gxo + at * columns, gu, guo + at * columns, gc0, gc0o, gh0, gh0o] as const),
    );
    const [d, dO] = cell === "gru" ? [gu!, guo] : [gx, gxo];
    gemm(
      ...([1, n, width, columns] as const),
      ...([d, dO + at * columns, 0, columns, 1] as const),
      ...([weight, wo, 0, width, 1] as const),
      ...([null, 0, cell === "gru" ? 1 : 0, 0, gh0, gh0o, 0] as const),
    );
  }
  return OK;
}
