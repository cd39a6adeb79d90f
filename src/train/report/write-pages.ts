/** Writes pages about several runs. */
import { writeFileAtomicSync } from "../../io/atomic.js";
import { comparePage } from "./page/compare-page.js";
import { sweepPage } from "./page/sweep-page.js";
import type { ComparedRun } from "./read-run.js";
import type { SweepData } from "./sweep-data.js";

/** Writes the page with these runs side by side. @throws FileError. */
export function writeComparison(path: string, runs: readonly ComparedRun[]): void {
  writeFileAtomicSync("report", path, [Buffer.from(comparePage(runs))]);
}

/** Writes the page of a sweep. @throws FileError. */
export function writeSweep(path: string, sweep: SweepData): void {
  writeFileAtomicSync("sweep", path, [Buffer.from(sweepPage(sweep))]);
}
