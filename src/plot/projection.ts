/** A box in space as a picture shows it: parallel projection, so that size does not depend on distance. */
import type { Point } from "./contour.js";
import type { Box } from "./figure.js";

export type Point3 = readonly [x: number, y: number, z: number];

/** Half the height of the box; its other two sides go from -1 to 1. */
export const halfHeight = 0.7;

export interface View {
  /** Where a point of the box is in the picture, in pixels. */
  at(point: Point3): Point;
  /** The unit vector from the box to the viewer. */
  readonly towards: Point3;
  /** The unit vectors to the right and to the top of the picture. */
  readonly right: Point3;
  readonly up: Point3;
}

export const dot = (a: Point3, b: Point3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** The vector of length 1 in this direction. */
export const unit = (a: Point3): Point3 => {
  const length = Math.hypot(...a) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
};

/** The unit vector at right angles to both. */
export const normal = (a: Point3, b: Point3): Point3 =>
  unit([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]);

/**
 * The box [-1, 1]² × [-halfHeight, halfHeight] as large as `area` allows. `azimuth` turns the viewer around
 * the vertical axis, from the positive x axis towards the positive y axis; `elevation` lifts the viewer above
 * the horizon. Both are in degrees.
 */
export function viewOf(area: Box, azimuth: number, elevation: number): View {
  const [a, e] = [azimuth, elevation].map((degrees) => (degrees * Math.PI) / 180);
  const towards: Point3 = [Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)];
  const right: Point3 = [-Math.sin(a), Math.cos(a), 0];
  const up: Point3 = [-Math.sin(e) * Math.cos(a), -Math.sin(e) * Math.sin(a), Math.cos(e)];
  // The box is symmetric, so its middle is the middle of the picture.
  const reach = ([x, y, z]: Point3) => Math.abs(x) + Math.abs(y) + halfHeight * Math.abs(z);
  const scale = Math.min(area.width / (2 * reach(right)), area.height / (2 * reach(up)));
  const [cx, cy] = [area.left + area.width / 2, area.top + area.height / 2];
  return {
    at: (point) => [cx + scale * dot(point, right), cy - scale * dot(point, up)],
    ...{ towards, right, up },
  };
}
