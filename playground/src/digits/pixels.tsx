/** Numbers as a picture: one image, maps side by side, or the units of a layer in rows. */
import { useEffect, useRef } from "preact/hooks";
import { contextOf } from "../views/canvas.js";
import { abgr, type Theme } from "../views/palette.js";
import { useStore } from "./store.js";

/** How values are arranged: maps of height x width, in rows of so many. */
interface Arrangement {
  readonly maps: number;
  readonly height: number;
  readonly width: number;
  readonly across: number;
}

/** Maps in rows of at most 8; units as cells, about twice as wide as high, in whole rows if they divide so. */
export function arrange(sizes: readonly number[]): Arrangement {
  if (sizes.length === 1) {
    const units = sizes[0]!;
    const widest = Math.min(64, Math.max(1, Math.ceil(Math.sqrt(2.2 * units))));
    const whole = Array.from({ length: widest }, (_, i) => widest - i).find((n) => units % n === 0)!;
    const width = units <= 16 ? units : 2 * whole >= widest ? whole : widest;
    return { maps: 1, height: Math.ceil(units / width), width, across: 1 };
  }
  const [maps, height, width] = sizes as [number, number, number];
  return { maps, height, width, across: Math.min(8, maps) };
}

/** Pixels between two maps. */
const gap = 1;

function draw(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  { maps, height, width, across }: Arrangement,
  colorOf: (value: number) => number,
): void {
  canvas.width = across * (width + gap) - gap;
  canvas.height = Math.ceil(maps / across) * (height + gap) - gap;
  const context = contextOf(canvas);
  if (context === null) return;
  const image = new ImageData(canvas.width, canvas.height);
  const words = new Uint32Array(image.data.buffer);
  for (let map = 0, at = 0; map < maps; map++) {
    const [left, top] = [(map % across) * (width + gap), Math.floor(map / across) * (height + gap)];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width && at < values.length; x++, at++)
        words[(top + y) * canvas.width + left + x] = colorOf(values[at]!);
  }
  context.putImageData(image, 0, 0);
}

/** Bytes of an image as ink on paper, in the colours of the theme. */
function inkColor(theme: Theme, value: number): number {
  const grey = Math.round(theme === "dark" ? 18 + value * 0.88 : 255 - value * 0.9);
  return (255 << 24) | (grey << 16) | (grey << 8) | grey;
}

interface PixelsProps {
  readonly values: ArrayLike<number>;
  readonly sizes: readonly number[];
  /** `ink`: bytes, an image. `scale`: numbers, blue above 0 and orange below, the largest at full colour. */
  readonly paint: "ink" | "scale";
  readonly label: string;
}

export function Pixels({ values, sizes, paint, label }: PixelsProps) {
  const { theme } = useStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let largest = 0;
    for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
    const colorOf = (value: number) =>
      paint === "ink" ? inkColor(theme, value) : abgr(theme, largest === 0 ? 0 : value / largest);
    draw(canvas.current!, values, arrange(sizes), colorOf);
  }, [values, theme, paint, sizes.join()]);
  return <canvas ref={canvas} class="pixels" role="img" aria-label={label} />;
}
