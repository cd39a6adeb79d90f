import { ShapeError, ValueError } from "../errors.js";
import { type FigureOptions, figure, plotBox, text, write } from "./figure.js";
import { css, ink, white } from "./palette.js";
import { type Rows, rows, short } from "./values.js";

/** Options of `confusionMatrix`. */
export interface ConfusionMatrixOptions extends FigureOptions {
  /** Names of the classes. Default: 0, 1, 2, … */
  classNames?: readonly string[];
}

const full = [0, 60, 110] as const;

/**
 * How often class `row` was predicted as class `column`. Each cell shows its count; its darkness shows the
 * share of the row. Shape: `counts` [C, C]; rows are true classes, columns are predicted classes.
 *
 *     const counts = nn.functional.oneHot(target).T.mm(nn.functional.oneHot(predicted));
 *     await plot.confusionMatrix("iris.svg", counts, { classNames: ["setosa", "versicolor", "virginica"] });
 *
 * @throws ShapeError when `counts` is not square or the names are not C.
 * @throws ValueError for negative counts, and for options out of range; SimdgradError `PLOT_FAILED`,
 * `PLOT_UNAVAILABLE`.
 */
export async function confusionMatrix(
  path: string,
  counts: Rows,
  options: ConfusionMatrixOptions = {},
): Promise<void> {
  const op = "plot.confusionMatrix";
  const drawing = await figure(op, path, options, ["classNames"]);
  const matrix = rows(op, "counts", counts);
  const classes = matrix.length;
  if (matrix[0].length !== classes)
    throw new ShapeError(`${op}: counts is square, [C, C]: [${classes}, ${matrix[0].length}]`);
  const odd = matrix.flat().find((n) => !(n >= 0 && Number.isFinite(n)));
  if (odd !== undefined) throw new ValueError(`${op}: counts are not negative: ${odd}`);
  const names = options.classNames ?? matrix.map((_, i) => String(i));
  if (names.length !== classes)
    throw new ShapeError(`${op}: a name for each of ${classes} classes: ${names.length} names`);
  const fontSize = Math.max(10, Math.min(22, 200 / classes));
  const data = matrix.flatMap((row, i) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return row.map((n, j) => {
      const part = total === 0 ? 0 : n / total;
      return { value: [j, i, n, part], label: { color: part > 0.5 ? "#fff" : ink } };
    });
  });
  // ECharts draws rows from the bottom; a matrix is read from the top.
  const field = {
    type: "category",
    data: [...names],
    splitArea: { show: false },
    axisTick: { show: false },
  };
  const name = {
    nameLocation: "middle",
    nameTextStyle: { ...text, fontSize: 16 },
    axisLabel: { ...text, interval: 0 },
  };
  const box = plotBox(drawing);
  const label = Math.max(...names.map((n) => n.length)) * 8 + 56;
  const side = Math.min(box.height, drawing.width - 64 - label);
  await write(drawing, {
    grid: {
      ...box,
      left: Math.max(label, (drawing.width - side + label - 32) / 2),
      width: side,
      height: side,
    },
    xAxis: { ...field, ...name, name: options.xLabel ?? "predicted class", nameGap: 36 },
    yAxis: { ...field, ...name, name: options.yLabel ?? "true class", nameGap: label - 28, inverse: true },
    visualMap: { show: false, min: 0, max: 1, dimension: 3, inRange: { color: [css(white), css(full)] } },
    series: [
      {
        ...{ type: "heatmap", data, itemStyle: { borderColor: "#999", borderWidth: 1 } },
        label: {
          ...text,
          show: true,
          fontSize,
          formatter: ({ value }: { value: number[] }) => short(value[2]),
        },
      },
    ],
  });
}
