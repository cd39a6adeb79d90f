import { afterEach, describe, expect, it } from "vitest";
import {
  backend,
  compile,
  getFloat32MatmulPrecision,
  manualSeed,
  nn,
  optim,
  randn,
  setFloat32MatmulPrecision,
  type Tensor,
  tensor,
} from "../../../src/index.js";

afterEach(() => setFloat32MatmulPrecision("highest"));

/** 1 + 2^-9 is no bfloat16: it becomes 1. */
const x = () => tensor([[1 + 2 ** -9, 0]]);
const y = () => tensor([[1], [5]]);
const rounded = (z: Tensor) => z.item() === 1;

describe("setFloat32MatmulPrecision", () => {
  it("is highest by default, and returns what was set", () => {
    expect(getFloat32MatmulPrecision()).toBe("highest");
    for (const word of ["medium", "high", "highest"] as const) {
      setFloat32MatmulPrecision(word);
      expect(getFloat32MatmulPrecision()).toBe(word);
    }
  });

  it.each(["Medium", "low", "", "bfloat16", undefined, null, 1, {}])(
    "refuses %j and changes nothing",
    (word) => {
      setFloat32MatmulPrecision("high");
      expect(() => setFloat32MatmulPrecision(word as "high")).toThrow(
        expect.objectContaining({
          code: "INVALID_PRECISION",
          message: expect.stringMatching(
            /^setFloat32MatmulPrecision: the precision is "highest", "high", "medium": /,
          ),
        }),
      );
      expect(getFloat32MatmulPrecision()).toBe("high");
    },
  );

  const products: [string, () => Tensor][] = [
    ["matmul", () => x().matmul(y())],
    [
      "matmul of batches",
      () =>
        x()
          .expand([2, 1, 2])
          .matmul(y().expand([2, 2, 1]))
          .index(0),
    ],
    ["a vector", () => x().squeeze(0).matmul(y())],
    ["linear", () => nn.functional.linear(x(), y().t())],
    ["conv1d", () => nn.functional.conv1d(x().reshape([2, 1]), y().reshape([1, 2, 1]))],
    ["conv2d", () => nn.functional.conv2d(x().reshape([2, 1, 1]), y().reshape([1, 2, 1, 1]))],
    [
      "convTranspose2d",
      () => nn.functional.convTranspose2d(x().reshape([2, 1, 1]), y().reshape([2, 1, 1, 1])),
    ],
  ];
  it.each(products)("decides how %s multiplies", (_, product) => {
    for (const name of ["js", "native"] as const) {
      if (name === "native" && backend.isas.length === 0) continue;
      backend.use(name);
      for (const [word, rounds] of [
        ["highest", false],
        ["high", false],
        ["medium", true],
      ] as const) {
        setFloat32MatmulPrecision(word);
        expect(rounded(product()), `${word}, ${name}`).toBe(rounds);
      }
    }
  });

  it("decides how gradients multiply when backward runs", () => {
    const [a, b] = [x(), y()].map((z) => z.requiresGrad_());
    const out = a.matmul(b);
    setFloat32MatmulPrecision("medium");
    out.backward();
    expect([...b.grad!.data]).toEqual([1, 0]);
    setFloat32MatmulPrecision("highest");
    b.grad = null;
    a.matmul(b).backward();
    expect([...b.grad!.data]).toEqual([1 + 2 ** -9, 0]);
  });

  it("leaves other types as they are", () => {
    setFloat32MatmulPrecision("medium");
    expect(x().double().matmul(y().double()).item()).toBe(1 + 2 ** -9);
    const ints = tensor([[257, 0]], { dtype: "int32" });
    expect(ints.matmul(tensor([[1], [5]], { dtype: "int32" })).item()).toBe(257);
  });

  it("is part of a recording", () => {
    const product = compile((a: Tensor, b: Tensor) => a.matmul(b));
    for (const [word, rounds] of [
      ["highest", false],
      ["medium", true],
      ["medium", true],
      ["high", false],
      ["medium", true],
    ] as const) {
      setFloat32MatmulPrecision(word);
      expect(rounded(product(x(), y())), word).toBe(rounds);
    }
  });

  it("cannot be set while a function is recorded", () => {
    const setting = compile((a: Tensor) => {
      setFloat32MatmulPrecision("medium");
      return a.matmul(a.t());
    });
    expect(() => setting(x())).toThrow(expect.objectContaining({ code: "NOT_CAPTURABLE" }));
    expect(getFloat32MatmulPrecision()).toBe("highest");
  });

  it("gives compiled and eager training the same bits", () => {
    setFloat32MatmulPrecision("medium");
    const train = (compiled: boolean) => {
      manualSeed(3);
      const model = new nn.Sequential(
        new nn.Conv2d(1, 4, 3),
        new nn.Flatten(),
        new nn.Linear(4 * 36, 150),
        new nn.ReLU(),
        new nn.Linear(150, 5),
      );
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 });
      const step = (images: Tensor, labels: Tensor) => {
        optimizer.zeroGrad();
        const loss = nn.functional.crossEntropy(model.forward(images), labels);
        loss.backward();
        optimizer.step();
        return loss;
      };
      const run = compiled ? compile(step) : step;
      const images = randn([33, 1, 8, 8]);
      const labels = randn([33, 5]).argmax(1);
      const losses = Array.from({ length: 6 }, () => run(images, labels).item());
      return {
        losses,
        weights: [...model.parameters()].map((p) =>
          Buffer.from(p.detach().contiguous().data.slice().buffer).toString("hex"),
        ),
      };
    };
    const eager = train(false);
    expect(train(true)).toEqual(eager);
    expect(eager.losses[5]).toBeLessThan(eager.losses[0]);
    setFloat32MatmulPrecision("highest");
    expect(train(false).losses).not.toEqual(eager.losses);
  });
});
