/**
 * Optimizers as rules: one row each, a loop over a range of parameters in PyTorch's order of operations.
 * Values that change from step to step, the number of the step and the hyperparameters, are read from arrays.
 */
import type { Data } from "../../dtype.js";
import { wholePower } from "./optim.js";
import { OK } from "./status.js";

/**
 * Updates p[0 … n-1] with the gradient g and the state a, b, c. `t`: number of this step, counted from 1.
 * `hyper`: the options of the optimizer, in order.
 */
type Rule = (n: number, p: Data, g: Data, a: Data, b: Data, c: Data, t: number, hyper: Float64Array) => void;

const rules = {
  /** a: sum of squares, which starts at `initial`. */
  adagrad(n, p, g, a, _b, _c, t, [lr, lrDecay, weightDecay, initial, eps, maximize]) {
    const rate = lr / (1 + (t - 1) * lrDecay);
    for (let i = 0; i < n; i++) {
      let d = maximize ? -g[i] : g[i];
      if (weightDecay !== 0) d += weightDecay * p[i];
      a[i] = (t === 1 ? initial : a[i]) + d * d;
      p[i] -= (rate * d) / (Math.sqrt(a[i]) + eps);
    }
  },
  /** a: mean of squares; b: momentum; c: mean. */
  rmsprop(n, p, g, a, b, c, _t, [lr, alpha, eps, weightDecay, momentum, centered, maximize]) {
    for (let i = 0; i < n; i++) {
      let d = maximize ? -g[i] : g[i];
      if (weightDecay !== 0) d += weightDecay * p[i];
      a[i] = alpha * a[i] + (1 - alpha) * d * d;
      let variance = a[i];
      if (centered) {
        c[i] += (1 - alpha) * (d - c[i]);
        variance -= c[i] * c[i];
      }
      d /= Math.sqrt(variance) + eps;
      if (momentum > 0) {
        b[i] = momentum * b[i] + d;
        d = b[i];
      }
      p[i] -= lr * d;
    }
  },
  /** a: mean of squares; b: mean of the squares of the steps. */
  adadelta(n, p, g, a, b, _c, _t, [lr, rho, eps, weightDecay, maximize]) {
    for (let i = 0; i < n; i++) {
      let d = maximize ? -g[i] : g[i];
      if (weightDecay !== 0) d += weightDecay * p[i];
      a[i] = rho * a[i] + (1 - rho) * d * d;
      const delta = (Math.sqrt(b[i] + eps) / Math.sqrt(a[i] + eps)) * d;
      b[i] = rho * b[i] + (1 - rho) * delta * delta;
      p[i] -= lr * delta;
    }
  },
  /** a: mean; b: the largest gradient, which decays. */
  adamax(n, p, g, a, b, _c, t, [lr, beta1, beta2, eps, weightDecay, maximize]) {
    const rate = lr / (1 - wholePower(beta1, t));
    for (let i = 0; i < n; i++) {
      let d = maximize ? -g[i] : g[i];
      if (weightDecay !== 0) d += weightDecay * p[i];
      a[i] += (1 - beta1) * (d - a[i]);
      b[i] = Math.max(beta2 * b[i], Math.abs(d) + eps);
      p[i] -= (rate * a[i]) / b[i];
    }
  },
  /** a: mean; b: mean of squares. */
  nadam(n, p, g, a, b, _c, t, hyper) {
    const [lr, beta1, beta2, eps, weightDecay, , decoupled, maximize, decay] = hyper;
    const momentum = (power: number) => beta1 * (1 - 0.5 * power);
    // The product of the momenta of all steps. After many steps it is negligible beside 1, and the loop ends.
    let product = 1;
    for (let step = 1, power = decay; step <= t && product > 2 ** -60; step++, power *= decay)
      product *= momentum(power);
    const [now, next] = [momentum(wholePower(decay, t)), momentum(wholePower(decay, t + 1))];
    const correction = 1 - wholePower(beta2, t);
    const rateOfGradient = (lr * (1 - now)) / (1 - product);
    const rateOfMean = (lr * next) / (1 - product * next);
    for (let i = 0; i < n; i++) {
      let d = maximize ? -g[i] : g[i];
      if (weightDecay !== 0) {
        if (decoupled) p[i] *= 1 - lr * weightDecay;
        else d += weightDecay * p[i];
      }
      a[i] += (1 - beta1) * (d - a[i]);
      b[i] = beta2 * b[i] + (1 - beta2) * d * d;
      p[i] -= (rateOfGradient * d + rateOfMean * a[i]) / (Math.sqrt(b[i] / correction) + eps);
    }
  },
  /** a: mean; b: mean of squares. */
  radam(n, p, g, a, b, _c, t, [lr, beta1, beta2, eps, weightDecay, decoupled, maximize]) {
    const power = wholePower(beta2, t);
    const longest = 2 / (1 - beta2) - 1;
    const length = longest - (2 * t * power) / (1 - power);
    const rate = lr / (1 - wholePower(beta1, t));
    // After few steps the variance cannot be estimated: then there is no division.
    const known = length > 5;
    const rectified = known
      ? Math.sqrt(
          ((length - 4) * (length - 2) * longest * (1 - power)) / ((longest - 4) * (longest - 2) * length),
        )
      : 1;
    for (let i = 0; i < n; i++) {
      let d = maximize ? -g[i] : g[i];
      if (weightDecay !== 0) {
        if (decoupled) p[i] *= 1 - lr * weightDecay;
        else d += weightDecay * p[i];
      }
      a[i] += (1 - beta1) * (d - a[i]);
      b[i] = beta2 * b[i] + (1 - beta2) * d * d;
      p[i] -= (rate * rectified * a[i]) / (known ? Math.sqrt(b[i]) + eps : 1);
    }
  },
  /** a: the previous gradient; b: the step size of each element, which starts at lr. */
  rprop(n, p, g, a, b, _c, t, [lr, shrink, grow, least, most, maximize]) {
    for (let i = 0; i < n; i++) {
      let d = maximize ? -g[i] : g[i];
      const agreement = d * a[i];
      const factor = agreement > 0 ? grow : agreement < 0 ? shrink : 1;
      b[i] = Math.min(Math.max((t === 1 ? lr : b[i]) * factor, least), most);
      if (agreement < 0) d = 0;
      p[i] -= Math.sign(d) * b[i];
      a[i] = d;
    }
  },
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;
export const ruleNames = Object.keys(rules) as RuleName[];

/** How many numbers each rule reads from `hyper`. */
export const ruleOptions: { readonly [Name in RuleName]: number } = {
  ...{ adagrad: 6, rmsprop: 7, adadelta: 5, adamax: 6, nadam: 9, radam: 7, rprop: 6 },
};

/** One optimizer step on p[0 … n-1] in place; `b` and `c` may be null if the rule does not use them. */
export function ruleStep(
  rule: RuleName,
  n: number,
  p: Data,
  po: number,
  g: Data,
  go: number,
  a: Data,
  ao: number,
  b: Data | null,
  bo: number,
  c: Data | null,
  co: number,
  step: Float64Array,
  stepOffset: number,
  hyper: Float64Array,
  ho: number,
): number {
  const run = (x: Data, offset: number) => x.subarray(offset, offset + n);
  const [first, second, third] = [
    run(a, ao),
    run(b ?? a, b === null ? ao : bo),
    run(c ?? a, c === null ? ao : co),
  ];
  rules[rule](n, run(p, po), run(g, go), first, second, third, step[stepOffset], hyper.subarray(ho));
  return OK;
}
