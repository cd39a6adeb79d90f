/**
 * The data sets of TensorFlow Playground, on the square from -6 to 6. `noise` is from 0 to 1 (up to 0.5 on
 * the page). The same seed gives the same data set. Classes are 0 and 1 instead of -1 and 1 on the page.
 */

import { ValueError } from "../errors.js";
import { rand, randn, randperm } from "../ops/create/create.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { defaultGenerator, Generator } from "../random.js";
import { sharedArray } from "../tensor/storage.js";
import { fromData, type Tensor } from "../tensor/tensor.js";

/** Options of every data set of the playground. */
export interface PlaygroundOptions {
  /** Number of points. Default 500, as on the page. */
  n?: number;
  /** From 0 to 1. Default 0. */
  noise?: number;
  /** Default: drawn from the generator that `manualSeed` seeds. */
  seed?: number;
}

/** Points of the plane with their classes or values. */
export interface PlaygroundData {
  /** float32 [n, 2]: points. */
  x: Tensor;
  /** int32 [n]: classes 0 and 1; for `plane` and `multiGaussian` float32 [n, 1]: values. */
  y: Tensor;
}

/** A point and its class or value. */
type Point = [x: number, y: number, answer: number];

/** The random numbers of one data set. */
interface Draw {
  uniform(low: number, high: number): number;
  normal(mean: number, variance: number): number;
}

const RADIUS = 5;
const HALF_SIDE = 6;

/**
 * Two clouds: class 1 around (2, 2), class 0 around (-2, -2), each half of the points. Both coordinates are
 * normal with variance 0.5 + 7 · noise: 0.5 without noise, 4 at 0.5.
 */
export function gaussian(options?: PlaygroundOptions): PlaygroundData {
  return classification("gaussian", options, ({ normal }, i, n, noise) => {
    const label = i < n / 2 ? 1 : 0;
    const variance = 0.5 + 7 * noise;
    const center = label === 1 ? 2 : -2;
    return [normal(center, variance), normal(center, variance), label];
  });
}

/**
 * Class 1 inside a circle of radius 2.5, class 0 in the ring from 3.5 to 5, half of the points each; radius
 * and angle are uniform. The class is computed from the point moved by noise · u in each coordinate, u
 * uniform from -5 to 5: it is 1 if the moved point is less than 2.5 from the centre.
 */
export function circle(options?: PlaygroundOptions): PlaygroundData {
  return classification("circle", options, ({ uniform }, i, n, noise) => {
    const radius = i < n / 2 ? uniform(0, 0.5 * RADIUS) : uniform(0.7 * RADIUS, RADIUS);
    const angle = uniform(0, 2 * Math.PI);
    const [x, y] = [radius * Math.sin(angle), radius * Math.cos(angle)];
    const [dx, dy] = [noise * uniform(-RADIUS, RADIUS), noise * uniform(-RADIUS, RADIUS)];
    return [x, y, Number(Math.hypot(x + dx, y + dy) < 0.5 * RADIUS)];
  });
}

/**
 * Points uniform on the square from -5 to 5, moved away from both axes by 0.3. The class is computed from the
 * point moved by noise · u in each coordinate, u uniform from -5 to 5: it is 1 if the product of the moved
 * coordinates is >= 0.
 */
export function xor(options?: PlaygroundOptions): PlaygroundData {
  const padding = 0.3;
  const apart = (v: number) => v + (v > 0 ? padding : -padding);
  return classification("xor", options, ({ uniform }, _i, _n, noise) => {
    const [x, y] = [apart(uniform(-RADIUS, RADIUS)), apart(uniform(-RADIUS, RADIUS))];
    const [dx, dy] = [noise * uniform(-RADIUS, RADIUS), noise * uniform(-RADIUS, RADIUS)];
    return [x, y, Number((x + dx) * (y + dy) >= 0)];
  });
}

/**
 * Two spirals, half of the points m = n / 2 each: point i at radius r = 5 · i / m and angle 1.75 · 2π · i /
 * m, plus π for class 0: (r · sin t, r · cos t), each coordinate moved by noise · u, u uniform from -1 to 1.
 */
