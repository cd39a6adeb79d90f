/** What cannot be replayed is an error that says where, and leaves everything as it was. */
import { afterEach, describe, expect, test } from "vitest";
import {
  backend,
  compile,
  emptyLike,
  manualSeed,
  nn,
  ones,
  optim,
  SimdgradError,
  type Tensor,
  tensor,
} from "../../src/index.js";

const before = backend.name;
afterEach(() => backend.use(before));

/** A model in the middle of its training: with gradients, versions and a momentum. */
function setup() {
  manualSeed(1);
  const model = new nn.Sequential(new nn.Linear(3, 4), new nn.Dropout(0.5), new nn.Linear(4, 2));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
  const step = (x: Tensor) => {
    optimizer.zeroGrad();
    const loss = model.forward(x).square().mean();
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, optimizer, step };
}

const x = () => ones([2, 3]);
let count = 0;

/** The line of this file that the error names, or the whole message when it names none. */
function lineNamed(error: SimdgradError): string {
  return /mistakes\.test\.ts:\d+:\d+/.test(error.message) ? "this file" : error.message;
}

const mistakes: [what: string, code: string, message: RegExp, body: (x: Tensor) => unknown][] = [
  [
    "item()",
    "NOT_CAPTURABLE",
    /values of a tensor are read \(item\) while fn is traced at .*; branch on values with where\(\)/,
    (x) => x.sum().item(),
  ],
  ["data", "NOT_CAPTURABLE", /are read \(data\)/, (x) => x.data],
  ["toArray()", "NOT_CAPTURABLE", /are read \(toArray\)/, (x) => x.toArray()],
  ["JSON", "NOT_CAPTURABLE", /are read \(toArray\)/, (x) => JSON.stringify(x)],
  ["text", "NOT_CAPTURABLE", /are read \(print\)/, (x) => `${x}`],
  ["console.log", "NOT_CAPTURABLE", /are read \(print\)/, (x) => console.log(x)],
  ["a branch on values", "NOT_CAPTURABLE", /are read \(item\)/, (x) => (x.gt(0).all().item() ? x : x.neg())],
  [
    "memory",
    "NOT_CAPTURABLE",
    /memory of a tensor is read or written by JavaScript/,
    (x) => x.storage.array[0],
  ],
  ["memory, written", "NOT_CAPTURABLE", /memory of a tensor/, (x) => x.storage.array.fill(0)],
  [
    "Math.random",
    "TRACES_DIFFER",
    /first in binary at .*: random numbers of JavaScript, counters and clocks/,
    (x) => x.mul(Math.random()),
  ],
  ["a clock", "TRACES_DIFFER", /first in binary at/, (x) => x.mul(performance.now())],
  ["a counter", "TRACES_DIFFER", /first in binary at/, (x) => x.add(count++)],
  ["a counter as a shape", "TRACES_DIFFER", /first in fill at/, () => ones([count++])],
  [
    "a counter that ends a loop",
    "TRACES_DIFFER",
    /first in unary at/,
    (x) => {
      for (let i = count++ % 2; i < 2; i++) x = x.exp();
      return x;
    },
  ],
  [
    "a counter that is returned",
    "TRACES_DIFFER",
    /in what it returns or leaves behind/,
    (x) => [x.exp(), count++],
  ],
  ["a model made inside", "TRACES_DIFFER", /at .*mistakes\.test\.ts/, (x) => new nn.Linear(3, 1).forward(x)],
  [
    "an array made inside that is written",
    "TRACES_DIFFER",
    /at .*mistakes\.test\.ts/,
    (x) => tensor(new Float32Array(3)).add_(x.sum(0)),
  ],
  [
    "manualSeed",
    "NOT_CAPTURABLE",
    /manualSeed is called on a generator while fn is traced.*: call it outside/,
    () => manualSeed(3),
  ],
  [
    "the state of a generator",
    "NOT_CAPTURABLE",
    /setState is called/,
    () => generatorOfTest.setState([1, 2, 3, 4]),
  ],
  [
    "a learning rate",
    "NOT_CAPTURABLE",
    /lr of an optimizer is set.*outside/,
    () => {
      world.optimizer.paramGroups[0].lr = 1;
    },
  ],
  [
    "a scheduler",
    "NOT_CAPTURABLE",
    /a scheduler is stepped.*: step it outside/,
    () => world.scheduler.step(),
  ],
  [
    "a checkpoint",
    "NOT_CAPTURABLE",
    /stateDict of an optimizer is called/,
    () => world.optimizer.stateDict(),
  ],
  [
    "a cast",
    "NOT_CAPTURABLE",
    /a parameter is cast.*: cast the module outside/,
    () => world.model.to("float64"),
  ],
  [
    "an async function",
    "ASYNC_FUNCTION",
    /fn must be synchronous/,
    async (x) => {
      await null;
      return x.exp();
    },
  ],
];

