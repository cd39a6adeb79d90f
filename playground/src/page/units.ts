/** The small pictures in the units. */
import { smallSide } from "../experiment/sides.js";
import type { Settings } from "../state/settings.js";
import { fillPixels } from "../views/canvas.js";
import { abgr } from "../views/palette.js";
import { type Look, scaled, sizeOf } from "../views/picture.js";
import type { Pictures, RunFacts } from "../worker/messages.js";

const points = smallSide ** 2;

/** The share of class k by the logits of all classes at point i. */
function softmax(small: Float32Array, first: number, classes: number, k: number, i: number): number {
  const logit = (c: number) => small[(first + c) * points + i]!;
  let most = logit(0);
  for (let c = 1; c < classes; c++) most = Math.max(most, logit(c));
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp(logit(c) - most);
  return Math.exp(logit(k) - most) / sum;
}

/** Draws the pictures of all units of the drawing `box`. */
export function drawUnits(
  box: HTMLElement,
  settings: Settings,
  facts: RunFacts,
  { small }: Pictures,
  { theme, discretize }: Look,
): void {
  const { hidden, activation, inputs } = settings;
  const hiddenUnits = hidden.reduce((sum, units) => sum + units, 0);
  const look = (kind: "share" | "value", value: number) => abgr(theme, scaled(kind, value, discretize));
  for (const canvas of box.querySelectorAll<HTMLCanvasElement>("canvas[data-unit]")) {
    const [layer, index] = canvas.dataset["unit"]!.split(" ").map(Number) as [number, number];
    if (layer === 0) {
      if (index < 0 || index >= inputs.length) {
        fillPixels(canvas, smallSide, () => abgr(theme, 0));
        continue;
      }
      const from = index * points;
      const size = sizeOf(facts.inputs, from, from + points);
      fillPixels(canvas, smallSide, (i) => look("value", facts.inputs[from + i]! / size));
      continue;
    }
    if (layer > hidden.length) {
      const from = hiddenUnits * points;
      if (facts.task === "regression") fillPixels(canvas, smallSide, (i) => look("value", small[from + i]!));
      else if (facts.task === "binary")
        fillPixels(canvas, smallSide, (i) => look("share", 1 / (1 + Math.exp(-small[from + i]!))));
      else
        fillPixels(canvas, smallSide, (i) =>
          look("share", softmax(small, hiddenUnits, facts.outputs, index, i)),
        );
      continue;
    }
    const before = hidden.slice(0, layer - 1).reduce((sum, units) => sum + units, 0);
    const from = (before + index) * points;
    if (activation === "Sigmoid") fillPixels(canvas, smallSide, (i) => look("share", small[from + i]!));
    else {
      const size = activation === "Tanh" ? 1 : Math.max(1, sizeOf(small, from, from + points));
      fillPixels(canvas, smallSide, (i) => look("value", small[from + i]! / size));
    }
  }
}
