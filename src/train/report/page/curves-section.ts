/** The curves of a run. */
import { isMissing, type Norms, type Num, type RunData, value } from "../run-data.js";
import { count, duration, percent, short } from "./format.js";
import { html, type Markup, table } from "./html.js";
import { lineChart, type Series } from "./line-chart.js";

/** Layers with a curve of their own. */
const MOST_LAYERS = 6;

export const numbers = (list: readonly (Num | null)[]): number[] => list.map(value);

export function curvesSection(run: RunData): Markup {
  const { curves, epochRows, norms } = run;
  const step = numbers(curves.step);
  const ends = epochRows.map((row) => row.step);
  const accuracies = [
    { name: "training", x: step, y: numbers(curves.accuracy) },
    { name: "validation", x: ends, y: numbers(epochRows.map((row) => row.validationAccuracy)) },
  ];
  return html`<h2>Curves</h2>
<div class="grid3">
${lineChart({
  ...{ title: "Loss", xLabel: "step", yLabel: "mean loss", maybeLog: true },
  series: [
    { name: "training", x: step, y: numbers(curves.loss) },
    { name: "validation", x: ends, y: numbers(epochRows.map((row) => row.validationLoss)) },
  ],
})}
${accuracies.some(({ y }) => y.some(Number.isFinite)) && lineChart({ title: "Accuracy", xLabel: "step", yLabel: "right samples", share: true, series: accuracies })}
${lineChart({ title: "Learning rate", xLabel: "step", yLabel: "learning rate", series: [{ name: "lr", x: step, y: numbers(curves.lr) }] })}
${isMissing(norms) ? html`<figure class="card chart"><figcaption>Gradient norms</figcaption><p class="soft">${norms.missing}</p></figure>` : lineChart({ title: "Gradient norms", xLabel: "step", yLabel: "Euclidean norm", maybeLog: true, series: layers(norms) })}
${lineChart({ title: "Throughput", xLabel: "step", yLabel: "samples per second", series: [{ name: "training", x: step, y: numbers(curves.rate) }] })}
</div>
${epochRows.length > 0 && html`<details><summary>Epoch by epoch</summary>${epochTable(run)}</details>`}`;
}

/** The norm of all parameters, and those of the weights of a few layers from the first to the last. */
function layers({ names, step, total, each }: Norms): Series[] {
  const all = names
    .map((name, i) => ({ name, y: numbers(each[i]) }))
    .filter(({ y }) => y.some(Number.isFinite));
  const weights = all.filter(({ name }) => !/(^|\.)bias$/.test(name));
  const shown = weights.length > 0 ? weights : all;
  const at = (i: number) => Math.round((i * (shown.length - 1)) / (MOST_LAYERS - 1));
  const some =
    shown.length <= MOST_LAYERS ? shown : Array.from({ length: MOST_LAYERS }, (_, i) => shown[at(i)]);
  return [
    { name: "all parameters", x: step, y: numbers(total) },
    ...(names.length > 1 ? some.map(({ name, y }) => ({ name, x: step, y })) : []),
  ];
}

function epochTable({ epochRows }: RunData): Markup {
  const share = (x: Num | null) => (x === null ? "-" : percent(value(x)));
  const plain = (x: Num | null) => (x === null ? "-" : short(value(x)));
  return table(
    [
      { name: "epoch", cell: ({ epoch }) => epoch, number: true },
      { name: "step", cell: ({ step }) => count(step), number: true },
      { name: "time", cell: ({ seconds }) => duration(value(seconds)), number: true },
      { name: "loss", cell: ({ loss }) => plain(loss), number: true },
      { name: "accuracy", cell: ({ accuracy }) => share(accuracy), number: true },
      { name: "validation loss", cell: ({ validationLoss }) => plain(validationLoss), number: true },
      {
        name: "validation accuracy",
        cell: ({ validationAccuracy }) => share(validationAccuracy),
        number: true,
      },
      { name: "learning rate", cell: ({ lr }) => plain(lr), number: true },
    ],
    epochRows,
  );
}
