/** Functions of shapes, parts, joins, windows and positions. */

export { type IndexReduction, indexReduce } from "../index/index-reduce.js";
export { put } from "../index/index-writing.js";
export { type NonzeroStaticOptions, nonzeroStatic, unravelIndex } from "../index/positions.js";
export type { Range, Subscript } from "../index/subscripts.js";
export { logSoftmax, softmax } from "../layers/softmax.js";
export { outer as ger } from "../linalg/products.js";
export { adjoint } from "../linalg/transposes.js";
export { max, min } from "../reduce/extremes.js";
export { diagonalScatter, selectScatter, sliceScatter } from "../shape/overwrite.js";
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
} from "../shape/parts.js";
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
} from "../shape/stacks.js";
export { asStrided, asStridedScatter } from "../shape/strided.js";
export * from "../shape/view-copies.js";
export { broadcastShapes, constantPadNd } from "./sizes.js";
