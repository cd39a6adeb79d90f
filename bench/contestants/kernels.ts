/**
 * Single kernels of simdgrad: through the table into given memory, or through the public functions into a new
 * tensor.
 */
import { backend, noGrad, optim, type Tensor, tensor, zeros } from "simdgrad";
import { internal } from "../places.js";
import { domainOf, pattern, SOFTMAX_WIDTH } from "./problem.js";
import type { ElementwiseCase, GemmCase } from "./protocol.js";
import type { Prepared } from "./serve.js";

type Backend = typeof import("../../src/kernels/backend.js");

/** `table.k` is the table in use. The built module keeps the variables that change in one object. */
const { changing: table } = (await import(internal("kernels/backend.js"))) as {
  changing: Pick<Backend, "k">;
};

/** Memory allocated as for a tensor. */
const memory = (n: number) => zeros([n]).data as Float32Array;
const filled = (n: number, low: number, high: number) => {
  const x = memory(n);
  x.set(pattern(n, low, high));
  return x;
};

function mean(values: ArrayLike<number>): number {
  const n = Math.min(values.length, 1000);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i];
  return sum / n;
}

const binary = new Set(["add", "mul"]);
const reductions = new Set(["sum", "max"]);

export function prepareElementwise(given: ElementwiseCase): Prepared {
  if (given.op === "sgd" || given.op === "adam") return prepareOptimizer(given);
  return given.output === "given" ? prepareKernel(given) : prepareFunction(given);
}

function prepareKernel({ op, elements: n }: ElementwiseCase): Prepared {
  const [low, high] = domainOf(op);
  const x = filled(n, low, high);
  const y = binary.has(op) ? filled(n, low + 1, high + 1) : x;
  const out = memory(reductions.has(op) ? 1 : n);
  const shape = [n];
  const strides = [1];
  const rows = n / SOFTMAX_WIDTH;
  const { k } = table;
  const run = binary.has(op)
    ? () => k.binary(op as "add", shape, x, 0, strides, y, 0, strides, out, 0)
    : reductions.has(op)
      ? () => k.reduce(op as "sum", 1, n, 1, x, 0, out, 0)
      : op === "softmax"
        ? () => k.softmax("softmax", rows, SOFTMAX_WIDTH, 1, x, 0, out, 0)
        : () => k.unary(op as "exp", 0, 0, shape, x, 0, strides, out, 0);
  return { run, check: () => mean(out) };
}

function prepareFunction({ op, elements: n }: ElementwiseCase): Prepared {
  const [low, high] = domainOf(op);
  const shape = op === "softmax" ? [n / SOFTMAX_WIDTH, SOFTMAX_WIDTH] : [n];
  const x = tensor(pattern(n, low, high), { shape }) as Tensor &
    Record<string, (other?: Tensor | number) => Tensor>;
  const y = tensor(pattern(n, low + 1, high + 1), { shape });
  let out: Tensor;
  const call = binary.has(op) ? () => x[op](y) : op === "softmax" ? () => x.softmax(1) : () => x[op]();
  return {
    run: () => {
      out = noGrad(call);
    },
    check: () => mean(out.ndim === 0 ? [out.item()] : out.data),
  };
}

/**
 * Parameters, gradients and state start with the values of pytorch.py, so that both do the same arithmetic.
 */
function prepareOptimizer({ op, elements: n, output }: ElementwiseCase): Prepared {
  if (output === "new") {
    const p = tensor(pattern(n, -1, 1), { requiresGrad: true });
    p.grad = tensor(pattern(n, -0.1, 0.1));
    const optimizer =
      op === "sgd" ? new optim.SGD([p], { lr: 1e-3, momentum: 0.9 }) : new optim.Adam([p], { lr: 1e-3 });
    return { run: () => optimizer.step(), check: () => 0 };
  }
  const [p, g, m, v] = [filled(n, -1, 1), filled(n, -0.1, 0.1), memory(n), memory(n)];
  const step = Float64Array.of(2);
  const hyper = Float64Array.from(op === "sgd" ? [1e-3, 0.9, 0, 0] : [1e-3, 0.9, 0.999, 1e-8, 0]);
  const { k } = table;
  const run =
    op === "sgd"
      ? () => k.sgdStep(n, 0, p, 0, g, 0, m, 0, step, 0, hyper, 0)
      : () => k.adamStep(n, 0, p, 0, g, 0, m, 0, v, 0, null, 0, step, 0, hyper, 0);
  return { run, check: () => 0 };
}

/**
 * A product called from JavaScript: the product that the native program measures, plus the cost of the call.
 * That program checks the result.
 */
export function prepareGemm({ m, n, k: depth, transA, transB, threads }: GemmCase): Prepared {
  backend.setThreads(threads);
  const a = filled(m * depth, -1, 1);
  const b = filled(depth * n, -1, 1);
  const c = memory(m * n);
  const [aRow, aCol] = transA ? [1, m] : [depth, 1];
  const [bRow, bCol] = transB ? [1, depth] : [n, 1];
  const { k } = table;
  const run = () => k.gemm(1, m, n, depth, a, 0, 0, aRow, aCol, b, 0, 0, bRow, bCol, null, 0, 0, 0, c, 0, 0);
  return { run, check: () => 0 };
}
