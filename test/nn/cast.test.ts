/** Module.to(dtype): what is cast, what stays the same object, and how an optimizer goes on. */
import { describe, expect, it } from "vitest";
import { nn, optim, type Tensor, tensor } from "../../src/index.js";

describe("to", () => {
  class Scaled extends nn.Module {
    fc = new nn.Linear(2, 2);
    tied = this.fc.weight;
    constructor() {
      super();
      this.registerBuffer("mean", tensor([0.1]));
      this.registerBuffer("seen", tensor([3], { dtype: "int32" }));
    }
    forward(x: Tensor): Tensor {
      return this.fc.forward(x);
    }
  }

  it("casts parameters and float buffers; objects, values and requiresGrad stay", () => {
    const model = new Scaled();
    model.fc.bias!.requiresGrad = false;
    const { weight, bias } = model.fc;
    const values = weight.toArray();
    expect(model.to("float64")).toBe(model);
    expect([model.fc.weight, model.fc.bias, model.tied]).toEqual([weight, bias, weight]);
    expect(model.fc.weight).toBe(weight);
    expect([weight.dtype, weight.requiresGrad, weight.toArray()]).toEqual(["float64", true, values]);
    expect([bias!.dtype, bias!.requiresGrad]).toEqual(["float64", false]);
    expect(model.buffers().map((b) => [b.dtype, b.toArray()])).toEqual([
      ["float64", [Math.fround(0.1)]],
      ["int32", [3]],
    ]);
    expect(model.forward(tensor([[1, 2]], { dtype: "float64" })).dtype).toBe("float64");
    expect(model.float().fc.weight.dtype).toBe("float32");
    expect(model.double().fc.weight.dtype).toBe("float64");
  });

  it.each([
    ["SGD", (p: Tensor[]) => new optim.SGD(p, { lr: 0.5, momentum: 0.5 }), "momentumBuffer"],
    ["Adam", (p: Tensor[]) => new optim.Adam(p, { lr: 0.5 }), "expAvg"],
  ] as const)("an optimizer goes on: %s", (_, make, state) => {
    const run = (cast: boolean) => {
      const model = new nn.Linear(1, 1, { bias: false });
      model.weight.detach().fill_(1);
      const optimizer = make(model.parameters());
      model.weight.mul(2).sum().backward();
      optimizer.step();
      if (cast) model.to("float64");
      const gradient = model.weight.grad!;
      optimizer.step();
      const buffer = optimizer.stateDict().state[0][state];
      return { model, gradient, value: model.weight.item(), buffer };
    };
    const before = run(false);
    const after = run(true);
    expect(after.value).toBeCloseTo(before.value, 6);
    expect([after.gradient.dtype, after.gradient.item()]).toEqual(["float64", 2]);
    expect([after.buffer.dtype, after.model.weight.dtype]).toEqual(["float64", "float64"]);
    expect(after.buffer.data).toBeInstanceOf(Float64Array);
    expect(after.buffer.item()).toBeCloseTo(before.buffer.item(), 6);
    after.model.weight.mul(2).sum().backward();
    expect(after.model.weight.grad!.item()).toBe(4);
  });

  it("the state of an optimizer can be loaded after a cast", () => {
    const make = () => {
      const model = new nn.Linear(1, 1, { bias: false });
      return { model, optimizer: new optim.SGD(model.parameters(), { momentum: 0.5 }) };
    };
    const from = make();
    from.model.weight.mul(0.1).sum().backward();
    from.optimizer.step();
    const to = make();
    to.model.double();
    to.optimizer.loadStateDict(from.optimizer.stateDict());
    const { momentumBuffer } = to.optimizer.stateDict().state[0];
    expect([momentumBuffer.dtype, momentumBuffer.item()]).toEqual(["float64", Math.fround(0.1)]);
  });

  it("a graph made before the cast does not read the cast values", () => {
    class Scale extends nn.Module {
      factor = new nn.Parameter(tensor([2]));
      forward(x: Tensor): Tensor {
        return x.mul(this.factor);
      }
    }
    const model = new Scale();
    const y = model.forward(tensor([1], { requiresGrad: true }));
    model.double();
    expect(() => y.sum().backward()).toThrow(expect.objectContaining({ code: "SAVED_TENSOR_CHANGED" }));
  });

  it("integers are refused, and nothing is cast", () => {
    const model = new nn.Linear(1, 1);
    expect(() => model.to("int32" as any)).toThrow("to: the dtype of a module is float32 or float64: int32");
    expect(model.weight.dtype).toBe("float32");
  });
});
