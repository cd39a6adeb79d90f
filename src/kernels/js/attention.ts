/**
 * Scaled dot product attention, float32 or float64. It computes one query after the other: no matrix of all
 * pairs is stored.
 *
 * The axes of queries, outputs and their gradients are batch, heads, positions, width; keys and values have
 * `groups` heads, each of which serves heads / groups consecutive heads of queries. Every row of `width`
 * elements is dense; the other axes have strides.
 */
import type { Data } from "../../dtype.js";
import { advance, philox } from "../../random.js";
import { specialize, tagOf } from "./specialize.js";
import { OK } from "./status.js";

/** out[j] = scale · Σ x[d] · rows[j][d] */
const dots = specialize(
  (
    ...[x, xo, rows, ro, step, width, count, scale, out]: readonly [
      ...[x: Data, xo: number, rows: Data, ro: number, step: number],
      ...[width: number, count: number, scale: number, out: Float64Array],
    ]
  ): void => {
    for (let j = 0, at = ro; j < count; j++, at += step) {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += x[xo + d] * rows[at + d];
      out[j] = sum * scale;
    }
  },
);

/** acc[d] += Σ weights[j] · rows[j][d] */
const combine = specialize(
  (
    ...[weights, count, rows, ro, step, width, acc]: readonly [
      ...[weights: Float64Array, count: number, rows: Data, ro: number, step: number],
      ...[width: number, acc: Float64Array],
    ]
  ): void => {
    for (let j = 0, at = ro; j < count; j++, at += step) {
      const weight = weights[j];
      for (let d = 0; d < width; d++) acc[d] += weight * rows[at + d];
    }
  },
);

/** acc[j][d] += weights[j] · x[d] */
const spread = specialize(
  (
    ...[weights, count, x, xo, width, acc]: readonly [
      ...[weights: Float64Array, count: number, x: Data, xo: number, width: number, acc: Float64Array],
    ]
  ): void => {
    for (let j = 0, at = 0; j < count; j++)
      for (let d = 0; d < width; d++) acc[at++] += weights[j] * x[xo + d];
  },
);

/** Applies a mask to the scores of a query: bytes say which keys stay, floats are added. */
function applyMask(scores: Float64Array, count: number, mask: Data, mo: number, step: number): void {
  if (mask instanceof Uint8Array) {
    for (let j = 0; j < count; j++) if (mask[mo + j * step] === 0) scores[j] = -Infinity;
  } else for (let j = 0; j < count; j++) scores[j] += mask[mo + j * step];
}

const words = new Uint32Array(4);

/**
 * What dropout multiplies the weights of a query by: 0 with probability p, else 1 / (1 - p). Each row of keys
 * begins with a new block of the generator: block (row · ⌈keys / 4⌉ + ⌊j / 4⌋), word j mod 4.
 */
function drawRow(
  p: number,
  state: Int32Array,
  so: number,
  row: number,
  keys: number,
  count: number,
  out: Float64Array,
): void {
  const low = (state[so + 2] >>> 0) + row * Math.ceil(keys / 4);
  for (let j = 0; j < count; j++) {
    if (j % 4 === 0) {
      const at = low + j / 4;
      philox(
        at | 0,
        (state[so + 3] + Math.floor(at / 4294967296)) | 0,
        0,
        0,
        state[so],
        state[so + 1],
        words,
      );
    }
    out[j] = (words[j % 4] >>> 8) * 5.9604644775390625e-8 < p ? 0 : 1 / (1 - p); // 2^-24
  }
}