export function spiral(options?: PlaygroundOptions): PlaygroundData {
  return classification("spiral", options, ({ uniform }, i, n, noise) => {
    const first = Math.ceil(n / 2);
    const [label, along, half] = i < first ? [1, i, first] : [0, i - first, n - first];
    const radius = (along / half) * RADIUS;
    const angle = ((1.75 * along) / half) * 2 * Math.PI + (label === 1 ? 0 : Math.PI);
    const x = radius * Math.sin(angle) + uniform(-1, 1) * noise;
    return [x, radius * Math.cos(angle) + uniform(-1, 1) * noise, label];
  });
}

/**
 * Points uniform on the square from -6 to 6. The value is (x + y) / 10 at the point moved by noise · u in
 * each coordinate, u uniform from -6 to 6.
 */
export function plane(options?: PlaygroundOptions): PlaygroundData {
  return regression("plane", options, (x, y) => (x + y) / 10);
}

const bumps = [
  ...([[-4, 2.5, 1] as const, [0, 2.5, -1] as const, [4, 2.5, 1] as const] as const),
  ...([[-4, -2.5, -1] as const, [0, -2.5, 1] as const, [4, -2.5, -1] as const] as const),
];

/**
 * Points uniform on the square from -6 to 6. Six hills and hollows at (-4, 2.5) +, (0, 2.5) -, (4, 2.5) +,
 * (-4, -2.5) -, (0, -2.5) + and (4, -2.5) -. Each is a cone that goes from ±1 at its centre to 0 at distance
 * 2. The value is that of the cone with the largest absolute value at the point moved by noise · u, u uniform
 * from -6 to 6.
 */
export function multiGaussian(options?: PlaygroundOptions): PlaygroundData {
  return regression("multiGaussian", options, (x, y) => {
    let largest = 0;
    for (const [cx, cy, sign] of bumps) {
      const value = sign * clamp(1 - Math.hypot(x - cx, y - cy) / 2, 0, 1);
      if (Math.abs(value) > Math.abs(largest)) largest = value;
    }
    return largest;
  });
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

function classification(
  op: string,
  options: PlaygroundOptions | undefined,
  point: (draw: Draw, i: number, n: number, noise: number) => Point,
): PlaygroundData {
  return generated(op, options, point, "int32");
}

function regression(
  op: string,
  options: PlaygroundOptions | undefined,
  value: (x: number, y: number) => number,
): PlaygroundData {
  const point = ({ uniform }: Draw, _i: number, _n: number, noise: number): Point => {
    const [x, y] = [uniform(-HALF_SIDE, HALF_SIDE), uniform(-HALF_SIDE, HALF_SIDE)];
    const [dx, dy] = [noise * uniform(-HALF_SIDE, HALF_SIDE), noise * uniform(-HALF_SIDE, HALF_SIDE)];
    return [x, y, value(x + dx, y + dy)];
  };
  return generated(op, options, point, "float32");
}

function generated(
  name: string,
  options: PlaygroundOptions = {},
  point: (draw: Draw, i: number, n: number, noise: number) => Point,
  dtype: "int32" | "float32",
): PlaygroundData {
  const op = `playground.${name}`;
  checkOptions(op, options, ["n", "noise", "seed"]);
  const { n = 500, noise = 0, seed } = options;
  if (!Number.isInteger(n) || n < 1 || n > 2 ** 24)
    throw new ValueError(`${op}: n is an integer from 1 to 2^24: ${quoted(n)}`, "INVALID_OPTION");
  if (!(noise >= 0 && noise <= 1))
    throw new ValueError(`${op}: noise is a number from 0 to 1: ${String(noise)}`, "INVALID_OPTION");
  const generator = seed === undefined ? defaultGenerator : new Generator(seed);
  // At most four numbers a point, drawn at once.
  const uniforms = rand([4 * n], { generator }).data;
  const normals = name === "gaussian" ? randn([2 * n], { generator }).data : uniforms;
  let [u, v] = [0, 0];
  const draw: Draw = {
    uniform: (low, high) => low + (high - low) * uniforms[u++],
    normal: (mean, variance) => mean + Math.sqrt(variance) * normals[v++],
  };
  const x = sharedArray("float32", 2 * n);
  const y = sharedArray(dtype, n);
  const order = randperm(n, { generator }).data;
  for (let i = 0; i < n; i++) {
    const [a, b, answer] = point(draw, i, n, noise);
    x[2 * order[i]] = a;
    x[2 * order[i] + 1] = b;
    y[order[i]] = answer;
  }
  return { x: fromData(x, [n, 2], "float32"), y: fromData(y, dtype === "int32" ? [n] : [n, 1], dtype) };
}
