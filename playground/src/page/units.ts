/** The small pictures in the units. */
import { smallSide, type Unit } from "../experiment/sides.js";
import type { Settings } from "../state/settings.js";
import { Sheet } from "../views/canvas.js";
import type { UnitPlace } from "../views/layout.js";
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

const sheet = new Sheet(smallSide);

/** A unit and where it is drawn; `index` of its unit is -1 for an input that is not used. */
export interface Shown {
  readonly unit: Unit;
  readonly place: UnitPlace;
}

/** Draws the pictures of units, each `size` pixels wide. */
export function drawUnits(
  context: CanvasRenderingContext2D,
  units: readonly Shown[],
  size: number,
  colorsOf: (unit: Unit) => (i: number) => number,
): void {
  sheet.resize(units.length);
  for (const [k, { unit }] of units.entries()) sheet.fill(k, colorsOf(unit));
  sheet.show();
  context.imageSmoothingEnabled = true;
  for (const [k, { unit, place }] of units.entries()) {
    context.globalAlpha = unit.index < 0 ? 0.45 : 1;
    sheet.draw(context, k, place.x - size / 2, place.y - size / 2, size);
  }
  context.globalAlpha = 1;
}

/** The colours of the picture of each unit. */
export function unitPictures(
  { hidden, activation }: Settings,
  facts: RunFacts,
  { small }: Pictures,
  { theme, discretize }: Look,
): (unit: Unit) => (i: number) => number {
  const shares = (share: (i: number) => number) => (i: number) =>
    abgr(theme, scaled("share", share(i), discretize));
  const values = (all: Float32Array, from: number, size: number) => (i: number) =>
    abgr(theme, scaled("value", all[from + i]! / size, discretize));
  const starts = [0];
  for (const units of hidden) starts.push(starts.at(-1)! + units);
  return ({ layer, index }) => {
    if (index < 0) return () => abgr(theme, 0);
    if (layer === 0) {
      const from = index * points;
      return values(facts.inputs, from, sizeOf(facts.inputs, from, from + points));
    }
    const first = starts[layer - 1]!;
    const from = (first + index) * points;
    if (layer > hidden.length) {
      if (facts.task === "regression") return values(small, from, 1);
      if (facts.task === "binary") return shares((i) => 1 / (1 + Math.exp(-small[from + i]!)));
      return shares((i) => softmax(small, first, facts.outputs, index, i));
    }
    if (activation === "Sigmoid") return shares((i) => small[from + i]!);
    return values(small, from, activation === "Tanh" ? 1 : Math.max(1, sizeOf(small, from, from + points)));
  };
}
