import { colors } from "./terminal.js";

/** A picture of one byte a pixel, row by row. */
export interface Picture {
  pixels: ArrayLike<number>;
  height: number;
  width: number;
}

/**
 * The lines of a picture: one character shows two pixels, one above the other. With colours, the pixels are
 * shades of grey (the 24 greys of the 256-colour palette). Without colours, they are black or white.
 */
export function drawPicture(picture: Picture, columns: number): string[] {
  const { pixels, height, width } = shrink(picture, columns);
  const at = (y: number, x: number) => (y < height ? pixels[y * width + x] : 0);
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let line = "";
    for (let x = 0; x < width; x++) line += cell(at(y, x), at(y + 1, x));
    lines.push(colors.isColorSupported ? `${line}\x1b[0m` : line.trimEnd());
  }
  return lines;
}

function cell(upper: number, lower: number): string {
  if (colors.isColorSupported) return `\x1b[38;5;${grey(upper)};48;5;${grey(lower)}m▀`;
  return " ▀▄█"[Number(upper > 96) + 2 * Number(lower > 96)];
}

/** 232 is nearly black, 255 nearly white. */
const grey = (value: number) => 232 + Math.round((value / 255) * 23);

/** Means over squares, so that the picture fits. */
function shrink({ pixels, height, width }: Picture, columns: number): Picture {
  const side = Math.max(1, Math.ceil(width / columns));
  if (side === 1) return { pixels, height, width };
  const small = { height: Math.ceil(height / side), width: Math.ceil(width / side) };
  const means = new Float64Array(small.height * small.width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      means[Math.floor(y / side) * small.width + Math.floor(x / side)] += pixels[y * width + x] / side ** 2;
  return { pixels: means, ...small };
}
