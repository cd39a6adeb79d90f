/** Several runs side by side. */
import type { ComparedRun } from "../read-run.js";
import { type Num, value } from "../run-data.js";
import { numbers } from "./curves-section.js";
import { count, date, duration, percent, short } from "./format.js";
import { pageOf } from "./frame.js";
import { html, type Markup } from "./html.js";
import { legend, lineChart, type Series } from "./line-chart.js";

export function comparePage(runs: readonly ComparedRun[]): string {
  const names = namesOf(runs);
  const title = `${runs.length} ${runs.length === 1 ? "run" : "runs"}`;
  return pageOf(
    title,
    { kind: "simdgrad comparison", format: 1, runs },
    false,
    html`<h1>${title}</h1>
<p class="soft">Each run has one colour in all charts.</p>
<p>${legend(names.map((name) => ({ name })))}</p>
${results(runs, names)}
${charts(runs, names)}
<h2>What differs</h2>
${differences(runs, names)}`,
  );
}

/** The titles; where two are the same, with the files. */
function namesOf(runs: readonly ComparedRun[]): string[] {
  const titles = runs.map(({ title }) => title);
  return runs.map(({ title, file }) => {
    const name = file.replace(/^.*[\\/]/, "");
    return titles.filter((other) => other === title).length > 1 ? `${title} (${name})` : title;
  });
}

/** A table with a column for each run. Rows in which runs differ are bold. */
function sideBySide(
  rows: readonly (readonly [name: string, cells: readonly string[]])[],
  names: readonly string[],
): Markup {
  return html`<div class="scroll"><table><thead><tr><th></th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([
      name,
      cells,
    ]) => html`<tr${new Set(cells).size > 1 && html` class="different"`}><th scope="row" class="soft">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

const shareOr = (x: Num | null | undefined) => (x === null || x === undefined ? "-" : percent(value(x)));
const plainOr = (x: Num | null | undefined) => (x === null || x === undefined ? "-" : short(value(x)));

/** How a run ended. */
const resultRows: readonly (readonly [name: string, cell: (run: ComparedRun) => string])[] = [
  ["state", ({ state }) => state],
  ["epoch", ({ epoch, epochs }) => `${epoch} of ${epochs}`],
  ["steps", ({ step }) => count(step)],
  ["training loss", ({ loss }) => plainOr(loss)],
  ["training accuracy", ({ accuracy }) => shareOr(accuracy)],
  ["validation loss", ({ epochRows }) => plainOr(epochRows.at(-1)?.validationLoss)],
  ["validation accuracy", ({ epochRows }) => shareOr(epochRows.at(-1)?.validationAccuracy)],
  ["accuracy after the last step", ({ classified }) => shareOr(classified?.accuracy as Num | undefined)],
  ["time", ({ seconds }) => duration(value(seconds))],
  ["parameters", ({ parameters }) => count(parameters)],
  ["started", ({ started }) => date(started)],
];

/** Rows that say something of at least one run. */
export const resultsOf = (runs: readonly ComparedRun[]) =>
  resultRows
    .map(([name, cell]): [name: string, cells: string[]] => [name, runs.map(cell)])
    .filter(([, cells]) => cells.some((cell) => cell !== "-"));

function results(runs: readonly ComparedRun[], names: readonly string[]): Markup {
  return sideBySide(resultsOf(runs), names);
}

function charts(runs: readonly ComparedRun[], names: readonly string[]): Markup {
  const each = (
    y: (run: ComparedRun) => readonly (Num | null)[],
    x?: (run: ComparedRun) => readonly Num[],
  ): Series[] =>
    runs.map((run, i) => ({
      name: names[i],
      x: numbers((x ?? (({ curves }) => curves.step))(run)),
      y: numbers(y(run)),
    }));
  const ends = ({ epochRows }: ComparedRun) => epochRows.map(({ step }) => step);
  const measured = (series: readonly Series[]) => series.some(({ y }) => y.some(Number.isFinite));
  const all: [title: string, yLabel: string, series: Series[], more: object][] = [
    ["Training loss", "mean loss", each(({ curves }) => curves.loss), { maybeLog: true }],
    [
      "Validation loss",
      "mean loss",
      each(({ epochRows }) => epochRows.map((row) => row.validationLoss), ends),
      { maybeLog: true },
    ],
    ["Training accuracy", "right samples", each(({ curves }) => curves.accuracy), { share: true }],
    [
      "Validation accuracy",
      "right samples",
      each(({ epochRows }) => epochRows.map((row) => row.validationAccuracy), ends),
      { share: true },
    ],
    [
      "Training loss over time",
      "mean loss",
      each(
        ({ curves }) => curves.loss,
        ({ curves }) => curves.seconds,
      ),
      { maybeLog: true, xLabel: "seconds" },
    ],
    ["Learning rate", "learning rate", each(({ curves }) => curves.lr), {}],
    [
      "Gradient norm",
      "Euclidean norm",
      each(
        ({ norms }) => (norms?.total ?? []) as Num[],
        ({ norms }) => norms?.step ?? [],
      ),
      { maybeLog: true },
    ],
    ["Throughput", "samples per second", each(({ curves }) => curves.rate), {}],
  ];
  return html`<h2>Curves</h2><div class="grid3">${all
    .filter(([, , series]) => measured(series))
    .map(([title, yLabel, series, more]) =>
      lineChart({ title, xLabel: "step", yLabel, series, ...more }),
    )}</div>`;
}

/** Settings, data and machines: the rows in which runs differ come first. */
function differences(runs: readonly ComparedRun[], names: readonly string[]): Markup {
  const rows = (["settings", "data", "machine"] as const).flatMap((part) => {
    const labels = new Set(runs.flatMap((run) => run[part].map(([label]) => label)));
    return [...labels].map((label): [string, string[]] => [
      label,
      runs.map((run) => run[part].find(([own]) => own === label)?.[1] ?? "-"),
    ]);
  });
  rows.unshift(["model", runs.map(({ modelName }) => modelName)]);
  const differs = ([, cells]: [string, string[]]) => new Set(cells).size > 1;
  const [different, same] = [rows.filter(differs), rows.filter((row) => !differs(row))];
  return html`${different.length > 0 ? sideBySide(different, names) : html`<p class="soft">Settings, data and machine are the same.</p>`}
<details><summary>What is the same</summary>${sideBySide(same, names)}</details>`;
}