const generatorOfTest = manualSeed(5);
let world: ReturnType<typeof setup> & { scheduler: optim.lrScheduler.StepLR };

describe("inside a compiled function", () => {
  test.each(mistakes)("%s is refused, and nothing has happened", (what, code, message, body) => {
    const { model, optimizer, step } = setup();
    world = { model, optimizer, step, scheduler: new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }) };
    step(x());
    const params = model.parameters();
    const state = () => ({
      epoch: world.scheduler.lastEpoch,
      lr: optimizer.paramGroups[0].lr,
      training: model.modules().map((module) => module.training),
      params: params.map((p) => [p.storage.version, p.requiresGrad, p.dtype, p.toArray()]),
      gradients: params.map((p) => [p.gradient, p.gradient?.toArray(), p.gradientMemory]),
      optimizer: JSON.stringify(optimizer.stateDict()),
      random: generatorOfTest.getState(),
    });
    const earlier = state();
    let error: unknown;
    const compiled = compile((x: Tensor) => {
      model.eval();
      params[0].requiresGrad = false;
      step(x);
      optimizer.zeroGrad();
      return body(x);
    });
    try {
      compiled(x());
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SimdgradError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    if (code === "NOT_CAPTURABLE") expect(lineNamed(error as SimdgradError), what).toBe("this file");
    expect(state()).toEqual(earlier);
    expect(compiled.recordings).toBe(0);
    // And everything still works.
    manualSeed(9);
    expect(compile(step)(x()).toArray()).toEqual(setupAgain());
  });

  /** The loss of the second step, after one like that of the test. */
  function setupAgain(): unknown {
    const { step } = setup();
    step(x());
    manualSeed(9);
    return step(x()).toArray();
  }

  test("an exception of fn itself passes through, and nothing has happened", () => {
    const { model, step } = setup();
    const params = model.parameters();
    const values = () => params.map((p) => [p.toArray(), p.storage.version, p.gradient]);
    const earlier = values();
    let fails = true;
    const compiled = compile((x: Tensor) => {
      const loss = step(x);
      if (fails) throw new RangeError("mine");
      return loss;
    });
    expect(() => compiled(x())).toThrow(new RangeError("mine"));
    expect(values()).toEqual(earlier);
    fails = false;
    expect(compiled(x()).item()).toBeGreaterThan(0);
    expect(params.every((p) => p.gradient !== null)).toBe(true);
  });

  test("an error of the library names the module and the rule, as it does outside", () => {
    const { step } = setup();
    expect(() => compile(step)(ones([2, 5]))).toThrow(/^Sequential\[0\]\.Linear: linear: /);
  });
});

