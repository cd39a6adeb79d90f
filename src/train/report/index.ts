/** Pages about several runs, for the command line. Not an entry of the package. */
export { machineFacts } from "./machine.js";
export { resultsOf } from "./page/compare-page.js";
export { type ComparedRun, readRun } from "./read-run.js";
export type { SweepData, SweptRun } from "./sweep-data.js";
export { writeComparison, writeSweep } from "./write-pages.js";
