import { expect, test } from "vitest";
import { nn, optim, type Tensor, tensor } from "../../src/index.js";

/** What changes between two steps of an optimizer, whose kernel calls would differ if they were made anew. */
const changes: Record<string, (at: { params: nn.Parameter[]; flat: Tensor }) => void> = {
  nothing: () => {},
  "the gradients are other parts of the same memory": ({ params, flat }) => {
    for (const [i, p] of params.entries()) p.grad = flat.narrow(0, 4 + 2 * i, 2);
  },
  "a gradient is every other element of that memory": ({ params, flat }) => {
    params[1].grad = flat.asStrided([2], [3], 1);
  },
  "a gradient is gone": ({ params }) => {
    params[0].grad = null;
  },
  "a gradient has other memory": ({ params }) => {
    params[1].grad = tensor([7, 9]);
  },
  "the parameters are float64": ({ params }) => {
    const grads = params.map(({ grad }) => grad!.to("float64"));
    new nn.ParameterList(params).to("float64");
    for (const [i, p] of params.entries()) p.grad = grads[i];
  },
};

/** p -= lr·v with v = momentum·v + g, in float64; v starts as g. */
class Expected {
  readonly #velocity: (number[] | null)[] = [null, null];

  next(i: number, p: readonly number[], g: readonly number[]): number[] {
    this.#velocity[i] = g.map((x, k) => x + 0.5 * (this.#velocity[i]?.[k] ?? 0));
    return p.map((x, k) => x - 0.5 * this.#velocity[i]![k]);
  }
}

for (const [what, change] of Object.entries(changes))
  test(`a step after which ${what} is followed by the right one`, () => {
    const params = [new nn.Parameter(tensor([1, 2])), new nn.Parameter(tensor([3, 4]))];
    const flat = tensor([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [i, p] of params.entries()) p.grad = flat.narrow(0, 2 * i, 2);
    const optimizer = new optim.SGD(params, { lr: 0.5, momentum: 0.5 });
    const expected = new Expected();
    for (let step = 0; step < 4; step++) {
      if (step === 2) change({ params, flat });
      const wanted = params.map((p, i) =>
        p.grad === null
          ? p.toArray()
          : expected.next(i, p.toArray() as number[], p.grad.toArray() as number[]),
      );
      optimizer.step();
      expect(params.map((p) => p.toArray())).toEqual(wanted);
    }
  });

test("memory of a gradient that was transferred away is refused by the next step", () => {
  const param = new nn.Parameter(tensor([1, 2]));
  const gradient = new Float32Array([1, 1]);
  param.grad = tensor(gradient);
  const optimizer = new optim.SGD([param], { lr: 0.5 });
  optimizer.step();
  structuredClone(gradient.buffer, { transfer: [gradient.buffer] });
  expect(() => optimizer.step()).toThrow(expect.objectContaining({ code: "DETACHED" }));
});

test("parameters whose numbers of steps become different have their own bias corrections", () => {
  const start = [
    [1, 2],
    [3, 4],
  ];
  const gradients = [tensor([0.5, -1]), tensor([2, 1])];
  const trained = (groupsOf: (params: nn.Parameter[]) => nn.Parameter[][]) => {
    const params = start.map((values) => new nn.Parameter(tensor(values)));
    const optimizers = groupsOf(params).map((group) => new optim.Adam(group, { lr: 0.1 }));
    // Only memory that backward allocated makes one run of both.
    for (const [i, p] of params.entries()) p.mul(gradients[i]).sum().backward();
    for (let step = 0; step < 4; step++) {
      if (step === 2) {
        const saved = optimizers[0].stateDict();
        delete saved.state[0];
        optimizers[0].loadStateDict(saved);
      }
      for (const optimizer of optimizers) optimizer.step();
    }
    return params.map((p) => p.toArray());
  };
  expect(trained((params) => [params])).toEqual(trained((params) => params.map((p) => [p])));
});
