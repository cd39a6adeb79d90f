/** What rearranges, orders, reduces and combines tensors, as functions. */

export type { Named } from "../arguments/named.js";
export { addcdiv, addcmul, heaviside, lerp } from "../elementwise/blend.js";
export { allclose, type CloseOptions, equal, isclose } from "../elementwise/closeness.js";
export {
  cumulativeTrapezoid,
  type DiffOptions,
  diff,
  type TrapezoidOptions,
  trapezoid,
  trapezoid as trapz,
} from "../elementwise/differences.js";
export { type GradientOptions, gradient } from "../elementwise/gradient.js";
export {
  type BincountOptions,
  bincount,
  type HistcOptions,
  type HistogramddOptions,
  type HistogramOptions,
  histc,
  histogram,
  histogramdd,
} from "../index/histogram.js";
export { gather, indexSelect } from "../index/indexing.js";
export {
  type BucketizeOptions,
  bucketize,
  type IsinOptions,
  isin,
  type SearchsortedOptions,
  searchsorted,
} from "../index/search.js";
export {
  argsort,
  kthvalue,
  msort,
  type SortOptions,
  sort,
  type TopkOptions,
  topk,
  type ValuesAndIndices,
} from "../index/sort.js";
export { take, takeAlongDim } from "../index/take.js";
export {
  argwhere,
  nonzero,
  type UniqueConsecutiveOptions,
  type UniqueOptions,
  unique,
  uniqueConsecutive,
} from "../index/unique.js";
export { einsum } from "../linalg/einsum.js";
export {
  type AddProductOptions,
  addbmm,
  addmm,
  addmv,
  addr,
  baddbmm,
  bmm,
  cross,
  dot,
  inner,
  kron,
  mm,
  mv,
  outer,
  tensordot,
} from "../linalg/products.js";
export { type CosineSimilarityOptions, cosineSimilarity } from "../reduce/distances.js";
export { median, mode, nanmedian } from "../reduce/median.js";
export { cdist, dist, type NormOptions, vectorNorm } from "../reduce/norms.js";
export { nanquantile, type QuantileOptions, quantile } from "../reduce/quantile.js";
export {
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  type ConvertingReduceOptions,
  logsumexp,
  mean,
  prod,
  std,
  sum,
  variance as var,
} from "../reduce/reduce.js";
export { cummax, cummin, cumprod, cumsum, logcumsumexp, type ScanOptions } from "../reduce/scan.js";
export {
  aminmax,
  countNonzero,
  nanmean,
  nansum,
  stdMean,
  varMean,
} from "../reduce/statistics.js";
export { diag, diagEmbed, diagflat, diagonal, trace } from "../shape/diagonal.js";
export {
  flip,
  fliplr,
  flipud,
  movedim,
  movedim as moveaxis,
  ravel,
  roll,
  rot90,
  swapaxes,
  swapaxes as swapdims,
  t,
  unflatten,
} from "../shape/rearrange.js";
export { broadcastTensors, broadcastTo, meshgrid, repeatInterleave, tile } from "../shape/repeat.js";
export { tril, triu } from "../shape/triangle.js";
export {
  chunk,
  clone,
  flatten,
  narrow,
  permute,
  reshape,
  select,
  split,
  squeeze,
  transpose,
  unbind,
  unsqueeze,
} from "../shape/views.js";
