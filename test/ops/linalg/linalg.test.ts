/** Solvers and factorizations against PyTorch, on matrices near a singular one, and what they refuse. */
import { describe, expect, it } from "vitest";
import { compile, eye, gradcheck, linalg, randn, type Tensor, tensor, zeros } from "../../../src/index.js";
import { Generator } from "../../../src/random.js";
import { expectClose } from "../../close.js";
import { decode, elements, load, type StoredCase, toTensor } from "../../fixtures/pytorch/read.js";
import fc from "../../property.js";

const cases = load<StoredCase[]>("linalg");

function run(op: string, inputs: Tensor[], options: object): Tensor {
  const [name, part] = op.split(".");
  const result = (linalg as any)[name](...inputs, options);
  return part === undefined ? result : result[part];
}

/** Condition numbers of up to 100 multiply the roundings. */
const tolerances = { float64: { rtol: 1e-10, atol: 1e-11 }, float32: { rtol: 1e-4, atol: 1e-4 } };

it.each(["float64", "float32"] as const)("%s", (dtype) => {
  for (const [i, c] of cases.entries()) {
    const what = `#${i} ${c.op} ${JSON.stringify(c.inputs.map((x) => x[1]))} ${JSON.stringify(c.options)}`;
    const inputs = c.inputs.map((x) => toTensor(x, dtype));
    for (const [j, x] of inputs.entries()) if (c.grads?.[j]) x.requiresGrad = true;
    const y = run(c.op, inputs, c.options);
    expect([y.shape, y.dtype], what).toEqual([c.output[1], c.op === "lstsq.rank" ? "int32" : dtype]);
    expectClose(elements(y), decode(c.output[2]), tolerances[dtype], what);
    if (c.cotangent === undefined || dtype === "float32") continue;
    y.backward(toTensor(c.cotangent, dtype));
    for (const [j, g] of c.grads!.entries())
      if (g !== null)
        expectClose(elements(inputs[j].grad!), decode(g[2]), tolerances[dtype], `${what}, gradient ${j}`);
  }
});

it("gradients of gradients", () => {
  const at = (shape: number[], seed: number) => {
    const x = randn(shape, { dtype: "float64", generator: new Generator(seed) });
    x.requiresGrad = true;
    return x;
  };
  gradcheck((a, b) => linalg.solve(a, b), [at([3, 3], 1), at([3, 2], 2)]);
  gradcheck((a) => linalg.inv(a).sum(), [at([3, 3], 3)]);
  gradcheck((a) => linalg.det(a), [at([2, 3, 3], 4)]);
});

it("a polynomial is found where the normal equations have lost it", () => {
  // Powers of points near 1: the columns nearly depend on each other, and their squares do in float64.
  const points = Array.from({ length: 30 }, (_, i) => 1 + i / 1000);
  const a = tensor(points.map((t) => Array.from({ length: 5 }, (_, j) => t ** j))).double();
  const exact = tensor(
    points.map((t) => Array.from({ length: 5 }, (_, j) => t ** j)),
    { dtype: "float64" },
  );
  const b = exact.sum(1);
  const { solution, rank, residuals } = linalg.lstsq(exact, b);
  expect([rank.item(), a.shape, residuals.shape]).toEqual([5, [30, 5], [1]]);
  expect(residuals.item()).toBeLessThan(1e-24);
  expectClose(elements(solution), [1, 1, 1, 1, 1], { rtol: 1e-2, atol: 0 });
});

it("A = Q R with orthogonal Q, the residual is orthogonal to A, for any shape", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer(),
      (m, n, seed) => {
        const generator = new Generator(seed);
        const [a, b] = [
          randn([m, n], { dtype: "float64", generator }),
          randn([m, 2], { dtype: "float64", generator }),
        ];
        const { Q, R } = linalg.qr(a, { mode: "complete" });
        const close = { rtol: 0, atol: 1e-10 };
        expectClose(elements(Q.matmul(R)), elements(a), close);
        expectClose(elements(Q.T.matmul(Q)), elements(eye(m, { dtype: "float64" })), close);
        const error = a.matmul(linalg.lstsq(a, b).solution).sub(b);
        expectClose(elements(a.T.matmul(error)), elements(zeros([n, 2])), { rtol: 0, atol: 1e-8 });
      },
    ),
    { numRuns: 60 },
  );
});

describe("what is refused", () => {
  const none = zeros([2, 2]);
  it.each<[string, () => unknown, string, RegExp]>([
    [
      "a singular matrix",
      () => linalg.solve(none, zeros([2])),
      "SINGULAR_MATRIX",
      /linalg.solve: the matrix is singular/,
    ],
    ["a singular matrix", () => linalg.inv(none), "SINGULAR_MATRIX", /linalg.inv/],
    ["one that is not positive", () => linalg.cholesky(eye(2).neg()), "NOT_POSITIVE_DEFINITE", /order 1/],
    ["shapes", () => linalg.solve(eye(2), zeros([3])), "SHAPE_MISMATCH", /do not fit: \[2, 2\] and \[3\]/],
    ["no square", () => linalg.det(zeros([2, 3])), "SHAPE_MISMATCH", /square: \[2, 3\]/],
    ["integers", () => linalg.inv(eye(2).int()), "DTYPE_MISMATCH", /of floats: int32/],
    ["an option", () => linalg.qr(none, { some: true } as any), "UNKNOWN_OPTION", /qr: unknown option: some/],
    [
      "compile",
      () => compile((a: Tensor) => linalg.inv(a))(eye(2)),
      "NOT_CAPTURABLE",
      /values of a tensor are read/,
    ],
  ])("%s", (_, call, code, message) => {
    expect(call).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
