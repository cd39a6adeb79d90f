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

let scratch: { canvas: HTMLCanvasElement; image: ImageData; words: Uint32Array; side: number } | undefined;

/** A square picture of colours, stretched over a rectangle of a context. */
export function drawSquare(
  context: CanvasRenderingContext2D,
  side: number,
  colorOf: (i: number) => number,
  [x, y, width, height]: readonly [number, number, number, number],
  smooth = true,
): void {
  if (scratch?.side !== side) {
    const canvas = document.createElement("canvas");
    canvas.width = side;
    canvas.height = side;
    const image = new ImageData(side, side);
    scratch = { canvas, image, words: new Uint32Array(image.data.buffer), side };
  }
  const { canvas, image, words } = scratch;
  for (let i = 0; i < words.length; i++) words[i] = colorOf(i);
  contextOf(canvas)!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(canvas, x, y, width, height);
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

  /** Sets the colours of picture k, which `show` makes visible. */
  fill(k: number, colorOf: (i: number) => number): void {
    const pixels = this.side ** 2;
    const words = this.#words.subarray(k * pixels, (k + 1) * pixels);
    for (let i = 0; i < pixels; i++) words[i] = colorOf(i);
  }

  show(): void {
    if (this.#image !== undefined) contextOf(this.#canvas)?.putImageData(this.#image, 0, 0);
  }

  draw(context: CanvasRenderingContext2D, k: number, x: number, y: number, size: number): void {
    context.drawImage(this.#canvas, 0, k * this.side, this.side, this.side, x, y, size, size);
  }
}
