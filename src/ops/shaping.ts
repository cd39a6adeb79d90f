/** Functions of shapes, parts, joins, windows and positions. */
export * from "./copies.js";
export { max, min } from "./extremes.js";
export { type IndexReduction, indexReduce } from "./index-reduce.js";
export { put } from "./index-writing.js";
export { diagonalScatter, selectScatter, sliceScatter } from "./overwrite.js";
export {
  dsplit,
  hsplit,
  type Sections,
  splitWithSizes,
  tensorSplit,
  unsafeChunk,
  unsafeSplit,
  unsafeSplitWithSizes,
  vsplit,
} from "./parts.js";
export { type NonzeroStaticOptions, nonzeroStatic, unravelIndex } from "./positions.js";
export { outer as ger } from "./products.js";
export { broadcastShapes, constantPadNd } from "./sizes.js";
export { logSoftmax, softmax } from "./softmax.js";
export {
  atleast1d,
  atleast2d,
  atleast3d,
  blockDiag,
  type CombinationsOptions,
  cartesianProd,
  columnStack,
  combinations,
  dstack,
  hstack,
  vstack,
  vstack as rowStack,
} from "./stacks.js";
export { asStrided, asStridedScatter } from "./strided.js";
export type { Range, Subscript } from "./subscripts.js";
export { adjoint } from "./transposes.js";
