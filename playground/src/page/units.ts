/** The small pictures in the units. */
import { smallSide, type Unit } from "../experiment/sides.js";
import type { Settings } from "../state/settings.js";
import { Sheet } from "../views/canvas.js";
import type { UnitPlace } from "../views/layout.js";
import { abgr, paint, valuesUpTo } from "../views/palette.js";
import { type Look, paintUnit, sizeOf } from "../views/picture.js";
import type { Pictures, RunFacts } from "../worker/messages.js";

const points = smallSide ** 2;

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
  paintUnit: (colors: Uint32Array, unit: Unit) => void,
): void {
  sheet.resize(units.length);
  for (const [k, { unit }] of units.entries()) paintUnit(sheet.colors(k), unit);
  sheet.show();
  context.imageSmoothingEnabled = true;
  for (const [k, { unit, place }] of units.entries()) {
    context.globalAlpha = unit.index < 0 ? 0.45 : 1;
    sheet.draw(context, k, place.x - size / 2, place.y - size / 2, size);
  }
  context.globalAlpha = 1;
}

/** Paints the picture of a unit. */
export function unitPainter(
  { hidden, activation }: Settings,
  facts: RunFacts,
  { small }: Pictures,
  look: Look,
): (colors: Uint32Array, unit: Unit) => void {
  const starts = [0];
  for (const units of hidden) starts.push(starts.at(-1)! + units);
  return (colors, { layer, index }) => {
    if (index < 0) return void colors.fill(abgr(look.theme, 0));
    if (layer === 0) {
      const from = index * points;
      const size = sizeOf(facts.inputs, from, from + points);
      return paint(colors, facts.inputs, from, valuesUpTo(size), look.theme, look.discretize);
    }
    const from = (starts[layer - 1]! + index) * points;
    const isOutput = layer > hidden.length;
    if (isOutput && facts.task === "regression")
      return paint(colors, small, from, valuesUpTo(1), look.theme, look.discretize);
    paintUnit(colors, small, from, isOutput || activation === "Sigmoid", look);
  };
}
