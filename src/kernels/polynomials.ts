/**
 * Orthogonal polynomials p(x, n) by their three-term recurrences. The fraction of the degree n is dropped;
 * for negative n the result is 0.
 */

/** The polynomial of degree k + 1, from `p` of degree k - 1 and `q` of degree k. */
type Next = (x: number, k: number, q: number, p: number) => number;

/**
 * Maximum degree. A recurrence of that many steps takes milliseconds; for a higher degree the result is NaN.
 */
const highest = 1e6;

function polynomial(first: (x: number) => number, next: Next): (x: number, n: number) => number {
  return (x, n) => {
    const degree = Math.trunc(n);
    if (!(degree >= 0)) return 0;
    if (degree === 0) return 1;
    if (degree > highest) return Number.NaN;
    let [p, q] = [1, first(x)];
    for (let k = 1; k < degree && Math.abs(q) < Infinity; k++) {
      const r = next(x, k, q, p);
      p = q;
      q = r;
    }
    return q;
  };
}

const chebyshev: Next = (x, _k, q, p) => 2 * x * q - p;
export const chebyshevT = polynomial((x) => x, chebyshev);
export const chebyshevU = polynomial((x) => 2 * x, chebyshev);
export const chebyshevV = polynomial((x) => 2 * x - 1, chebyshev);
export const chebyshevW = polynomial((x) => 2 * x + 1, chebyshev);
export const hermiteH = polynomial(
  (x) => 2 * x,
  (x, k, q, p) => 2 * (x * q - k * p),
);
export const hermiteHe = polynomial(
  (x) => x,
  (x, k, q, p) => x * q - k * p,
);
export const laguerre = polynomial(
  (x) => 1 - x,
  (x, k, q, p) => ((2 * k + 1 - x) * q - k * p) / (k + 1),
);
export const legendre = polynomial(
  (x) => x,
  (x, k, q, p) => ((2 * k + 1) * x * q - k * p) / (k + 1),
);
