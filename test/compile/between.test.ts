/** What happens between two calls of a compiled function is seen by the next one. */
import { describe, expect, test, vi } from "vitest";
import { compile, manualSeed, nn, noGrad, ones, optim, type Tensor, tensor, zeros } from "../../src/index.js";

const values = (xs: Iterable<Tensor | null>) => [...xs].map((x) => x?.detach().toArray() ?? null);

/** The same network, optimizer and step twice: for eager, and to be compiled. */
function pair(
  make = (params: Tensor[]): { step(): void; zeroGrad(): void } =>
    new optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
) {
  const [eager, compiled] = [0, 1].map(() => {
    manualSeed(4);
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
    const optimizer = make(model.parameters());
    const step = (x: Tensor) => {
      optimizer.zeroGrad();
      const loss = model.forward(x).square().mean();
      loss.backward();
      optimizer.step();
      return loss;
    };
    return { model, optimizer, step };
  });
  return { eager: { ...eager, fn: eager.step }, compiled: { ...compiled, fn: compile(compiled.step) } };
}

type Side = ReturnType<typeof pair>["eager"] | ReturnType<typeof pair>["compiled"];

/** Runs the same on both and compares what it gives and what it leaves. */
function alike({ eager, compiled }: ReturnType<typeof pair>, run: (side: Side) => unknown): void {
  expect(run(compiled)).toEqual(run(eager));
  const left = ({ model }: Side) => [
    values(model.parameters()),
    values(model.parameters().map((p) => p.gradient)),
  ];
  expect(left(compiled)).toEqual(left(eager));
}

const x = (rows = 2) => ones([rows, 3]).mul(0.5);

describe("between two calls", () => {
  test("a state dict may be loaded", () => {
    const both = pair();
    alike(both, ({ model, fn }) => {
      fn(x());
      const saved = Object.entries(model.stateDict()).map(([name, t]) => [name, t.clone()] as const);
      fn(x());
      model.loadStateDict(Object.fromEntries(saved));
      return values([fn(x()), fn(x())]);
    });
    expect(both.compiled.fn.recordings).toBeLessThanOrEqual(2);
  });

  test("a module may be cast, and what was recorded before is gone", () => {
    const both = pair((params) => new optim.Adam(params, { lr: 0.1 }));
    alike(both, ({ model, fn }) => {
      const losses = [fn(x()), fn(x())];
      model.to("float64");
      losses.push(fn(x().to("float64")), fn(x().to("float64")));
      model.to("float32");
      return values([...losses, fn(x()), fn(x())]);
    });
    expect(both.compiled.fn.recordings).toBe(1);
    const inference = pair();
    alike(inference, ({ model }) => {
      const forward =
        model === inference.compiled.model
          ? compile((x: Tensor) => model.forward(x))
          : (x: Tensor) => model.forward(x);
      const before = noGrad(() => forward(x()));
      model.to("float64").to("float32");
      noGrad(() => model.parameters()[0].zero_());
      return values([before, noGrad(() => forward(x()))]);
    });
  });

  test("a gradient may be read, and stays what it was", () => {
    const both = pair();
    alike(both, ({ model, fn }) => {
      const read: unknown[] = [];
      const kept = Array.from({ length: 5 }, () => {
        fn(x());
        const gradients = model.parameters().map((p) => p.grad);
        read.push(values(gradients));
        return gradients;
      });
      expect(kept.map(values)).toEqual(read);
      return read;
    });
  });

  test("reading gradients records nothing anew, wherever they are forgotten", () => {
    for (const inside of [true, false]) {
      const model = new nn.Linear(3, 2);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const fn = vi.fn((x: Tensor) => {
        if (inside) optimizer.zeroGrad();
        const loss = model.forward(x).square().mean();
        loss.backward();
        optimizer.step();
        return [loss, model.bias!.grad!];
      });
      const step = compile(fn);
      const seen: [Tensor, number[]][] = [];
      for (let i = 0; i < 100; i++) {
        if (!inside) optimizer.zeroGrad();
        const gradients = [...step(x()), ...model.parameters().map((p) => p.grad!)];
        seen.push(...gradients.map((g) => [g, [...g.data]] as [Tensor, number[]]));
      }
      expect([step.recordings, fn.mock.calls.length]).toEqual([1, 2]);
      for (const [gradient, was] of seen) expect([...gradient.data]).toEqual(was);
    }
  });

  test("gradients that were read are those that the next step adds to, scales and uses", () => {
    alike(pair(), ({ model, optimizer, fn, step }) => {
      const add = (x: Tensor) => model.forward(x).square().mean().backward();
      const accumulate = fn === step ? add : compile(add);
      const kept: Tensor[] = [];
      for (let i = 0; i < 4; i++) {
        fn(x());
        const [weight] = model.parameters();
        kept.push(weight.grad!);
        accumulate(x());
        kept.push(weight.grad!, weight.grad!.reshape([-1]));
        noGrad(() => weight.grad!.mul_(0.5));
        accumulate(x());
        optimizer.step();
      }
      return values(kept);
    });
  });

  test("hyperparameters may be set that choose other kernels", () => {
    const both = pair();
    alike(both, ({ optimizer, fn }) => {
      const [group] = (optimizer as optim.SGD).paramGroups;
      fn(x());
      group.nesterov = true;
      fn(x());
      group.nesterov = false;
      group.momentum = 0;
      fn(x());
      group.maximize = true;
      return values([fn(x()), fn(x())]);
    });
  });

  test("a group may be added to the optimizer", () => {
    alike(
      pair(([first]) => new optim.SGD([first], { lr: 0.1 })),
      ({ model, optimizer, fn }) => {
        // The others have gradients that add up, before and after: nothing else tells the two calls apart.
        fn(x());
        fn(x());
        (optimizer as optim.SGD).addParamGroup({ params: model.parameters().slice(1) });
        return values([fn(x()), fn(x())]);
      },
    );
  });

  test("steps may be eager", () => {
    const both = pair((params) => new optim.Adam(params, { lr: 0.1 }));
    alike(both, ({ fn, step }) => values([fn(x()), step(x()), fn(x()), step(x()), step(x()), fn(x())]));
  });

  test("a graph made before, over parameters that a replay has changed, is refused", () => {
    const { compiled } = pair();
    compiled.fn(x());
    const loss = compiled.model.forward(x()).sum();
    compiled.fn(x());
    expect(() => loss.backward()).toThrow(expect.objectContaining({ code: "SAVED_TENSOR_CHANGED" }));
  });

  test("another compiled function may use the same model", () => {
    alike(pair(), ({ model, fn, step }) => {
      const evaluate = (x: Tensor) => noGrad(() => model.forward(x).sum());
      const other = fn === step ? evaluate : compile(evaluate);
      return values([other(x()), fn(x()), other(x()), fn(x()), other(x())]);
    });
  });
});

