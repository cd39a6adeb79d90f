/** The views beside the plane. */
import { largeSide, surfaceSide, type Unit } from "../experiment/sides.js";
import type { Surface } from "../experiment/surface.js";
import { activations } from "../state/choices.js";
import type { Settings } from "../state/settings.js";
import { cleared, Square } from "../views/canvas.js";
import { firstPosition, sizesOf } from "../views/layout.js";
import { css, paint, shares, type Theme, valuesUpTo } from "../views/palette.js";
import { type Look, pointColor, sizeOf } from "../views/picture.js";
import { drawSolid, type Place, type Turn } from "../views/solid.js";
import type { Pictures, RunFacts } from "../worker/messages.js";

/** Cells along each side of a surface: of the large picture, every second or third point. */
const side = 40;

const rgb = (color: number) => `rgb(${color & 255} ${(color >> 8) & 255} ${(color >> 16) & 255})`;

/** The answer of the network as heights. */
export function drawAnswerSolid(
  canvas: HTMLCanvasElement,
  facts: RunFacts,
  { large }: Pictures,
  colors: Uint32Array,
  {
    turn,
    theme,
    isOutput,
    share,
    showTest,
  }: Look & { turn: Turn; isOutput: boolean; share: boolean; showTest: boolean },
): void {
  const points = largeSide ** 2;
  const index = (row: number, column: number) => {
    const at = (i: number) => Math.min(largeSide - 1, Math.round((i * (largeSide - 1)) / (side - 1)));
    return at(row) * largeSide + at(column);
  };
  const size = isOutput ? 1 : Math.max(1, sizeOf(large, 0, points));
  const shares = share || (isOutput && facts.task !== "regression");
  const height = (i: number) => {
    // Several classes: how sure the network is of the likeliest.
    let value = large[i]!;
    if (isOutput && facts.task === "classes")
      for (let k = 1; k < facts.outputs; k++) value = Math.max(value, large[k * points + i]!);
    const v = shares ? 2 * value - 1 : value / size;
    return Number.isNaN(v) ? 0 : Math.min(1, Math.max(-1, v));
  };
  const { low, high } = facts.frame;
  const shown = showTest ? facts.total : facts.trained;
  const dots = Array.from({ length: isOutput ? shown : 0 }, (_, i) => {
    const [x, y] = [0, 1].map(
      (k) => (2 * (facts.places[2 * i + k]! - low[k]!)) / (high[k]! - low[k]!) - 1,
    ) as [number, number];
    const answer = facts.answers[i]!;
    const z =
      facts.task === "classes"
        ? 1
        : facts.task === "binary"
          ? 2 * answer - 1
          : Math.min(1, Math.max(-1, answer));
    return { place: [x, y, z] as Place, color: pointColor(facts, answer, theme) };
  }).filter(({ place: [x, y] }) => Math.abs(x) <= 1 && Math.abs(y) <= 1);
  drawSolid(canvas, {
    ...{ side, turn, dots },
    heightOf: (row, column) => height(index(row, column)),
    colorOf: (row, column) => rgb(colors[index(row, column)]!),
    labels: facts.frame.axes.map((axis) => facts.columns[axis] ?? "") as [string, string],
  });
}

/** The names of all weights in the order of the parameters, as the choice of the loss surface shows them. */
export function weightNames(settings: Settings, outputs: number): string[] {
  const sizes = sizesOf(settings, outputs);
  const names: string[] = [];
  for (let layer = 1; layer < sizes.length; layer++) {
    const before = sizes[layer - 1]!;
    for (let unit = 0; unit < sizes[layer]!; unit++)
      for (let i = 0; i < before; i++) names.push(`layer ${layer}: unit ${unit + 1}, weight ${i + 1}`);
    for (let unit = 0; unit < sizes[layer]!; unit++) names.push(`layer ${layer}: unit ${unit + 1}, bias`);
  }
  return names;
}

/** Losses on a logarithmic scale, because a surface of losses is steep. */
export function drawLossSolid(
  canvas: HTMLCanvasElement,
  { losses, low, high, path, pair }: Surface,
  settings: Settings,
  facts: RunFacts,
  { turn, theme }: { turn: Turn; theme: Theme },
): void {
  const log = (loss: number) => Math.log10(Math.max(loss, 1e-6));
  const finite = [...losses].filter(Number.isFinite).map(log);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const heightOf = (loss: number) => (most > least ? (2 * (log(loss) - least)) / (most - least) - 1 : 0);
  const bounded = (v: number) => (Number.isFinite(v) ? Math.min(1, Math.max(-1, v)) : 1);
  const at = (row: number, column: number) => losses[(surfaceSide - 1 - row) * surfaceSide + column]!;
  const places: Place[] = [];
  for (let i = 0; i < path.length; i += 2) {
    const [x, y] = [0, 1].map((k) => (2 * (path[i + k]! - low[k]!)) / (high[k]! - low[k]!) - 1) as [
      number,
      number,
    ];
    if (!Number.isFinite(x + y)) continue;
    const column = Math.round(((x + 1) / 2) * (surfaceSide - 1));
    const row = surfaceSide - 1 - Math.round(((y + 1) / 2) * (surfaceSide - 1));
    places.push([x, y, bounded(heightOf(at(row, column))) + 0.03]);
  }
  const names = weightNames(settings, facts.outputs);
  drawSolid(canvas, {
    ...{ side: surfaceSide, turn, path: places },
    heightOf: (row, column) => bounded(heightOf(at(row, column))),
    colorOf: (row, column) => css(theme, -0.9 * bounded(heightOf(at(row, column)))),
    labels: pair.map((i) => (names[i] ?? "").replace(/^layer (\d+): unit (\d+), /, "$1.$2 ")) as [
      string,
      string,
    ],
  });
}

