import { checkTensors } from "../arguments.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { type FigureOptions, figure, text, write } from "./figure.js";
import type { Color } from "./palette.js";
import { rasterUrl } from "./raster.js";
import { checkRanges, extent } from "./values.js";

/** Options of `images`. */
export interface ImagesOptions extends FigureOptions {
  /** One text below each image. Default: none. */
  captions?: readonly (string | number)[];
  /** Number of images per row. Default: as many as make a figure without gaps. */
  columns?: number;
  /**
   * The values that are drawn as black and as white. Default: 0 and 255 for `uint8`, else the smallest and
   * the largest value of all images.
   */
  range?: readonly [number, number];
}

/**
 * Images in rows, grey or coloured; each pixel is a sharp square.
 * Shapes: [H, W], [N, H, W], [N, 1, H, W] or [N, 3, H, W].
 *
 *     await plot.images("digits.svg", x.narrow(0, 0, 20), { captions: labels });
 *
 * @throws ShapeError for other shapes, or when the number of captions is not N.
 * @throws ValueError for options out of range, and without a finite number; SimdgradError `PLOT_FAILED`,
 * `PLOT_UNAVAILABLE`.
 */
export async function images(path: string, x: Tensor, options: ImagesOptions = {}): Promise<void> {
  const op = "plot.images";
  const drawing = await figure(op, path, options, ["captions", "columns", "range"]);
  checkTensors(op, x);
  checkRanges(op, options);
  const shape =
    x.ndim === 2 ? [1, 1, ...x.shape] : x.ndim === 3 ? [x.shape[0], 1, ...x.shape.slice(1)] : x.shape;
  const [count, channels, rows, columns] = shape;
  if (shape.length !== 4 || ![1, 3].includes(channels) || shape.some((size) => size === 0))
    throw new ShapeError(
      `${op}: images are [H, W], [N, H, W], [N, 1, H, W] or [N, 3, H, W]: ${formatShape(x.shape)}`,
    );
  const { captions } = options;
  if (captions !== undefined && captions.length !== count)
    throw new ShapeError(`${op}: a caption for each of ${count} images: ${captions.length}`);
  const values: number[] = [x.toArray()].flat(5).map(Number);
  const [low, high] = options.range ?? (x.dtype === "uint8" ? [0, 255] : extent(op, "pixels", values));
  const level = (value: number) =>
    Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low || 1))) || 0);

  const top = options.title === undefined ? 16 : 60;
  const [wide, room] = [drawing.width - 32, drawing.height - top - 16];
  const below = captions === undefined ? 8 : 30;
  const across = options.columns ?? bestColumns(count, wide, room, below, columns / rows);
  if (!Number.isInteger(across) || across < 1)
    throw new ValueError(`${op}: columns is a whole number of at least 1: ${across}`);
  const down = Math.ceil(count / across);
  const size = Math.min(wide / across - 8, ((room / down - below) * columns) / rows);
  const tall = (size * rows) / columns;
  const left = (drawing.width - across * (size + 8)) / 2 + 4;
  const first = top + (room - down * (tall + below)) / 2;
  const area = rows * columns;
  const graphic = Array.from({ length: count }, (_, n) => {
    const at = n * channels * area;
    const colorAt = (px: number, py: number): Color => {
      const i = at + py * columns + px;
      return channels === 3
        ? [level(values[i]), level(values[i + area]), level(values[i + 2 * area])]
        : [level(values[i]), level(values[i]), level(values[i])];
    };
    const [x0, y0] = [left + (n % across) * (size + 8), first + Math.floor(n / across) * (tall + below)];
    const scale = Math.max(1, Math.round((2 * size) / columns));
    return [
      {
        type: "image",
        style: { image: rasterUrl(columns, rows, colorAt, scale), x: x0, y: y0, width: size, height: tall },
      },
      ...(captions === undefined
        ? []
        : [
            {
              type: "text",
              style: {
                ...{ text: String(captions[n]), x: x0 + size / 2, y: y0 + tall + 5, textAlign: "center" },
                ...{ fill: text.color, fontSize: 14, fontFamily: text.fontFamily },
              },
            },
          ]),
    ];
  }).flat();
  await write(drawing, { graphic });
}

/** The number of columns that makes the images largest. */
function bestColumns(count: number, width: number, height: number, below: number, ratio: number): number {
  let best = { size: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns++) {
    const size = Math.min(width / columns - 8, (height / Math.ceil(count / columns) - below) * ratio);
    if (size > best.size + 1e-9) best = { size, columns };
  }
  return best.columns;
}
