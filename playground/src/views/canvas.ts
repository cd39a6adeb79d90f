/** Canvases: sharp on dense screens, and honest where a browser has none. */

/** The context of a canvas, or null where the browser has no canvas. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  try {
    return canvas.getContext("2d");
  } catch {
    return null;
  }
}

/** Whether this browser can draw; the page then says it in one line, and its numbers and code still work. */
export const hasCanvas = contextOf(document.createElement("canvas")) !== null;

/** A rectangle of a canvas. */
export type Area = readonly [x: number, y: number, width: number, height: number];

/** A context whose unit is a CSS pixel, cleared. */
export function cleared(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const context = contextOf(canvas);
  if (context === null) return null;
  const ratio = Math.min(3, devicePixelRatio || 1);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** A square picture on a hidden canvas, which is drawn at any size. */
export class Square {
  readonly #canvas = document.createElement("canvas");
  readonly #image: ImageData;
  /** The colour of each point, row by row; `draw` reads it. */
  readonly colors: Uint32Array;

  constructor(side: number) {
    this.#canvas.width = side;
    this.#canvas.height = side;
    this.#image = new ImageData(side, side);
    this.colors = new Uint32Array(this.#image.data.buffer);
  }

  draw(context: CanvasRenderingContext2D, [x, y, width, height]: Area, smooth = true): void {
    contextOf(this.#canvas)!.putImageData(this.#image, 0, 0);
    context.imageSmoothingEnabled = smooth;
    context.drawImage(this.#canvas, x, y, width, height);
  }
}

/**
 * Square pictures one below another on a hidden canvas. One canvas of many pictures is drawn many times faster
 * than as many canvases, each of which the browser puts on the screen by itself.
 */
export class Sheet {
  readonly #canvas = document.createElement("canvas");
  #image: ImageData | undefined;
  #words = new Uint32Array();

  constructor(readonly side: number) {}

  /** Makes room for so many pictures; they are kept while the number stays. */
  resize(count: number): void {
    if (this.#image?.height === count * this.side) return;
    this.#canvas.width = this.side;
    this.#canvas.height = count * this.side;
    this.#image = new ImageData(this.side, count * this.side);
    this.#words = new Uint32Array(this.#image.data.buffer);
  }

  /** The colours of picture k, which `show` makes visible. */
  colors(k: number): Uint32Array {
    const pixels = this.side ** 2;
    return this.#words.subarray(k * pixels, (k + 1) * pixels);
  }

  show(): void {
    if (this.#image !== undefined) contextOf(this.#canvas)?.putImageData(this.#image, 0, 0);
  }

  draw(context: CanvasRenderingContext2D, k: number, x: number, y: number, size: number): void {
    context.drawImage(this.#canvas, 0, k * this.side, this.side, this.side, x, y, size, size);
  }
}
