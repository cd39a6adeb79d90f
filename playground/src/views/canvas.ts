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
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, x, y, width, height);
}

const images = new Map<number, { image: ImageData; words: Uint32Array }>();

/** Fills a canvas whose pixels are those of a picture. */
export function fillPixels(canvas: HTMLCanvasElement, side: number, colorOf: (i: number) => number): void {
  const context = contextOf(canvas);
  if (context === null) return;
  if (canvas.width !== side) {
    canvas.width = side;
    canvas.height = side;
  }
  let kept = images.get(side);
  if (kept === undefined) {
    const image = new ImageData(side, side);
    kept = { image, words: new Uint32Array(image.data.buffer) };
    images.set(side, kept);
  }
  const { image, words } = kept;
  for (let i = 0; i < words.length; i++) words[i] = colorOf(i);
  context.putImageData(image, 0, 0);
}
