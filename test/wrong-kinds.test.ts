/**
 * Arguments of the wrong kind, from habits of PyTorch users: each error names the argument, its value, and
 * the remedy.
 */
import { describe, expect, it } from "vitest";
import { data, fit, nn, ones, optim, type Tensor, tensor, train } from "../src/index.js";
import { expectRefused } from "./refused.js";

/** JavaScript does not check types: these calls are what TypeScript would refuse. */
const any = (value: unknown): any => value;
const model = () => new nn.Linear(2, 1);
const dataset = () => new data.TensorDataset(ones([4, 2]), ones([4, 1]));

function wrongKinds(): [what: string, code: string, message: RegExp, call: () => unknown][] {
  const { SGD, Adam, lrScheduler } = optim;
  const sgd = (m: nn.Module) => new SGD(m.parameters());
  const run = (options: object, of: unknown = model(), data_: unknown = dataset()) =>
    fit(any(of), any(data_), any(options));
  const pair: [unknown, unknown] = [ones([4, 2]), ones([4, 1])];
  const P = "NOT_PARAMETERS";
  return [
    [
      "a list for a tensor",
      "NOT_A_TENSOR",
      /Linear takes a tensor: \[1, 2\]; tensor\(\[1, 2\]\)/,
      () => model().forward(any([1, 2])),
    ],
    [
      "an array for a tensor",
      "NOT_A_TENSOR",
      /a tensor: a Float32Array; tensor\(values/,
      () => model().forward(any(new Float32Array(2))),
    ],
    [
      "nothing for a tensor",
      "NOT_A_TENSOR",
      /takes a tensor: undefined/,
      () => new nn.ReLU().forward(any(undefined)),
    ],
    [
      "a list of labels",
      "NOT_A_TENSOR",
      /CrossEntropyLoss takes a tensor: \[0, 1\]/,
      () => new nn.CrossEntropyLoss().forward(ones([2, 3]), any([0, 1])),
    ],
    [
      "a model for parameters",
      P,
      /SGD: .*the model Linear itself; new SGD\(model\.parameters\(\), …\)/,
      () => new SGD(any(model())),
    ],
    [
      "a Sequential for parameters",
      P,
      /Adam: .*the model Sequential itself/,
      () => new Adam(any(new nn.Sequential(model()))),
    ],
    [
      "parameters not called",
      P,
      /the function parameters, which was not called/,
      () => new SGD(any(model().parameters)),
    ],
    [
      "named parameters",
      P,
      /a name and a tensor \("weight"\)/,
      () => new SGD(any(model().namedParameters())),
    ],
    ["no parameters", P, /list of tensors: undefined/, () => new SGD(any(undefined))],
    [
      "a schedule without optimizer",
      "NOT_AN_OPTIMIZER",
      /StepLR: the optimizer comes first: \{ stepSize \}/,
      () => new lrScheduler.StepLR(any({ stepSize: 1 }), any(undefined)),
    ],
    [
      "a plateau without optimizer",
      "NOT_AN_OPTIMIZER",
      /ReduceLROnPlateau: the optimizer/,
      () => new lrScheduler.ReduceLROnPlateau(any({ factor: 0.1 })),
    ],
    [
      "a schedule without options",
      "INVALID_VALUE",
      /StepLR: stepSize is an integer >= 1: undefined/,
      () => new lrScheduler.StepLR(sgd(model()), any(undefined)),
    ],
    [
      "a class without forward",
      "NOT_IMPLEMENTED",
      /NoForward: a module needs a method forward/,
      () => new (class NoForward extends any(nn.Module) {})().forward(1),
    ],
    [
      "layers in a list",
      "INVALID_VALUE",
      /argument 0 is an array of 1; spread it/,
      () => new nn.Sequential(any([model()])),
    ],
    [
      "a class for a layer",
      "INVALID_VALUE",
      /the class ReLU; new nn\.ReLU\(\)/,
      () => new nn.Sequential(any(nn.ReLU)),
    ],
    [
      "a function for a layer",
      "INVALID_VALUE",
      /a function; put it into the forward/,
      () => new nn.Sequential(any((x: unknown) => x)),
    ],
    [
      "layers one by one",
      "INVALID_VALUE",
      /ModuleList: items come in an array/,
      () => new nn.ModuleList(any(model())),
    ],
    [
      "layers without names",
      "INVALID_VALUE",
      /ModuleDict: items have names/,
      () => new nn.ModuleDict(any([model()])),
    ],
    [
      "two tensors for data",
      "INVALID_DATASET",
      /an array of 2 tensors; new data\.TensorDataset\(x, y\)/,
      () => {
        const m = model();
        return run({ optimizer: sgd(m) }, m, pair);
      },
    ],
    [
      "a tensor for data",
      "INVALID_DATASET",
      /a tensor \[4, 2\]; new data\.TensorDataset/,
      () => {
        const m = model();
        return run({ optimizer: sgd(m) }, m, pair[0]);
      },
    ],
    [
      "tensors for a data set",
      "INVALID_DATASET",
      /DataLoader: .*new data\.TensorDataset\(x, y\)/,
      () => new data.DataLoader(any(pair)),
    ],
    ["a list of tensors", "INVALID_VALUE", /given one by one/, () => new data.TensorDataset(any(pair))],
    ["no optimizer", "NO_OPTIMIZER", /new optim\.Adam\(model\.parameters\(\)\)/, () => run({})],
    ["an optimizer without name", "NO_OPTIMIZER", /given without its name/, () => run(sgd(model()))],
    [
      "the class of an optimizer",
      "NO_OPTIMIZER",
      /the class SGD, without new/,
      () => run({ optimizer: SGD }),
    ],
    [
      "data first",
      "NOT_A_MODEL",
      /the model comes first/,
      () => run({ optimizer: sgd(model()) }, dataset(), model()),
    ],
    [
      "the class of a model",
      "NOT_A_MODEL",
      /the class Linear; new Linear/,
      () => run({ optimizer: sgd(model()) }, nn.Linear),
    ],
    [
      "a function for a model",
      "NOT_A_MODEL",
      /a function; put it into the forward/,
      () => run({ optimizer: sgd(model()) }, (x: unknown) => x),
    ],
    [
      "the class of a loss",
      "INVALID_OPTION",
      /the class MSELoss, without new/,
      () => {
        const m = model();
        return run({ optimizer: sgd(m), loss: nn.MSELoss }, m);
      },
    ],
    [
      "a name for a loss",
      "INVALID_OPTION",
      /loss is a module or a function: "mse"/,
      () => {
        const m = model();
        return run({ optimizer: sgd(m), loss: "mse" }, m);
      },
    ],
    [
      "a plateau in fit",
      "INVALID_SCHEDULER",
      /stepped with a metric/,
      () => {
        const m = model();
        const optimizer = sgd(m);
        return run({ optimizer, scheduler: new lrScheduler.ReduceLROnPlateau(optimizer) }, m);
      },
    ],
    [
      "epochs in quotes",
      "INVALID_VALUE",
      /epochs is an integer >= 1: "3"/,
      () => {
        const m = model();
        return run({ optimizer: sgd(m), epochs: "3" }, m);
      },
    ],
    [
      "a number for a file",
      "INVALID_OPTION",
      /checkpoint is the path of a file: 5/,
      () => {
        const m = model();
        return run({ optimizer: sgd(m), checkpoint: 5 }, m);
      },
    ],
    [
      "integer targets",
      "DTYPE_MISMATCH",
      /float32 and int32; use target\.to\("float32"\)/,
      () => new nn.BCEWithLogitsLoss().forward(ones([2]), tensor([0, 1], { dtype: "int32" })),
    ],
    [
      "integer inputs",
      "DTYPE_MISMATCH",
      /linear: dtypes differ: int32 and float32; use to\("float32"\)/,
      () => model().forward(tensor([[1, 2]], { dtype: "int32" })),
    ],
    [
      "a file name for a state",
      "NOT_A_STATE_DICT",
      /"m\.safetensors"; read the file first/,
      () => model().loadStateDict(any("m.safetensors")),
    ],
  ];
}

describe("wrong kinds", () => {
  it.each(wrongKinds())("%s", (_, code, message, call) => expectRefused(call, code, message));

  it("one output: each function speaks for itself", async () => {
    await expect(train.evaluate(model(), dataset())).rejects.toThrow(/evaluate: the default loss/);
    await expect(train.confusionMatrix(model(), dataset())).rejects.toThrow(
      /confusionMatrix: a model has an output for each class.*logits\.gt\(0\)/,
    );
    await expect(train.mostWrong(model(), dataset())).rejects.toThrow(/mostWrong: the default loss/);
  });

  const mse = { loss: new nn.MSELoss() };
  class Async extends nn.Module {
    fc = new nn.Linear(2, 1);
    async forward(x: Tensor) {
      return this.fc.forward(x);
    }
  }
  class Nothing extends nn.Module {
    fc = new nn.Linear(2, 1);
    forward(x: Tensor) {
      this.fc.forward(x);
    }
  }
  class Private extends nn.Module {
    #fc = new nn.Linear(2, 4);
    out = new nn.Linear(4, 1);
    forward(x: Tensor) {
      return this.out.forward(this.#fc.forward(x));
    }
    freeze() {
      this.#fc.requiresGrad_(false);
      return this;
    }
  }
  it.each([
    ["async", "ASYNC_FORWARD", /forward computes at once: that of Async is async/, Async],
    [
      "without a result",
      "INVALID_OUTPUT",
      /that of Nothing returned undefined; is the return missing/,
      Nothing,
    ],
    ["with layers in #private fields", "UNREGISTERED", /Private uses a parameter \[4(, 2)?\] that/, Private],
  ])("a forward %s", async (_, code, message, Net) => {
    for (const compile of [true, false]) {
      const m = new Net() as nn.Module;
      const before = JSON.stringify(m.stateDict());
      const run = fit(m, dataset(), { optimizer: new optim.SGD(m.parameters()), compile, ...mse });
      await expect(run).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
      expect(JSON.stringify(m.stateDict())).toBe(before);
    }
    if (code !== "UNREGISTERED")
      await expect(train.evaluate(new Net() as nn.Module, dataset(), mse)).rejects.toMatchObject({ code });
  });

  it("a forward that is async, called by itself", () => {
    expect(() => new Async().forward(ones([1, 2]))).toThrowError(
      expect.objectContaining({ code: "ASYNC_FORWARD" }),
    );
  });

  it("what is frozen may be private", async () => {
    const m = new Private().freeze();
    await fit(m, dataset(), { optimizer: new optim.SGD(m.parameters()), ...mse });
  });

  const linear = () => new nn.Linear(2, 1);
  it.each<[string, RegExp, object]>([
    [
      "an object",
      /Net: layers\.a \(Linear\) would not be trained.*nn\.ModuleDict/,
      { layers: { a: linear() } },
    ],
    ["a Map", /layers\.a \(Linear\)/, { layers: new Map([["a", linear()]]) }],
    ["a Set", /layers\.0 \(Linear\)/, { layers: new Set([linear()]) }],
    ["objects in an array", /layers\.0\.a \(Linear\)/, { layers: [{ a: linear() }] }],
    ["an array in an object", /layers\.a\.0 \(Linear\)/, { layers: { a: [linear()] } }],
    [
      "a parameter in an object",
      /w\.a \(a parameter \[2\]\).*nn\.ParameterDict/,
      { w: { a: new nn.Parameter(ones([2])) } },
    ],
  ])("layers in %s are refused by name", (_, message, fields) => {
    class Net extends nn.Module {
      forward(x: Tensor) {
        return x;
      }
    }
    const net = Object.assign(new Net(), fields);
    for (const ask of [
      () => net.parameters(),
      () => net.stateDict(),
      () => new nn.Sequential(net).parameters(),
    ])
      expect(ask).toThrow(
        expect.objectContaining({
          code: "UNREGISTERED",
          message: expect.stringMatching(message.source.startsWith("Net") ? /would not be trained/ : message),
        }),
      );
  });

  it("an object may hold what a field has too, what is frozen, and anything else", () => {
    class Net extends nn.Module {
      fc = linear();
      byName = {
        fc: this.fc,
        weight: this.fc.weight,
        frozen: linear().requiresGrad_(false),
        n: 3,
        x: ones([2]),
      };
      forward(x: Tensor) {
        return this.fc.forward(x);
      }
    }
    expect(new Net().parameters()).toHaveLength(2);
    expect(Object.keys(new Net().stateDict())).toEqual(["fc.weight", "fc.bias"]);
  });
});
