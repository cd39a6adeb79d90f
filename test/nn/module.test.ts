/** Modules: what they find, what they save and load, where errors say they come from, how they print. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { nn, optim, type Tensor, tensor, zeros } from "../../src/index.js";

class Block extends nn.Module {
  readonly layers: nn.Linear[];
  readonly norm: nn.Parameter;
  constructor(width: number) {
    super();
    this.layers = [new nn.Linear(width, width), new nn.Linear(width, width, { bias: false })];
    this.norm = new nn.Parameter(tensor([1]));
    this.registerBuffer("count", zeros([2]));
  }
  forward(x: Tensor): Tensor {
    for (const layer of this.layers) x = layer.forward(x);
    return x.mul(this.norm);
  }
}

class Net extends nn.Module {
  encoder = new Block(3);
  head = new nn.Sequential(new nn.ReLU(), new nn.Linear(3, 2));
  notAParameter = zeros([5]);
  forward(x: Tensor): Tensor {
    return this.head.forward(this.encoder.forward(x));
  }
}

const names = [
  "encoder.norm",
  "encoder.layers.0.weight",
  "encoder.layers.0.bias",
  "encoder.layers.1.weight",
  "head.1.weight",
  "head.1.bias",
];

describe("what a module holds", () => {
  it("finds nested parameters, also in arrays, under their paths", () => {
    const net = new Net();
    expect([...net.namedParameters()].map(([name]) => name).sort()).toEqual([...names].sort());
    expect(net.parameters().length).toBe(names.length);
    expect([...net.namedBuffers()].map(([name]) => name)).toEqual(["encoder.count"]);
    expect([...net.namedModules()].map(([name]) => name)).toEqual([
      "",
      "encoder",
      "encoder.layers.0",
      "encoder.layers.1",
      "head",
      "head.0",
      "head.1",
    ]);
    expect(net.children()).toEqual([net.encoder, net.head]);
  });

  it("layers added later are found, plain tensors are not", () => {
    const net = new Net();
    net.encoder.layers.push(new nn.Linear(3, 3));
    expect([...net.namedParameters()].map(([name]) => name)).toContain("encoder.layers.2.weight");
    expect(net.parameters()).not.toContain(net.notAParameter);
  });

  it("a shared parameter counts once, and is saved under both names", () => {
    class Tied extends nn.Module {
      a = new nn.Linear(2, 2);
      b = new nn.Linear(2, 2);
      constructor() {
        super();
        Object.assign(this.b, { weight: this.a.weight });
      }
      forward(x: Tensor): Tensor {
        return this.b.forward(this.a.forward(x));
      }
    }
    const tied = new Tied();
    expect(tied.parameters().length).toBe(3);
    expect(Object.keys(tied.stateDict())).toEqual(["a.weight", "a.bias", "b.weight", "b.bias"]);
    tied
      .forward(tensor([[1, 2]]))
      .sum()
      .backward();
    const before = tied.a.weight.toArray();
    new optim.SGD(tied.parameters(), { lr: 1 }).step();
    const moved = tied.a.weight.add(tied.a.weight.grad!);
    for (const [i, row] of (moved.toArray() as number[][]).entries())
      for (const [j, v] of row.entries()) expect(v).toBeCloseTo(before[i][j], 5);
    expect(tied.b.weight).toBe(tied.a.weight);
  });

  it("a shared module counts once", () => {
    const shared = new nn.Linear(2, 2);
    expect(new nn.Sequential(shared, new nn.Tanh(), shared).parameters().length).toBe(2);
  });

  it("a child may know its parent", () => {
    const net = new Net();
    Object.assign(net.encoder, { parent: net });
    expect(net.parameters().length).toBe(names.length);
    expect(Object.keys(net.stateDict()).length).toBe(names.length + 1);
  });

  it("private fields are not seen: the optimizer says so", () => {
    class Hidden extends nn.Module {
      #fc = new nn.Linear(2, 2);
      forward(x: Tensor): Tensor {
        return this.#fc.forward(x);
      }
    }
    expect(() => new optim.Adam(new Hidden().parameters())).toThrowError(
      expect.objectContaining({
        code: "NO_PARAMETERS",
        message: expect.stringMatching(/Adam: at least one parameter.*public fields/),
      }),
    );
  });

  it("train, eval, zeroGrad, requiresGrad_ and apply reach everything", () => {
    const net = new Net();
    expect(net.eval()).toBe(net);
    expect(net.modules().map((m) => m.training)).toEqual(new Array(7).fill(false));
    expect(
      net
        .train()
        .modules()
        .every((m) => m.training),
    ).toBe(true);
    net
      .forward(tensor([[1, 2, 3]]))
      .sum()
      .backward();
    expect(net.parameters().every((p) => p.gradient !== null)).toBe(true);
    net.zeroGrad();
    expect(net.parameters().every((p) => p.grad === null)).toBe(true);
    net.encoder.requiresGrad_(false);
    net
      .forward(tensor([[1, 2, 3]]))
      .sum()
      .backward();
    expect([...net.namedParameters()].filter(([, p]) => p.grad !== null).map(([name]) => name)).toEqual([
      "head.1.weight",
      "head.1.bias",
    ]);
    const seen: string[] = [];
    net.apply((m) => seen.push(m.constructor.name));
    expect(seen).toEqual(["Linear", "Linear", "Block", "ReLU", "Linear", "Sequential", "Net"]);
  });

  it("parameters are float leaves with memory of their own", () => {
    const source = tensor([[1, 2]]);
    const p = new nn.Parameter(source);
    expect([p.requiresGrad, p.isLeaf, p.dtype]).toEqual([true, true, "float32"]);
    source.data[0] = 9;
    expect(p.toArray()).toEqual([[1, 2]]);
    expect(new nn.Parameter(tensor([[1, 2]]).T).toArray()).toEqual([[1], [2]]);
    expect(() => new nn.Parameter(tensor([1], { dtype: "int32" }))).toThrow(
      /Parameter: parameters are floats: int32/,
    );
    expect(new nn.Parameter(source, { requiresGrad: false }).requiresGrad).toBe(false);
  });
});

describe("state", () => {
  it("goes from one model to another", () => {
    const [a, b] = [new Net(), new Net()];
    a.encoder.namedBuffers().next().value![1].fill_(4);
    const x = tensor([[1, -2, 3]]);
    expect(b.forward(x).toArray()).not.toEqual(a.forward(x).toArray());
    expect(b.loadStateDict(a.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(b.forward(x).toArray()).toEqual(a.forward(x).toArray());
    expect(b.stateDict()["encoder.count"].toArray()).toEqual([4, 4]);
    expect(b.parameters().every((p) => p.requiresGrad && p.isLeaf)).toBe(true);
  });

  it("shares the model's memory until cloned", () => {
    const layer = new nn.Linear(1, 1);
    const dict = layer.stateDict();
    const kept = dict["weight"].clone();
    nn.init.constant(layer.weight, 5);
    expect(dict["weight"].toArray()).toEqual([[5]]);
    expect(kept.toArray()).not.toEqual([[5]]);
  });

  const dict = () => new Net().stateDict();
  const without = (key: string) => {
    const { [key]: _, ...rest } = dict();
    return rest;
  };
  it.each<[string, () => Record<string, any>, RegExp]>([
    [
      "a missing key",
      () => without("head.1.bias"),
      /loadStateDict: the state dict does not fit Net: missing keys: head\.1\.bias$/,
    ],
    ["an unexpected key", () => ({ ...dict(), extra: zeros([1]) }), /unexpected keys: extra$/],
    [
      "a size mismatch",
      () => ({ ...dict(), "head.1.weight": zeros([2, 4]) }),
      /size mismatch for head\.1\.weight: \[2, 4\] in the dict, \[2, 3\] in the model$/,
    ],
    ["no tensor", () => ({ ...dict(), "head.1.bias": [1, 2] }), /head\.1\.bias is not a tensor: \[1, 2\]$/],
    [
      "all at once",
      () => ({ ...without("head.1.bias"), extra: zeros([1]), "encoder.norm": zeros([2]) }),
      /missing keys: head\.1\.bias; unexpected keys: extra; size mismatch for encoder\.norm/,
    ],
  ])("refuses %s and stays as it was", (_, make, message) => {
    const net = new Net();
    const before = JSON.stringify(net.stateDict());
    expect(() => net.loadStateDict(make())).toThrowError(
      expect.objectContaining({ code: "STATE_DICT_MISMATCH", message: expect.stringMatching(message) }),
    );
    expect(JSON.stringify(net.stateDict())).toBe(before);
  });

  it("not strict: loads what fits and says what did not", () => {
    const net = new Net();
    const given = { "head.1.bias": tensor([7, 8]), extra: zeros([1]) };
    const { missingKeys, unexpectedKeys } = net.loadStateDict(given, { strict: false });
    expect(net.stateDict()["head.1.bias"].toArray()).toEqual([7, 8]);
    expect(unexpectedKeys).toEqual(["extra"]);
    expect(missingKeys.length).toBe(names.length); // the others and the buffer
    expect(() => net.loadStateDict({ "head.1.bias": zeros([3]) }, { strict: false })).toThrow(
      /size mismatch/,
    );
  });

  it("converts dtypes", () => {
    const layer = new nn.Linear(1, 1);
    layer.loadStateDict({ weight: tensor(Float64Array.of(0.1), { shape: [1, 1] }), bias: tensor([2]) });
    expect(layer.weight.item()).toBe(Math.fround(0.1));
  });

  it("buffers have plain names", () => {
    expect(() => new Net().registerBuffer("a.b", zeros([1]))).toThrow(
      /registerBuffer: a field name without dots: "a.b"/,
    );
  });
});

describe("hooks", () => {
  it("run before and after forward, may replace the result, and can be removed", () => {
    const layer = new nn.Identity();
    const calls: string[] = [];
    const remove = [
      layer.registerForwardPreHook((module, args) => {
        expect(module).toBe(layer);
        calls.push(`before ${(args[0] as Tensor).item()}`);
      }),
      layer.registerForwardHook((_, __, result) => {
        calls.push("after");
        return (result as Tensor).mul(2);
      }),
      layer.registerForwardHook((_, args, result) => {
        calls.push(`${(args[0] as Tensor).item()} to ${(result as Tensor).item()}`);
      }),
    ];
    expect(new nn.Sequential(layer).forward(tensor([3])).item()).toBe(6);
    expect(calls).toEqual(["before 3", "after", "3 to 6"]);
    for (const r of remove) r();
    expect(layer.forward(tensor([3])).item()).toBe(3);
    expect(calls.length).toBe(3);
  });

  it("before forward replace its arguments, after it its result, each seeing what the one before made", () => {
    class Sum extends nn.Module {
      forward(a: Tensor, b: Tensor): Tensor {
        return a.add(b);
      }
    }
    const sum = new Sum();
    sum.registerForwardPreHook((_, [a, b]) => [(a as Tensor).mul(10), b]);
    sum.registerForwardPreHook((_, [a, b]) => [(a as Tensor).add(1), b]);
    sum.registerForwardPreHook(() => undefined);
    sum.registerForwardHook((_, [a], result) => (result as Tensor).sub(a as Tensor));
    sum.registerForwardHook((_, __, result) => (result as Tensor).neg());
    sum.registerForwardHook(() => undefined);
    expect(sum.forward(tensor([2]), tensor([3])).toArray()).toEqual([-3]); // 21 + 3, less 21
    const alone = new nn.Identity();
    alone.registerForwardPreHook((_, [x]) => (x as Tensor).mul(2)); // one value is one argument
    expect(alone.forward(tensor([4])).toArray()).toEqual([8]);
  });
});

describe("errors say where in the model they come from", () => {
  const bad = zeros([1, 4]);
  it.each<[string, () => unknown, string]>([
    ["a layer alone", () => new nn.Linear(3, 2).forward(bad), "Linear: linear: the last dim of x"],
    [
      "Sequential",
      () => new nn.Sequential(new nn.ReLU(), new nn.Flatten(), new nn.Linear(3, 2)).forward(bad),
      "Sequential[2].Linear: linear: the last dim of x",
    ],
    [
      "arrays in modules",
      () => new Net().forward(bad),
      "Net.encoder.layers[0].Linear: linear: the last dim of x",
    ],
    [
      "a model in a model",
      () => new nn.Sequential(new nn.Sequential(new nn.Linear(3, 2))).forward(bad),
      "Sequential[0][0].Linear: ",
    ],
  ])("%s", (_, run, start) => {
    expect(run).toThrowError(
      expect.objectContaining({ code: "SHAPE_MISMATCH", message: expect.stringContaining(start) }),
    );
    expect(run).toThrow(/\[1, 4\] for weight \[\d, 3\]$/);
  });

  it("labels outside the classes are named with their place", () => {
    const loss = new nn.CrossEntropyLoss();
    expect(() => loss.forward(zeros([2, 3]), tensor([0, 3], { dtype: "int32" }))).toThrowError(
      expect.objectContaining({
        code: "LABEL_OUT_OF_RANGE",
        message: "CrossEntropyLoss: crossEntropy: label outside 0 … 2: 3 at position 1",
      }),
    );
    expect(() => new nn.NLLLoss().forward(zeros([2, 3]), tensor([0, -1], { dtype: "int32" }))).toThrowError(
      expect.objectContaining({
        code: "LABEL_OUT_OF_RANGE",
        message: expect.stringMatching(/NLLLoss: nllLoss: label out of range: -1 at position 1/),
      }),
    );
  });

  it("errors of others pass unchanged, and the path is forgotten after an error", () => {
    class Failing extends nn.Module {
      forward(): never {
        throw new Error("mine");
      }
    }
    expect(() => new nn.Sequential(new Failing()).forward(bad)).toThrow(/^mine$/);
    expect(nn.modulePath()).toBe("");
  });

  it.each<[string, () => unknown, RegExp]>([
    ["Linear", () => new nn.Linear(0, 2), /Linear: inFeatures is an integer >= 1: 0/],
    ["Linear", () => new nn.Linear(2, 1.5), /Linear: outFeatures is an integer >= 1: 1.5/],
    ["Dropout", () => new nn.Dropout({ p: 1.5 }), /Dropout: p is between 0 and 1: 1.5/],
    ["Dropout", () => new nn.Dropout(Number.NaN), /NaN/],
    [
      "Sequential",
      () => new nn.Sequential(null as any),
      /Sequential: arguments are modules: argument 0 is null/,
    ],
    [
      "crossEntropy",
      () => nn.functional.crossEntropy(zeros([2, 3]), tensor([0], { dtype: "int32" })),
      /one target per row of logits: logits \[2, 3\], target \[1\]/,
    ],
    [
      "crossEntropy",
      () => nn.functional.crossEntropy(zeros([2, 3]), zeros([2, 2])),
      /probabilities have the shape of the logits: \[2, 2\] for \[2, 3\]/,
    ],
    [
      "crossEntropy",
      () => nn.functional.crossEntropy(zeros([2, 3]), zeros([2, 3]), { labelSmoothing: 2 }),
      /labelSmoothing is between 0 and 1: 2/,
    ],
    [
      "crossEntropy",
      () => nn.functional.crossEntropy(zeros([2, 3]), zeros([2, 3]), { reduction: "avg" as any }),
      /reduction is none, mean or sum: "avg"/,
    ],
    [
      "crossEntropy",
      () => nn.functional.crossEntropy(zeros([2, 3]), zeros([2, 3]), { weight: zeros([2]) }),
      /one weight per class.*\[2\] for 3 classes/,
    ],
    ["mseLoss", () => nn.functional.mseLoss(zeros([2]), zeros([2, 1])), /same shape: \[2\] and \[2, 1\]/],
    [
      "binaryCrossEntropy",
      () => nn.functional.binaryCrossEntropy(tensor([2]), tensor([1])),
      /probabilities are between 0 and 1/,
    ],
  ])("bad arguments of %s", (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe("print", () => {
  it("shows the tree, the options and the number of parameters", () => {
    const model = new nn.Sequential(
      new nn.Linear(784, 512),
      new nn.LeakyReLU(),
      new nn.Sequential(new nn.Dropout(0.2), new nn.Linear(512, 10, { bias: false })),
      new nn.LogSoftmax(1),
    );
    expect(inspect(model)).toBe(
      [
        "Sequential(",
        "  (0): Linear(inFeatures=784, outFeatures=512, bias=true)  # 401,920",
        "  (1): LeakyReLU(negativeSlope=0.01)",
        "  (2): Sequential(",
        "    (0): Dropout(p=0.2)",
        "    (1): Linear(inFeatures=512, outFeatures=10, bias=false)  # 5,120",
        "  )",
        "  (3): LogSoftmax(dim=1)",
        ")",
        "407,040 parameters",
      ].join("\n"),
    );
    expect(String(new nn.CrossEntropyLoss({ labelSmoothing: 0.1 }))).toBe(
      "CrossEntropyLoss(labelSmoothing=0.1)",
    );
    expect(String(new nn.GELU())).toBe("GELU()");
  });
});

describe("Sequential", () => {
  it("is a list of modules", () => {
    const [a, b] = [new nn.ReLU(), new nn.Tanh()];
    const model = new nn.Sequential(a, b);
    expect([model.length, model[0], [...model]]).toEqual([2, a, [a, b]]);
    expect(new nn.Sequential().forward(tensor([1])).item()).toBe(1);
  });
});

describe("dropout", () => {
  it("drops a share p in training, scales the rest, and is the identity in eval", () => {
    const layer = new nn.Dropout(0.25);
    const x = zeros([100, 100]).add(3);
    const y = layer.forward(x);
    const kept = y.ne(0).sum().item();
    // six standard deviations
    expect(Math.abs(kept - 7500)).toBeLessThan(6 * Math.sqrt(10_000 * 0.25 * 0.75));
    expect(new Set(Array.from(y.data))).toEqual(new Set([0, 4]));
    expect(layer.eval().forward(x)).toBe(x);
    expect(nn.functional.dropout(x, { p: 1 }).sum().item()).toBe(0);
    expect(nn.functional.dropout(x, { p: 0 })).toBe(x);
  });
});
