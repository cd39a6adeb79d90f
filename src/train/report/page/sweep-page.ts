/** The page of a sweep: all runs, best first. */
import type { SweepData } from "../sweep-data.js";
import { count, duration, percent, short } from "./format.js";
import { pageOf } from "./frame.js";
import { facts, html, table } from "./html.js";
import { lineChart } from "./line-chart.js";
import { parallelChart } from "./parallel-chart.js";

/** Runs with a curve of their own. */
const MOST_CURVES = 7;

export function sweepPage(sweep: SweepData): string {
  const { runs, varied, combinations, running, command } = sweep;
  const shown = varied.filter((name) => new Set(runs.map((run) => run[name])).size > 1);
  const fixed = varied.filter((name) => !shown.includes(name));
  const nameOf = (run: SweepData["runs"][number]) =>
    (shown.length > 0 ? shown : varied).map((name) => `${name} ${String(run[name])}`).join(", ");
  const curves = runs.filter(({ history }) => history.length > 0).slice(0, MOST_CURVES);
  const done = runs.filter(({ accuracy }) => accuracy !== null);
  const title = `Sweep of ${count(combinations)} ${combinations === 1 ? "run" : "runs"}`;
  const series = (of: "loss" | "accuracy") =>
    curves.map((run) => ({
      name: nameOf(run),
      x: run.history.map(({ epoch }) => epoch),
      y: run.history.map((row) => row[of]),
    }));
  const dimensions = [
    ...shown.map((name) => ({ name, values: runs.map((run) => run[name] as number | string) })),
    { name: "validation loss", values: runs.map(({ loss }) => loss), reversed: true },
    { name: "validation accuracy", values: runs.map(({ accuracy }) => accuracy), share: true },
  ];
  return pageOf(
    title,
    { kind: "simdgrad sweep", format: 1, ...sweep },
    running,
    html`<h1>${title} <span class="chip ${running ? "running" : runs.length < combinations ? "stopped" : "completed"}">${running ? "running" : runs.length < combinations ? "stopped" : "completed"}</span></h1>
<p class="soft">${count(runs.length)} done, ${count(runs.length - done.length)} of them without a result.</p>
${
  done.length > 0 &&
  html`<h2>All runs</h2>
<p class="soft">A line for each run, the best one orange; the stronger its colour, the better the run. The best values are at the top of the last two axes.</p>
${parallelChart(dimensions, ranks(runs.length))}
<h2>Best first</h2>`
}
${table(
  [
    { name: "", cell: ({ rank }) => rank, number: true },
    ...shown.map((name) => ({ name, cell: ({ run }: Row) => String(run[name]) })),
    { name: "parameters", cell: ({ run }) => count(run.parameters), number: true },
    {
      name: "validation accuracy",
      cell: ({ run }) =>
        run.failure !== null
          ? html`<span class="bad">${run.failure}</span>`
          : run.accuracy === null
            ? "-"
            : percent(run.accuracy),
      number: true,
    },
    { name: "validation loss", cell: ({ run }) => (run.loss === null ? "-" : short(run.loss)), number: true },
    {
      name: "training accuracy",
      cell: ({ run }) => (run.trainAccuracy === null ? "-" : percent(run.trainAccuracy)),
      number: true,
    },
    {
      name: "training loss",
      cell: ({ run }) => (run.trainLoss === null ? "-" : short(run.trainLoss)),
      number: true,
    },
    { name: "time", cell: ({ run }) => duration(run.seconds), number: true },
  ],
  runs.map((run, i): Row => ({ run, rank: i + 1 })),
)}
${
  curves.length > 0 &&
  html`<h2>Curves of the best ${curves.length === 1 ? "run" : `${curves.length} runs`}</h2>
<div class="grid3">
${lineChart({ title: "Validation loss", xLabel: "epoch", yLabel: "cross-entropy", series: series("loss"), maybeLog: true })}
${lineChart({ title: "Validation accuracy", xLabel: "epoch", yLabel: "right samples", series: series("accuracy"), share: true })}
</div>`
}
<h2>The same in all runs</h2>
<div class="grid3"><div class="card">${facts([
      ...fixed.map((name): [string, string] => [name, String(runs[0]?.[name] ?? "-")]),
      ...sweep.facts,
    ])}</div></div>
<h2>How to repeat this sweep</h2>
<pre>${command}</pre>`,
  );
}

interface Row {
  readonly run: SweepData["runs"][number];
  readonly rank: number;
}

/** From 1 for the first to 0 for the last. */
const ranks = (count: number) =>
  Array.from({ length: count }, (_, i) => (count === 1 ? 1 : 1 - i / (count - 1)));