/** softmax(scale · q·kᵀ + mask)·v; 0 for a query that may attend to no key. `stats`: log Σ e^score. */
export function attention(
  ...[batch, heads, groups, queries, keys, width, valueWidth, scale, causal, p, ...rest]: readonly [
    ...[batch: number, heads: number, groups: number, queries: number, keys: number],
    ...[width: number, valueWidth: number, scale: number, causal: number, dropout: number],
    ...[q: Data, qo: number, qb: number, qh: number, qi: number],
    ...[k: Data, ko: number, kb: number, kh: number, kj: number],
    ...[v: Data, vo: number, vb: number, vh: number, vj: number],
    ...[mask: Data | null, mo: number, mb: number, mh: number, mi: number, mj: number],
    ...[state: Int32Array | null, so: number, drawn: Int32Array | null, no: number],
    ...[out: Data, oo: number, ob: number, oh: number, oi: number, stats: Data, to: number],
  ]
): number {
  const [q, qo, qb, qh, qi, k, ko, kb, kh, kj, v, vo, vb, vh, vj, ...others] = rest;
  const [mask, mo, mb, mh, mi, mj, state, so, drawn, no, out, oo, ob, oh, oi, stats, to] = others;
  const [weights, kept, acc] = [keys, keys, valueWidth].map((n) => new Float64Array(n));
  const tag = tagOf(q);
  const [score, weigh] = [dots("scores", tag), combine("values", tag)];
  for (let b = 0, row = 0; b < batch; b++)
    for (let h = 0; h < heads; h++) {
      const group = Math.floor(h / (heads / groups));
      for (let i = 0; i < queries; i++, row++) {
        const count = causal !== 0 ? Math.min(keys, i + 1) : keys;
        score(
          q,
          qo + b * qb + h * qh + i * qi,
          k,
          ko + b * kb + group * kh,
          kj,
          width,
          count,
          scale,
          weights,
        );
        if (mask !== null) applyMask(weights, count, mask, mo + b * mb + h * mh + i * mi, mj);
        let max = -Infinity;
        for (let j = 0; j < count; j++) if (weights[j] > max) max = weights[j];
        const shift = max === -Infinity ? 0 : max;
        let sum = 0;
        for (let j = 0; j < count; j++) {
          weights[j] = Math.exp(weights[j] - shift);
          sum += weights[j];
        }
        if (state !== null) {
          drawRow(p, state, so, row, keys, count, kept);
          for (let j = 0; j < count; j++) weights[j] *= kept[j];
        }
        acc.fill(0);
        weigh(weights, count, v, vo + b * vb + group * vh, vj, valueWidth, acc);
        const at = oo + b * ob + h * oh + i * oi;
        for (let d = 0; d < valueWidth; d++) out[at + d] = sum === 0 ? 0 : acc[d] / sum;
        stats[to + row] = shift + Math.log(sum);
      }
    }
  if (state !== null) {
    drawn!.set(state.subarray(so, so + 4), no);
    advance(state, so, batch * heads * queries * Math.ceil(keys / 4));
  }
  return OK;
}

/**
 * The gradients of q, k and v, each if it is not null. With weights w = e^(score - stats), dropout factors z
 * and gradients g of the output: gv = (w z)ᵀ·g, and the gradient of a score is w (z (g·v) - g·out) (Dao et
 * al., 2022).
 */
