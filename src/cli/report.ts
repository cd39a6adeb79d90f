import type { ComparedRun } from "../train/report/index.js";
import { checkApart, checkWritable } from "./targets.js";
import { colors, counted, print, printJson } from "./terminal.js";

export interface ReportFlags {
  compare?: string;
  json?: boolean;
}

/** Compares runs by their reports: a table in the terminal, and a page. */
export async function reportCommand(files: readonly string[], { compare, json }: ReportFlags): Promise<void> {
  if (compare !== undefined) {
    checkWritable("--compare", compare);
    for (const file of files) checkApart("--compare", compare, "a report", file);
  }
  // The code of pages is loaded only when a page is asked for.
  const { readRun, resultsOf, writeComparison } = await import("../train/report/index.js");
  const runs = files.map(readRun);
  if (compare !== undefined) writeComparison(compare, runs);
  if (json) {
    printJson({ command: "report", ...(compare === undefined ? {} : { compare }), runs: runs.map(summary) });
    return;
  }
  for (const line of sideBySide(files, resultsOf(runs))) print(line);
  if (compare !== undefined) print(`saved ${compare}: ${counted(runs.length, "run")}`);
}

/** Texts in JSON stand for numbers that it does not have. */
function summary(run: ComparedRun): object {
  const {
    file,
    title,
    state,
    epoch,
    epochs,
    step,
    loss,
    accuracy,
    seconds,
    parameters,
    settings,
    epochRows,
  } = run;
  const { validationLoss = null, validationAccuracy = null } = epochRows.at(-1) ?? {};
  return {
    ...{ file, title, state, epoch, epochs, step, loss, accuracy, validationLoss, validationAccuracy },
    ...{ seconds, parameters, settings: Object.fromEntries(settings) },
  };
}

/** A row for each result, a column for each run. */
function sideBySide(
  files: readonly string[],
  rows: readonly (readonly [name: string, cells: readonly string[]])[],
): string[] {
  const head = ["", ...files];
  const all = [head, ...rows.map(([name, cells]) => [name, ...cells])];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row, i) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd();
    return i === 0 ? colors.bold(line) : line;
  });
}