/** The unit whose input space is shown, and the two units of the layer before with the largest weights. */
export function spaceOf(
  settings: Settings,
  facts: RunFacts,
  weights: Float32Array,
  kept: Unit | undefined,
): { layer: number; unit: number; pair: [number, number]; own: Float32Array } | undefined {
  const { hidden } = settings;
  const target = kept !== undefined && kept.layer >= 2 ? kept : { layer: hidden.length + 1, index: 0 };
  if (target.layer < 2) return undefined;
  const sizes = sizesOf(settings, facts.outputs);
  const before = sizes[target.layer - 1]!;
  const first = firstPosition(sizes, target.layer);
  const bias = weights[first + before * sizes[target.layer]! + target.index]!;
  const own = weights.slice(first + target.index * before, first + (target.index + 1) * before);
  const order = [...own.keys()].sort((a, b) => Math.abs(own[b]!) - Math.abs(own[a]!));
  const pair = [order[0]!, order[1] ?? order[0]!].sort((a, b) => a - b) as [number, number];
  return { layer: target.layer, unit: target.index, pair, own: new Float32Array([...own, bias]) };
}

/** Points along each side of the background of a hidden space. */
const spaceSide = 64;
let background: { square: Square; values: Float32Array } | undefined;

/**
 * The training points where a hidden layer puts them, and what the next unit answers there. Other units of
 * the layer have their mean.
 */
export function drawSpace(
  canvas: HTMLCanvasElement,
  settings: Settings,
  facts: RunFacts,
  pictures: Pictures,
  kept: Unit | undefined,
  look: Look,
): void {
  const context = cleared(canvas);
  if (context === null) return;
  const ink = getComputedStyle(canvas).color;
  const space = spaceOf(settings, facts, pictures.weights, kept);
  const outputs = pictures.space?.outputs;
  context.fillStyle = ink;
  context.font = "13px system-ui, sans-serif";
  context.textAlign = "center";
  if (space === undefined || outputs === undefined || pictures.space!.layer !== space.layer - 2) {
    context.fillText(
      "There is no hidden layer before this unit.",
      canvas.clientWidth / 2,
      canvas.clientHeight / 2,
    );
    return;
  }
  const { pair, own } = space;
  const count = facts.trained;
  const output = (unit: number, i: number) => outputs[unit * count + i]!;
  const ends = pair.map((unit) => {
    const values = outputs.subarray(unit * count, (unit + 1) * count);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const room = 0.1 * (most - least) || 0.5;
    return [least - room, most + room] as const;
  }) as [readonly [number, number], readonly [number, number]];
  let rest = own.at(-1)!;
  for (let unit = 0; unit < own.length - 1; unit++) {
    if (pair.includes(unit)) continue;
    let mean = 0;
    for (let i = 0; i < count; i++) mean += output(unit, i) / count;
    rest += own[unit]! * mean;
  }
  const isOutput = space.layer === settings.hidden.length + 1;
  const share = isOutput ? facts.task !== "regression" : settings.activation === "Sigmoid";
  const answer = (z: number) => {
    if (isOutput) return share ? 1 / (1 + Math.exp(-z)) : z;
    return activations[settings.activation](z);
  };
  const [wide, high] = [canvas.clientWidth - 44, canvas.clientHeight - 30];
  const area = [36, 6, wide, high] as const;
  const place = (end: readonly [number, number], t: number) => end[0] + (end[1] - end[0]) * t;
  const second = pair[0] === pair[1] ? 0 : own[pair[1]]!;
  background ??= { square: new Square(spaceSide), values: new Float32Array(spaceSide ** 2) };
  const { square, values } = background;
  for (let i = 0; i < values.length; i++) {
    const a = place(ends[0], ((i % spaceSide) + 0.5) / spaceSide);
    const b = place(ends[1], 1 - (Math.floor(i / spaceSide) + 0.5) / spaceSide);
    values[i] = answer(own[pair[0]]! * a + second * b + rest);
  }
  paint(square.colors, values, 0, share ? shares : valuesUpTo(1), look.theme, look.discretize);
  square.draw(context, area);
  context.strokeStyle = look.theme === "dark" ? "#12151a" : "#ffffff";
  for (let i = 0; i < count; i++) {
    const x = area[0] + ((output(pair[0], i) - ends[0][0]) / (ends[0][1] - ends[0][0])) * area[2];
    const y = area[1] + (1 - (output(pair[1], i) - ends[1][0]) / (ends[1][1] - ends[1][0])) * area[3];
    context.beginPath();
    context.arc(x, y, 3.2, 0, 2 * Math.PI);
    context.fillStyle = pointColor(facts, facts.answers[i]!, look.theme);
    context.fill();
    context.stroke();
  }
  context.fillStyle = ink;
  context.fillText(
    `unit ${pair[0] + 1} of layer ${space.layer - 1}`,
    area[0] + wide / 2,
    canvas.clientHeight - 8,
  );
  context.save();
  context.translate(14, area[1] + high / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(`unit ${pair[1] + 1}`, 0, 0);
  context.restore();
}
