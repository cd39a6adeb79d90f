/** Norms of gradients by layer, by the tensors' own; and an experiment about vanishing gradients. */
import { expect, it } from "vitest";
import { manualSeed, nn, randn, type Tensor, tensor, train } from "../../src/index.js";

it("are those of the outputs, layer by layer", () => {
  manualSeed(1);
  const [first, relu, last] = [new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2)];
  const model = new nn.Sequential(first, relu, last);
  const x = randn([5, 3]);
  const outputs: Tensor[] = [];
  for (const layer of [first, relu, last])
    layer.registerForwardHook((_m, _a, y) => {
      outputs.push((y as Tensor).retainGrad());
      return undefined;
    });
  const probe = train.gradientNorms(model);
  model.forward(x).square().sum().backward();
  const read = probe.read();
  expect(read.map(({ name, kind }) => [name, kind])).toEqual([
    ["0", "Linear"],
    ["1", "ReLU"],
    ["2", "Linear"],
  ]);
  for (const [i, { norm }] of read.entries())
    expect(norm).toBeCloseTo(Math.sqrt(outputs[i].grad!.square().sum().item()), 5);
  expect(read.map(({ units }) => units)).toEqual([4, 4, 2]);
  probe.remove();
  model.forward(x.mul(100)).square().sum().backward();
  expect(probe.read()).toEqual(read);
});

it("counts ReLUs that are 0 for all samples", () => {
  const model = new nn.Sequential(new nn.ReLU());
  const probe = train.gradientNorms(model);
  model.forward(
    tensor([
      [1, -1, -2, 0],
      [-1, -1, 3, -5],
    ]),
  );
  expect(probe.read()[0]).toMatchObject({ dead: 2, units: 4 });
  expect(probe.read()[0].norm).toBeNaN();
});

it("twenty layers of sigmoids lose the gradient, ReLUs under He's initialisation keep it", () => {
  const ratio = (activation: () => nn.Module, fill: (w: Tensor) => void) => {
    manualSeed(2);
    const layers = Array.from({ length: 20 }, () => [new nn.Linear(32, 32), activation()]).flat();
    const model = new nn.Sequential(...layers);
    for (const [name, p] of model.namedParameters()) if (name.endsWith("weight")) fill(p);
    const probe = train.gradientNorms(model);
    model
      .forward(randn([16, 32]))
      .square()
      .sum()
      .backward();
    const norms = probe.read().filter(({ kind }) => kind === "Linear");
    return norms[0].norm / norms[19].norm;
  };
  expect(
    ratio(
      () => new nn.Sigmoid(),
      (w) => nn.init.xavierNormal_(w),
    ),
  ).toBeLessThan(1e-6);
  const kept = ratio(
    () => new nn.ReLU(),
    (w) => nn.init.kaimingNormal_(w, { nonlinearity: "relu" }),
  );
  expect(kept).toBeGreaterThan(0.05);
  expect(kept).toBeLessThan(20);
});
