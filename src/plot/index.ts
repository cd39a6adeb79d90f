/**
 * Pictures without a browser: `import * as plot from "simdgrad/plot"`. Every function writes one file, SVG or
 * PNG according to its extension. Apache ECharts draws it (`npm install echarts`); for PNG, resvg converts it
 * (`npm install @resvg/resvg-js`; it needs a font on the machine).
 * @module simdgrad/plot
 */
import "../ops/methods/methods.js";

export { type AnimationOptions, animation } from "./animation.js";
export type { PlaneFunction } from "./answers.js";
export { type ConfusionMatrixOptions, confusionMatrix } from "./confusion-matrix.js";
export { type Curve, type CurvesOptions, curves } from "./curves.js";
export { type Classifier, type DecisionBoundaryOptions, decisionBoundary } from "./decision-boundary.js";
export { checkDrawable, type FigureOptions } from "./figure.js";
export { type GradientFlowOptions, gradientFlow } from "./gradient-flow.js";
export { type HistogramOptions, histogram } from "./histogram.js";
export { type ImagesOptions, images } from "./images.js";
export { type LossSurfaceOptions, lossSurface } from "./loss-surface.js";
export { type NetworkOptions, network } from "./network.js";
export { type ScatterOptions, scatter } from "./scatter.js";
export { type SurfaceOptions, surface } from "./surface.js";
export type { Rows, Values } from "./values.js";
