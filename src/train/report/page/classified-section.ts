/** The confusion matrix of a run, and the samples it is most wrong on. */
import { type Classified, isMissing, type Part, value, type WrongSample } from "../run-data.js";
import { count, percent, short } from "./format.js";
import { html, type Markup, table } from "./html.js";

export function classifiedSection(part: Part<Classified>): Markup {
  if (isMissing(part)) return html`<h2>Classes</h2><p class="soft">${part.missing}</p>`;
  const { source, samples, of, loss, accuracy, wrong, classes } = part;
  const whole =
    of !== null && of > samples ? `the first ${count(samples)} of ${count(of)}` : `all ${count(samples)}`;
  return html`<h2>Classes</h2>
<p>Measured after the last step on ${whole} samples of ${source}: accuracy ${percent(value(accuracy))},
cross-entropy ${short(value(loss))}.</p>
${matrix(part)}
${pairs(part)}
${
  wrong.length > 0 &&
  html`<h2>Most wrong samples</h2>
<p class="soft">The wrong samples with the largest loss: what they are, what the model says, and how sure it is.</p>
<div class="samples">${wrong.map((sample) => wrongSample(sample, classes))}</div>`
}`;
}

function matrix({ classes, counts, byClass, png }: Classified): Markup {
  if (counts !== null)
    return html`<p class="soft">Confusion matrix: rows are the true classes, columns the predicted ones.</p>
<div class="scroll"><table class="confusion">
<thead><tr><th class="corner">true \\ predicted</th>${classes.map((name) => html`<th scope="col" title="${name}">${name}</th>`)}<th scope="col">right</th></tr></thead>
<tbody>${counts.map((row, i) => {
      const [sum, right] = byClass[i];
      const cell = (n: number, j: number) =>
        n === 0
          ? html`<td class="soft">·</td>`
          : html`<td class="${i === j ? "right" : "wrong"}" style="--share:${(n / sum).toFixed(3)}">${n}</td>`;
      return html`<tr><th scope="row" title="${classes[i]}">${classes[i]}</th>${row.map(cell)}<td>${sum > 0 ? percent(right / sum) : "-"}</td></tr>
`;
    })}</tbody></table></div>`;
  const worst = byClass
    .map(([sum, right], i) => ({ name: classes[i], sum, share: right / sum }))
    .filter(({ sum }) => sum > 0)
    .sort((a, b) => a.share - b.share)
    .slice(0, 20);
  return html`${
    png !== null &&
    html`<p class="soft">Confusion matrix of ${count(classes.length)} classes: rows are the true classes from the top, columns the predicted ones; darker is more.</p>
<img class="matrix" alt="confusion matrix" src="data:image/png;base64,${png}">`
  }
<details open><summary>Classes with the fewest right samples</summary>${table(
    [
      { name: "class", cell: ({ name }) => name },
      { name: "samples", cell: ({ sum }) => count(sum), number: true },
      { name: "right", cell: ({ share }) => percent(share), number: true },
    ],
    worst,
  )}</details>`;
}

function pairs({ pairs: all, classes }: Classified): Markup | null {
  if (all.length === 0) return null;
  return html`<details><summary>Most frequent confusions</summary>${table(
    [
      { name: "true", cell: ({ target }) => classes[target] },
      { name: "predicted", cell: ({ predicted }) => classes[predicted] },
      { name: "samples", cell: (pair) => count(pair.count), number: true },
    ],
    all,
  )}</details>`;
}

function wrongSample(sample: WrongSample, classes: readonly string[]): Markup {
  const { index, loss, target, predicted, confidence, png, values } = sample;
  const picture =
    png === null
      ? html`<code>${values.map((x) => short(value(x), 3)).join(", ")}${values.length === 6 && ", …"}</code><br>`
      : html`<img alt="sample ${index}" src="data:image/png;base64,${png}">`;
  return html`<figure>${picture}<figcaption><b>${classes[target]} → ${classes[predicted]}</b>${Number.isFinite(value(confidence)) && html` ${(100 * value(confidence)).toFixed(0)} %`}<br>
<span class="soft">sample ${index}, loss ${short(value(loss), 3)}</span></figcaption></figure>`;
}
