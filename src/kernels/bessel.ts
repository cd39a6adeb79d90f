/** Bessel functions of order 0 and 1, and the Airy function, in double precision. */

const EULER = 0.5772156649015329;

/** J0, J1, Y0, Y1 at x > 0. */
type Four = readonly [j0: number, j1: number, y0: number, y1: number];

/**
 * Miller's recurrence from high orders downwards, which is stable, normalized by 1 = J0 + 2 (J2 + J4 + …). Y0
 * comes from Neumann's series in J2, J4, …, and Y1 is minus the derivative of that series.
 */
function byRecurrence(x: number): Four {
  let order = 1;
  for (let size = x / 2; size > 1e-18 || order < x; size *= x / 2 / order) order++;
  order += order % 2;
  let [above, here] = [0, 1e-300];
  let [norm, even, odd] = [0, 0, 0];
  for (let n = order; n > 0; n--) {
    const below = (2 * n * here) / x - above;
    // `here` is J of order n; `below` and `above` are J of the neighbouring orders.
    if (n % 2 === 0) {
      const sign = n % 4 === 0 ? 1 : -1;
      norm += 2 * here;
      even += (sign * here) / (n / 2);
      odd += (sign * (below - above)) / (n / 2);
    }
    [above, here] = [here, below];
  }
  norm += here;
  const [j0, j1] = [here / norm, above / norm];
  const log = Math.log(x / 2) + EULER;
  const y0 = (2 * log * j0 - (4 * even) / norm) / Math.PI;
  const y1 = (2 * log * j1 - (2 * j0) / x + (2 * odd) / norm) / Math.PI;
  return [j0, j1, y0, y1];
}

/** Hankel's asymptotic series; for x >= 25 its smallest term is below 2^-52. */
function byHankel(x: number): Four {
  const [sin, cos] = [Math.sin(x), Math.cos(x)];
  const [c, s] = [cos + sin, sin - cos]; // √2 times cosine and sine of x - π/4
  const size = 1 / Math.sqrt(Math.PI * x);
  const series = (order: 0 | 1) => {
    let [p, q, term] = [1, 0, 1];
    for (let k = 1; Math.abs(term) > 1e-17; k++) {
      term *= (4 * order - (2 * k - 1) ** 2) / (8 * k * x);
      const signed = k % 4 < 2 ? term : -term;
      if (k % 2 === 0) p += signed;
      else q += signed;
    }
    return [p * size, q * size];
  };
  const [p0, q0] = series(0);
  const [p1, q1] = series(1);
  return [c * p0 - s * q0, s * p1 + c * q1, s * p0 + c * q0, s * q1 - c * p1];
}

function four(x: number): Four {
  if (x === Infinity) return [0, 0, 0, 0];
  if (!(x <= 1e-8)) return x < 25 ? byRecurrence(x) : byHankel(x);
  return [1, x / 2, (2 * (Math.log(x / 2) + EULER)) / Math.PI, -2 / (Math.PI * x)];
}

export const besselJ0 = (x: number): number => four(Math.abs(x))[0];
export const besselJ1 = (x: number): number => (x < 0 ? -four(-x)[1] : four(x)[1]);
/** Y0: -Infinity at 0, NaN below 0. */
export const besselY0 = (x: number): number => (x >= 0 ? four(x)[2] : Number.NaN);
export const besselY1 = (x: number): number => (x >= 0 ? four(x)[3] : Number.NaN);

/**
 * eˣ K(x) of any order for x > 0: the integral ∫ e^(-x (cosh t - 1)) cosh(order t) dt from 0 to ∞. The
 * integrand is even and analytic and decays doubly exponentially, so the trapezoidal rule has an error of
 * e^-39 at these steps. All terms are positive.
 */
function modifiedSecond(order: number, x: number): number {
  const h = Math.min(0.25, 0.7 / Math.sqrt(x));
  let sum = 0.5;
  for (let t = h; ; t += h) {
    const half = Math.sinh(t / 2);
    const term = Math.exp(-2 * x * half * half) * Math.cosh(order * t);
    sum += term;
    if (term < 1e-18 * sum) return sum * h;
  }
}

/** eˣ K(x): Infinity at 0, NaN below 0. */
function scaledSecond(order: 0 | 1, x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : Number.NaN;
  if (x === Infinity) return 0;
  // For smaller x, K1 is 1 / x to the last digit, and its integrand would overflow.
  return order === 1 && x < 1e-9 ? 1 / x : modifiedSecond(order, x);
}

export const scaledBesselK0 = (x: number): number => scaledSecond(0, x);
export const scaledBesselK1 = (x: number): number => scaledSecond(1, x);
export const besselK0 = (x: number): number => (x === Infinity ? 0 : scaledSecond(0, x) * Math.exp(-x));
export const besselK1 = (x: number): number => (x === Infinity ? 0 : scaledSecond(1, x) * Math.exp(-x));

/** sin(x) / x; 1 at 0. */
export const sphericalBesselJ0 = (x: number): number =>
  x === 0 ? 1 : Math.abs(x) === Infinity ? 0 : Math.sin(x) / x;

/**
 * Airy's Ai(x). Between -7 and -4, where its power series suffers from cancellation, it is accurate to 1e-11.
 */
export function airyAi(x: number): number {
  if (Math.abs(x) === Infinity) return 0;
  if (x <= -7) return airyOfWaves(-x);
  if (x > 108) return 0; // underflows
  if (!(x < 1)) {
    const zeta = (2 / 3) * x * Math.sqrt(x);
    return Number.isNaN(x) ? x : (Math.sqrt(x / 3) / Math.PI) * Math.exp(-zeta) * modifiedSecond(1 / 3, zeta);
  }
  const cube = x * x * x;
  let [f, g] = [1, x];
  let [sumF, sumG] = [0, 0];
  for (let k = 1; Math.abs(f) + Math.abs(g) > 1e-18; k++) {
    sumF += f;
    sumG += g;
    f *= cube / ((3 * k - 1) * 3 * k);
    g *= cube / (3 * k * (3 * k + 1));
  }
  return 0.3550280538878172 * sumF - 0.2588194037928068 * sumG; // Ai(0) and -Ai'(0)
}

/** Ai(-x) for large x, by its asymptotic series. */
function airyOfWaves(x: number): number {
  const zeta = (2 / 3) * x * Math.sqrt(x);
  let [p, q, term] = [1, 0, 1];
  for (let k = 1; ; k++) {
    const next = (term * ((6 * k - 5) * (6 * k - 1))) / (72 * k * zeta);
    if (next > term || next < 1e-17) break;
    term = next;
    const signed = k % 4 < 2 ? term : -term;
    if (k % 2 === 0) p += signed;
    else q += signed;
  }
  if (zeta === Infinity) return 0;
  const [sin, cos] = [Math.sin(zeta), Math.cos(zeta)];
  return ((cos + sin) * p + (sin - cos) * q) / Math.sqrt(2 * Math.PI * Math.sqrt(x));
}
