/** What rearranges, orders, reduces and combines tensors, as functions. */
export { addcdiv, addcmul, heaviside, lerp } from "./blend.js";
export { allclose, type CloseOptions, equal, isclose } from "./closeness.js";
export { diag, diagEmbed, diagflat, diagonal, trace } from "./diagonal.js";
export {
  cumulativeTrapezoid,
  type DiffOptions,
  diff,
  type TrapezoidOptions,
  trapezoid,
  trapezoid as trapz,
} from "./differences.js";
export { type CosineSimilarityOptions, cosineSimilarity } from "./distances.js";
export { einsum } from "./einsum.js";
export { type GradientOptions, gradient } from "./gradient.js";
export {
  type BincountOptions,
  bincount,
  type HistcOptions,
  type HistogramddOptions,
  type HistogramOptions,
  histc,
  histogram,
  histogramdd,
} from "./histogram.js";
export { gather, indexSelect } from "./indexing.js";
export { median, mode, nanmedian } from "./median.js";
export type { Named } from "./named.js";
export { cdist, dist, type NormOptions, vectorNorm } from "./norms.js";
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
} from "./products.js";
export { nanquantile, type QuantileOptions, quantile } from "./quantile.js";
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
} from "./rearrange.js";
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
} from "./reduce.js";
export { broadcastTensors, broadcastTo, meshgrid, repeatInterleave, tile } from "./repeat.js";
export { cummax, cummin, cumprod, cumsum, logcumsumexp, type ScanOptions } from "./scan.js";
export {
  type BucketizeOptions,
  bucketize,
  type IsinOptions,
  isin,
  type SearchsortedOptions,
  searchsorted,
} from "./search.js";
export {
  argsort,
  kthvalue,
  msort,
  type SortOptions,
  sort,
  type TopkOptions,
  topk,
  type ValuesAndIndices,
} from "./sort.js";
export {
  aminmax,
  countNonzero,
  nanmean,
  nansum,
  stdMean,
  varMean,
} from "./statistics.js";
export { take, takeAlongDim } from "./take.js";
export { tril, triu } from "./triangle.js";
export {
  argwhere,
  nonzero,
  type UniqueConsecutiveOptions,
  type UniqueOptions,
  unique,
  uniqueConsecutive,
} from "./unique.js";
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
} from "./views.js";
