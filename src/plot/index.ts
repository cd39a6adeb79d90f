/**
 * Pictures without a browser: `import * as plot from "simdgrad/plot"`. Every function writes one file, SVG or
 * PNG by its ending, drawn by Apache ECharts (`npm install echarts`) and, for PNG, by resvg (`npm install
 * @resvg/resvg-js`, and a font on the machine).
 */
import "../ops/methods/methods.js";

export { type ConfusionMatrixOptions, confusionMatrix } from "./confusion-matrix.js";
export { type Curve, type CurvesOptions, curves } from "./curves.js";
export { type Classifier, type DecisionBoundaryOptions, decisionBoundary } from "./decision-boundary.js";
export { checkDrawable, type FigureOptions } from "./figure.js";
export { gradientFlow } from "./gradient-flow.js";
export { type HistogramOptions, histogram } from "./histogram.js";
export { type ImagesOptions, images } from "./images.js";
export { type LossSurfaceOptions, lossSurface } from "./loss-surface.js";
export type { Rows, Values } from "./values.js";