export function attentionGrad(
  ...[batch, heads, groups, queries, keys, width, valueWidth, scale, causal, p, ...rest]: readonly [
    ...[batch: number, heads: number, groups: number, queries: number, keys: number],
    ...[width: number, valueWidth: number, scale: number, causal: number, dropout: number],
    ...[q: Data, qo: number, qb: number, qh: number, qi: number],
    ...[k: Data, ko: number, kb: number, kh: number, kj: number],
    ...[v: Data, vo: number, vb: number, vh: number, vj: number],
    ...[mask: Data | null, mo: number, mb: number, mh: number, mi: number, mj: number],
    ...[drawn: Int32Array | null, no: number],
    ...[out: Data, oo: number, ob: number, oh: number, oi: number, stats: Data, to: number],
    ...[g: Data, go: number, gb: number, gh: number, gi: number],
    ...[gq: Data | null, gqo: number, gqb: number, gqh: number, gqi: number],
    ...[gk: Data | null, gko: number, gkb: number, gkh: number, gkj: number],
    ...[gv: Data | null, gvo: number, gvb: number, gvh: number, gvj: number],
  ]
): number {
  const [q, qo, qb, qh, qi, k, ko, kb, kh, kj, v, vo, vb, vh, vj, ...others] = rest;
  const [mask, mo, mb, mh, mi, mj, drawn, no, out, oo, ob, oh, oi, stats, to, ...gradients] = others;
  const [g, go, gb, gh, gi, gq, gqo, gqb, gqh, gqi, ...ofKeys] = gradients;
  const [gk, gko, gkb, gkh, gkj, gv, gvo, gvb, gvh, gvj] = ofKeys;
  const [weights, slopes, kept] = [keys, keys, keys].map((n) => new Float64Array(n));
  const [ofQuery, ofK, ofV] = [width, keys * width, keys * valueWidth].map((n) => new Float64Array(n));
  const tag = tagOf(q);
  const [score, slope, toQuery] = [dots("scores", tag), dots("slopes", tag), combine("queries", tag)];
  const [toKeys, toValues] = [spread("keys", tag), spread("values", tag)];
  const each = heads / groups;
  for (let b = 0; b < batch; b++)
    for (let group = 0; group < groups; group++) {
      ofK.fill(0);
      ofV.fill(0);
      const [keysAt, valuesAt] = [ko + b * kb + group * kh, vo + b * vb + group * vh];
      for (let h = group * each; h < (group + 1) * each; h++)
        for (let i = 0; i < queries; i++) {
          const row = (b * heads + h) * queries + i;
          const count = causal !== 0 ? Math.min(keys, i + 1) : keys;
          const [queryAt, gAt] = [qo + b * qb + h * qh + i * qi, go + b * gb + h * gh + i * gi];
          score(q, queryAt, k, keysAt, kj, width, count, scale, weights);
          if (mask !== null) applyMask(weights, count, mask, mo + b * mb + h * mh + i * mi, mj);
          const shift = stats[to + row] === -Infinity ? 0 : stats[to + row];
          for (let j = 0; j < count; j++) weights[j] = Math.exp(weights[j] - shift);
          slope(g, gAt, v, valuesAt, vj, valueWidth, count, 1, slopes);
          if (drawn !== null) {
            drawRow(p, drawn, no, row, keys, count, kept);
            for (let j = 0; j < count; j++) slopes[j] *= kept[j];
          }
          let mean = 0;
          const outAt = oo + b * ob + h * oh + i * oi;
          for (let d = 0; d < valueWidth; d++) mean += g[gAt + d] * out[outAt + d];
          for (let j = 0; j < count; j++) {
            slopes[j] = weights[j] * (slopes[j] - mean) * scale;
            if (drawn !== null) weights[j] *= kept[j];
          }
          if (gv !== null) toValues(weights, count, g, gAt, valueWidth, ofV);
          if (gk !== null) toKeys(slopes, count, q, queryAt, width, ofK);
          if (gq === null) continue;
          ofQuery.fill(0);
          toQuery(slopes, count, k, keysAt, kj, width, ofQuery);
          const at = gqo + b * gqb + h * gqh + i * gqi;
          for (let d = 0; d < width; d++) gq[at + d] = ofQuery[d];
        }
      if (gk !== null) storeRows(ofK, keys, width, gk, gko + b * gkb + group * gkh, gkj);
      if (gv !== null) storeRows(ofV, keys, valueWidth, gv, gvo + b * gvb + group * gvh, gvj);
    }
  return OK;
}

function storeRows(
  rows: Float64Array,
  count: number,
  width: number,
  out: Data,
  oo: number,
  step: number,
): void {
  for (let j = 0; j < count; j++)
    for (let d = 0; d < width; d++) out[oo + j * step + d] = rows[j * width + d];
}
