/** The page of one run. */
import { isMissing, type KernelRow, type RunData, value } from "../run-data.js";
import { classifiedSection } from "./classified-section.js";
import { curvesSection } from "./curves-section.js";
import { count, date, duration, percent, shape, short } from "./format.js";
import { pageOf } from "./frame.js";
import { histogramChart } from "./histogram-chart.js";
import { facts, html, type Markup, table } from "./html.js";

/** Histograms that are drawn; the table has all parameters. */
const MOST_HISTOGRAMS = 36;

export function runPage(run: RunData): string {
  const running = run.state === "running";
  return pageOf(
    run.title,
    run,
    running,
    html`${header(run)}
${curvesSection(run)}
${classifiedSection(run.classified)}
${modelSection(run)}
${weightsSection(run)}
${kernelsSection(run)}
<h2>Data, settings and machine</h2>
<div class="grid3">
<div class="card">${facts(run.data)}</div>
<div class="card">${facts(run.settings)}</div>
<div class="card">${facts(run.machine)}</div>
</div>
<h2>How to repeat this run</h2>
<pre>${run.reproduce.command}</pre>
<pre>${run.reproduce.code}</pre>
${run.reproduce.notes.map((note) => html`<p class="soft">${note}</p>`)}`,
  );
}

function header(run: RunData): Markup {
  const { title, state, message, started, written, resumed, epochRows } = run;
  const last = epochRows.at(-1);
  const numbers: [string, string][] = [
    ["epoch", `${run.epoch} of ${run.epochs}`],
    [
      "step",
      Number.isFinite(value(run.steps))
        ? `${count(run.step)} of ${count(value(run.steps))}`
        : count(run.step),
    ],
    ["training loss", short(value(run.loss))],
  ];
  if (run.accuracy !== null) numbers.push(["training accuracy", percent(value(run.accuracy))]);
  if (last?.validationLoss != null) numbers.push(["validation loss", short(value(last.validationLoss))]);
  if (last?.validationAccuracy != null)
    numbers.push(["validation accuracy", percent(value(last.validationAccuracy))]);
  numbers.push(["time", duration(value(run.seconds))]);
  return html`<h1>${title} <span class="chip ${state}">${state}</span></h1>
<p class="soft">Started ${date(started)}, written ${date(written)}${resumed !== null && html`. ${resumed}`}</p>
${message !== "" && html`<p class="${state === "failed" ? "bad" : "soft"}">${message}</p>`}
<ul class="numbers">${numbers.map(([name, text]) => html`<li><b>${text}</b><span>${name}</span></li>`)}</ul>`;
}

function modelSection({ model, parameters, trained }: RunData): Markup {
  const fixed = parameters - trained;
  return html`<h2>Model</h2>
<p>${model.name}, ${count(parameters)} parameters${fixed > 0 && `, ${count(fixed)} of them fixed`}.
Output shapes are those of the first step; the first size is the batch.</p>
${table(
  [
    { name: "module", cell: ({ path }) => html`<span class="path">${path === "" ? "(model)" : path}</span>` },
    { name: "kind", cell: ({ kind, text }) => (text === "" ? kind : `${kind}(${text})`) },
    {
      name: "output",
      cell: ({ output }) => (output === null ? "-" : html`<span class="nowrap">${shape(output)}</span>`),
    },
    { name: "parameters", cell: ({ parameters: own }) => (own === 0 ? "" : count(own)), number: true },
  ],
  model.rows,
)}
${model.more > 0 && html`<p class="soft">${count(model.more)} more modules are not listed.</p>`}`;
}

function weightsSection({ weights, norms }: RunData): Markup {
  const { rows, more, sampled } = weights;
  const lastNorm = (name: string) => {
    const at = isMissing(norms) ? -1 : norms.names.indexOf(name);
    return at < 0 || isMissing(norms) ? Number.NaN : value(norms.each[at].at(-1) ?? null);
  };
  const hidden = rows.length - MOST_HISTOGRAMS;
  return html`<h2>Weights</h2>
<p class="soft">Values of each parameter now (filled) and before the first step (outline).${sampled && " Of parameters with more than 16,384 values, values at equal distances were read."}</p>
<div class="histograms card">${rows.slice(0, MOST_HISTOGRAMS).map(histogramChart)}</div>
${hidden > 0 && html`<p class="soft">${count(hidden)} more parameters are in the table only.</p>`}
<details><summary>Table of the parameters</summary>${table(
    [
      { name: "parameter", cell: ({ name }) => html`<span class="path">${name}</span>` },
      { name: "shape", cell: (row) => html`<span class="nowrap">${shape(row.shape)}</span>` },
      { name: "mean", cell: ({ mean }) => short(value(mean), 3), number: true },
      { name: "deviation", cell: ({ std }) => short(value(std), 3), number: true },
      { name: "least", cell: ({ min }) => short(value(min), 3), number: true },
      { name: "largest", cell: ({ max }) => short(value(max), 3), number: true },
      {
        name: "gradient norm",
        cell: ({ name }) => {
          const norm = lastNorm(name);
          return Number.isNaN(norm) ? "-" : short(norm, 3);
        },
        number: true,
      },
    ],
    rows,
  )}${more > 0 && html`<p class="soft">${count(more)} more parameters are not listed.</p>`}</details>`;
}

function kernelsSection({ kernels }: RunData): Markup {
  if (isMissing(kernels)) return html`<h2>Time by kernel</h2><p class="soft">${kernels.missing}</p>`;
  const { steps, milliseconds, limits } = kernels;
  const all = value(milliseconds);
  const rate = (amount: number, { milliseconds: ms }: KernelRow) =>
    amount === 0 || value(ms) === 0 ? "" : short(amount / value(ms) / 1e6, 3);
  const columns = (calls: boolean) => [
    { name: "kernel", cell: ({ kernel }: KernelRow) => kernel },
    ...(calls
      ? [
          { name: "sizes", cell: (row: KernelRow) => row.shape },
          { name: "module", cell: (row: KernelRow) => html`<span class="path">${row.place}</span>` },
        ]
      : [{ name: "calls", cell: (row: KernelRow) => row.calls, number: true }]),
    { name: "µs", cell: (row: KernelRow) => short(1000 * value(row.milliseconds), 3), number: true },
    {
      name: "share",
      cell: (row: KernelRow) => `${((100 * value(row.milliseconds)) / all).toFixed(1)} %`,
      number: true,
    },
    { name: "GFLOP/s", cell: (row: KernelRow) => rate(value(row.flops), row), number: true },
    { name: "GB/s", cell: (row: KernelRow) => rate(value(row.bytes), row), number: true },
    {
      name: "of the limit",
      cell: ({ ofLimit }: KernelRow) =>
        ofLimit === null
          ? "not known"
          : html`<span class="bar" style="width:${(60 * Math.min(1, value(ofLimit))).toFixed(0)}px"></span> ${(100 * value(ofLimit)).toFixed(0)} %`,
    },
  ];
  return html`<h2>Time by kernel</h2>
<p>Medians over ${count(steps)} ${steps === 1 ? "step" : "steps"} of this run whose kernel calls were timed one by one: ${short(all, 3)} ms a step.
${limits === null ? "The limits of the machine were not measured." : `The limit is what this machine reached in the run: ${short(value(limits.flops) / 1e9, 3)} GFLOP/s in a matrix product, ${short(value(limits.bytes) / 1e9, 3)} GB/s in a copy within the cache; the share counts whichever of the two is nearer.`}</p>
${table(columns(false), kernels.kernels)}
<details><summary>The ${kernels.calls.length} longest calls</summary>${table(columns(true), kernels.calls)}</details>`;
}