describe("a compiled function", () => {
  test("may be part of another one", () => {
    alike(pair(), ({ fn, step }) => {
      const twice = (x: Tensor) => [fn(x), fn(x)];
      const outer = fn === step ? twice : compile(twice);
      return [...values(outer(x())), ...values(outer(x())), ...values([fn(x())])];
    });
  });

  test("may step an optimizer twice, of other parameters each time", () => {
    alike(
      pair((params) => new optim.Adam(params, { lr: 0.1 })),
      ({ model, optimizer, fn, step }) => {
        const [first] = model.parameters();
        const both = (x: Tensor) => {
          optimizer.zeroGrad();
          const before = step(x);
          optimizer.zeroGrad();
          first.square().sum().backward();
          optimizer.step();
          return before.add(step(x));
        };
        const run = fn === step ? both : compile(both);
        return values([run(x()), run(x()), run(x())]);
      },
    );
  });

  test("may write out tensors, and change them", () => {
    const fn = (x: Tensor) => {
      const sum = tensor([1, 2, 3]);
      sum.add_(x.sum(0));
      return [sum, tensor(new Float32Array([1, 2, 4])).mul(x), x.mul(tensor(7))];
    };
    const compiled = compile(fn);
    for (let i = 0; i < 3; i++) expect(values(compiled(x()))).toEqual(values(fn(x())));
  });

  test("may return gradients, which stay what they were", () => {
    alike(pair(), ({ model, fn, step }) => {
      const withGradients = (x: Tensor) => [step(x), ...model.parameters().map((p) => p.grad!)];
      const run = fn === step ? withGradients : compile(withGradients);
      const results = [run(x()), run(x()), run(x())];
      return results.map(values);
    });
  });

  test("may read a gradient, forget it, and go backward again", () => {
    alike(pair(), ({ model, optimizer, fn, step }) => {
      const [first] = model.parameters();
      const twice = (x: Tensor) => {
        step(x);
        const before = first.grad!;
        optimizer.zeroGrad();
        model.forward(x.mul(3)).sum().backward();
        const after = first.grad!;
        optimizer.zeroGrad();
        return [before, before.mul(2), after, first.mul(1).detach()];
      };
      const run = fn === step ? twice : compile(twice);
      return [run(x()), run(x()), run(x())].map(values);
    });
  });

  test("is recorded anew for other shapes, up to a number; more of them warn once and are right", () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const fn = vi.fn((x: Tensor) => x.exp().sum());
    const compiled = compile(fn, { maxRecordings: 3 });
    for (const rows of [1, 2, 3, 1, 2, 3]) compiled(zeros([rows]));
    expect([compiled.recordings, fn.mock.calls.length, warn.mock.calls.length]).toEqual([3, 6, 0]);
    for (let rows = 1; rows <= 100; rows++) expect(compiled(zeros([rows])).item()).toBe(rows);
    expect(compiled.recordings).toBe(3);
    expect(warn.mock.calls.map(([, options]) => (options as { code: string }).code)).toEqual([
      "MANY_RECORDINGS",
    ]);
    warn.mockRestore();
  });
});
