import { AutogradError, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import { quoted } from "../quote.js";
import { isTensor } from "../recognize.js";
import type { Tensor } from "../tensor/tensor.js";
import { axis, type FigureOptions, figure, legend, plotBox, text, write } from "./figure.js";
import { style } from "./palette.js";
import { checkRanges, numbers } from "./values.js";

/** Options of `gradientFlow`. */
export interface GradientFlowOptions extends FigureOptions {
  /**
   * The sizes that are drawn, from the lower edge to the upper: the same for several models, to compare them.
   * Default: all sizes, extended to powers of ten.
   */
  yRange?: readonly [number, number];
}

/**
 * The size of the gradients of a model from its first parameter to its last: the mean and the largest
 * absolute value of each, on a logarithmic axis. Call it after `backward`. Vanishing gradients show as curves
 * that fall to the left. Gradients that are all zero are drawn at the lower edge and named. A gradient has
 * any shape.
 *
 *     loss.backward();
 *     await plot.gradientFlow("flow.svg", model);
 *
 * @throws AutogradError `NO_GRAD` when no parameter has a gradient; parameters without a gradient are left
 * out.
 * @throws ValueError for a gradient that is not finite, and for options out of range; SimdgradError
 * `PLOT_FAILED`, `PLOT_UNAVAILABLE`.
 */
export async function gradientFlow(
  path: string,
  model: Module | Iterable<readonly [name: string, parameter: Tensor]>,
  options: GradientFlowOptions = {},
): Promise<void> {
  const op = "plot.gradientFlow";
  const drawing = await figure(op, path, options, ["yRange"]);
  checkRanges(op, options);
  const { yRange } = options;
  if (yRange !== undefined && !(yRange[0] > 0))
    throw new ValueError(`${op}: yRange is logarithmic, above 0: ${quoted(yRange)}`);
  const named = namedIn(op, model);
  const found = named.flatMap(([name, { grad }]) => {
    if (grad === null || grad.numel === 0) return [];
    const sizes = numbers(op, `the gradient of ${name}`, grad).map(Math.abs);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    return [{ name, mean, max: sizes.reduce((a, b) => Math.max(a, b), 0) }];
  });
  if (found.length === 0)
    throw new AutogradError(
      `${op}: parameters with a gradient, after backward(): none of ${named.length}`,
      "NO_GRAD",
    );
  const broken = found.find(({ max, mean }) => !Number.isFinite(max) || !Number.isFinite(mean));
  if (broken !== undefined) throw new ValueError(`${op}: gradients are finite: not that of ${broken.name}`);
  const present = found.flatMap(({ mean, max }) => [mean, max]).filter((size) => size > 0);
  const smallest = present.length === 0 ? 1e-8 : Math.min(...present);
  const floor =
    yRange?.[0] ?? 10 ** Math.floor(Math.log10(smallest) - (present.length < 2 * found.length ? 0.7 : 0));
  const line = (name: string, i: number, sizeOf: (entry: (typeof found)[number]) => number) => ({
    ...{ name, type: "line", symbol: style(i).symbol, symbolSize: 10 },
    ...{ itemStyle: { color: style(i).color }, lineStyle: { ...style(i), width: 2.5, type: style(i).dash } },
    data: found.map((entry) => {
      const size = sizeOf(entry);
      const zero = { show: true, formatter: "zero", position: "top", ...text };
      return size > 0 ? size : { value: floor, label: zero };
    }),
  });
  const longest = Math.max(...found.map(({ name }) => name.length));
  const bottom = Math.min(140, longest * 5);
  const names = ["largest |gradient|", "mean |gradient|"];
  const { option, height } = legend(drawing, names);
  await write(drawing, {
    legend: option,
    grid: plotBox(drawing, { legend: height, bottom }),
    xAxis: {
      ...{
        type: "category",
        data: found.map(({ name }) => name),
        name: options.xLabel ?? "parameter, from input to output",
      },
      ...{ nameLocation: "middle", nameGap: 40 + bottom, nameTextStyle: { ...text, fontSize: 16 } },
      axisLabel: { ...text, interval: 0, rotate: found.length > 3 ? 40 : 0 },
    },
    yAxis: { ...axis({ name: options.yLabel ?? "size", gap: 64, log: true, range: yRange }), min: floor },
    series: [line(names[0], 1, ({ max }) => max), line(names[1], 0, ({ mean }) => mean)],
  });
}

function namedIn(op: string, model: Module | Iterable<readonly [string, Tensor]>) {
  if (model instanceof Module) return [...model.namedParameters()];
  const refused = () => new ValueError(`${op}: a model, or pairs of a name and a tensor: ${quoted(model)}`);
  if (typeof model?.[Symbol.iterator] !== "function") throw refused();
  const pairs = [...model];
  if (!pairs.every((pair) => Array.isArray(pair) && isTensor(pair[1]))) throw refused();
  return pairs;
}
