/** A page writes no files: `fit` has no reports there. */
import type { Observed, OpenReport } from "../../train/reporting.js";
import { notInBrowser } from "../not-here.js";

export type { Observed, OpenReport };

export function prepareReport(_report: unknown): OpenReport {
  throw notInBrowser("fit: report: writing a file", "read the events of fit instead");
}