describe.each(["native", "js"] as const)("on %s kernels", (name) => {
  test.skipIf(name === "native" && before === "js")("a tensor that outlives its trace says so", () => {
    backend.use(name);
    const kept: Tensor[] = [];
    const compiled = compile((x: Tensor) => {
      kept.push(x.exp(), x.sum());
      return x.neg();
    });
    compiled(x());
    const uses: ((t: Tensor) => unknown)[] = [
      (t) => t.add(1),
      (t) => t.matmul(ones([3, 2])),
      (t) => ones([2, 3]).mul(t),
      (t) => t.sum(),
      (t) => t.softmax(1),
      () => kept[1].item(),
      (t) => t.data,
      (t) => t.toArray(),
      (t) => String(t),
      (t) => ones([2, 3]).copy_(t),
      (t) => compiled(t),
    ];
    const outlived = expect.objectContaining({
      code: "OUTLIVED_TRACE",
      message: expect.stringMatching(
        /made inside a compiled function is used outside of it at .*mistakes\.test\.ts:\d+:\d+: return it from fn/,
      ),
    });
    const found = uses.map((use) => {
      try {
        return use(kept[0]);
      } catch (error) {
        return error;
      }
    });
    expect(found).toEqual(uses.map(() => outlived));
  });

  test.skipIf(name === "native" && before === "js")("a label out of range is found at each replay", () => {
    backend.use(name);
    const { model, optimizer } = setup();
    const params = model.parameters();
    const lossFn = new nn.CrossEntropyLoss();
    const step = compile((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = lossFn.forward(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    const labels = (...values: number[]) => tensor(Int32Array.from(values));
    step(x(), labels(0, 1));
    const values = () => params.map((p) => [p.toArray(), p.storage.version]);
    const earlier = values();
    for (const bad of [7, -1])
      expect(() => step(x(), labels(0, bad))).toThrow(
        expect.objectContaining({
          code: "LABEL_OUT_OF_RANGE",
          message: expect.stringMatching(/CrossEntropyLoss: crossEntropy: label .* at position 1/),
        }),
      );
    expect(values()).toEqual(earlier);
    expect(step(x(), labels(1, 1)).item()).toBeGreaterThan(0);
    expect(step.recordings).toBe(1);
  });
});

describe("a compiled function is called", () => {
  test("with leaves", () => {
    const w = ones([2], { requiresGrad: true });
    expect(() => compile((x: Tensor) => x)(w.mul(2))).toThrow(
      expect.objectContaining({
        code: "NOT_A_LEAF",
        message: expect.stringMatching(/^compile: argument 0 is part of a graph: .*detach\(\)/),
      }),
    );
  });

  test("with tensors one by one", () => {
    const first = compile((xs: Tensor[]) => xs[0].exp());
    expect(() => first([x()])).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message: expect.stringMatching(/argument 0 is an array; pass its tensors one by one/),
      }),
    );
  });

  test("with memory of its own for what fn changes", () => {
    const add = compile((x: Tensor, y: Tensor) => x.add_(y));
    const all = ones([3, 2]);
    const rows = (from: number) => all.narrow(0, from, 1);
    add(rows(0), rows(1));
    expect(all.toArray()).toEqual([
      [2, 2],
      [1, 1],
      [1, 1],
    ]);
    for (const other of [all.narrow(0, 0, 1), all.narrow(1, 1, 1).narrow(0, 0, 1)])
      expect(() => add(rows(0), other)).toThrow(
        expect.objectContaining({
          code: "SHARED_MEMORY",
          message: expect.stringMatching(/tensors 0 and 1 of the arguments; pass a clone\(\)/),
        }),
      );
    expect(all.toArray()[0]).toEqual([2, 2]);
  });

  test("and returns no graph", () => {
    const { model } = setup();
    const forward = compile((x: Tensor) => model.forward(x).sum());
    expect(() => forward(x()).backward()).toThrow(
      expect.objectContaining({
        code: "NO_GRAD",
        message: expect.stringMatching(/results of noGrad and of compiled functions have no graph/),
      }),
    );
  });

  test("of a function, with options that exist", () => {
    expect(() => compile(3 as never)).toThrow("compile: a function is needed: number");
    expect(() => compile(x, { maxRecording: 3 } as never)).toThrow(
      expect.objectContaining({ code: "UNKNOWN_OPTION" }),
    );
    expect(() => compile(x, { maxRecordings: 0 })).toThrow("compile: maxRecordings is an integer >= 1: 0");
  });
});

test("a tensor that fn keeps from the first trace is not memory of the second, which has the same placeholders", () => {
  let kept: Tensor | undefined;
  const compiled = compile((x: Tensor) => {
    kept ??= emptyLike(x);
    kept.copy_(x);
  });
  expect(() => compiled(x())).toThrow(expect.objectContaining({ code: "OUTLIVED_TRACE" }));
  expect(compiled.recordings).toBe(0);
});
