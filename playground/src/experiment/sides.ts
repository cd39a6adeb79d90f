/** Sizes of pictures, which the Worker computes and the page draws. */

/** Points along each side of the small pictures in the units, and of the large one. */
export const smallSide = 32;
export const largeSide = 100;

/** Points along each side of a loss surface. */
export const surfaceSide = 25;

/** A unit whose picture is shown: layer 0 is the inputs, the last one the output. */
export interface Unit {
  readonly layer: number;
  readonly index: number;
}
