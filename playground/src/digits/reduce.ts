/**
 * The image that the network sees, made of a drawing as the images of MNIST were made of scanned digits (LeCun,
 * Cortes and Burges, "The MNIST database of handwritten digits"): the digit is scaled, with anti-aliasing and
 * without changing its proportions, to fit a box of 20 x 20 pixels. The box is moved in 28 x 28, by whole
 * pixels, so that the centre of mass of the digit is in the middle.
 */

export const imageSide = 28;
/** The longer side of the digit. */
const boxSide = 20;

/** The rectangle around all ink: `right` and `bottom` are one past the last pixel. */
interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Found {
  box: Box;
  /** Centre of mass of the ink. */
  x: number;
  y: number;
}

function findInk(field: Float32Array, side: number): Found | undefined {
  const box: Box = { left: side, top: side, right: 0, bottom: 0 };
  let [mass, x, y] = [0, 0, 0];
  for (let row = 0, at = 0; row < side; row++)
    for (let column = 0; column < side; column++, at++) {
      const ink = field[at]!;
      if (ink <= 0) continue;
      box.left = Math.min(box.left, column);
      box.right = Math.max(box.right, column + 1);
      box.top = Math.min(box.top, row);
      box.bottom = Math.max(box.bottom, row + 1);
      mass += ink;
      x += ink * (column + 0.5);
      y += ink * (row + 0.5);
    }
  return mass === 0 ? undefined : { box, x: x / mass, y: y / mass };
}

/**
 * Where the image begins in the field, along one axis: whole pixels before the box, as many as bring the
 * centre of mass nearest to the middle and leave the whole digit in the image.
 */
function beginning(centre: number, low: number, high: number, scale: number): number {
  const before = Math.round(imageSide / 2 - (centre - low) / scale);
  // 20 divided and multiplied again may be a little more than 20.
  const most = Math.floor(imageSide - (high - low) / scale + 1e-9);
  return low - Math.min(most, Math.max(0, before)) * scale;
}

/** Shares of one pixel of the image that the pixels of the field cover, from the first pixel on. */
function shares(begin: number, scale: number, side: number): { first: number; parts: number[] }[] {
  return Array.from({ length: imageSide }, (_, i) => {
    const [from, to] = [begin + i * scale, begin + (i + 1) * scale];
    const first = Math.max(0, Math.floor(from));
    const parts: number[] = [];
    for (let k = first; k < Math.min(side, to); k++)
      parts.push(Math.max(0, Math.min(to, k + 1) - Math.max(from, k)) / scale);
    return { first, parts };
  });
}

/**
 * A square of ink from 0 to 1, `side` x `side`, as an image of 28 x 28 bytes, 0 for empty and 255 for full;
 * undefined if there is no ink. Each pixel is the mean of the ink in the square of the field that it stands
 * for.
 */
export function reduce(field: Float32Array, side: number): Uint8Array | undefined {
  const found = findInk(field, side);
  if (found === undefined) return undefined;
  const { box } = found;
  /** Pixels of the field along one pixel of the image. */
  const scale = Math.max(box.right - box.left, box.bottom - box.top) / boxSide;
  const columns = shares(beginning(found.x, box.left, box.right, scale), scale, side);
  const rows = shares(beginning(found.y, box.top, box.bottom, scale), scale, side);
  return Uint8Array.from({ length: imageSide * imageSide }, (_, i) => {
    const [across, down] = [columns[i % imageSide]!, rows[Math.floor(i / imageSide)]!];
    let sum = 0;
    for (const [r, tall] of down.parts.entries()) {
      const start = (down.first + r) * side + across.first;
      for (const [c, wide] of across.parts.entries()) sum += tall * wide * field[start + c]!;
    }
    return Math.round(255 * Math.min(1, sum));
  });
}
