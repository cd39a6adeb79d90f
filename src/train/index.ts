/**
 * Training and what belongs to it: `fit`, evaluation, early stopping, confusion matrices, the most wrong
 * samples. `import * as train from "simdgrad/train"`, or `train` of `simdgrad`.
 * @module simdgrad/train
 */
export type { Batch, BatchSource, TrainingData } from "./batches.js";
export { type ConfusionMatrixOptions, confusionMatrix } from "./confusion-matrix.js";
export { EarlyStopping, type EarlyStoppingOptions } from "./early-stopping.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./evaluate.js";
export { Fit, type FitOptions, type FitProgress, type FitResult, fit } from "./fit.js";
export { gradientNorms, type LayerGradient } from "./gradient-norms.js";
export { type Mistake, type MostWrongOptions, mostWrong } from "./most-wrong.js";
export type { Report, ReportOptions } from "./report-options.js";
export type { Resumed } from "./resumed.js";
export type { Loss } from "./score.js";
export { type TensorBoard, tensorboard } from "./tensorboard.js";
