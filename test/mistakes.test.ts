/** Mistakes that would otherwise be ignored silently, or cause an error inside the library. */
import { describe, expect, it } from "vitest";
import { autograd, cat, data, fit, nn, ones, optim, stack, tensor, tile, zeros } from "../src/index.js";
import { expectRefused } from "./refused.js";

/** JavaScript does not check types: these calls are what TypeScript would refuse. */
const any = (value: unknown): any => value;
const model = () => new nn.Linear(2, 1);
const dataset = () => new data.TensorDataset(ones([4, 2]), ones([4, 1]));

const mistakes: [what: string, code: string, message: RegExp, call: () => unknown][] = [
  [
    "tensors one by one",
    "NOT_A_TENSOR",
    /^cat: an array of tensors is needed, cat\(\[a, b\]\)/,
    () => cat(any(ones([2])), any(ones([2]))),
  ],
  [
    "tensors one by one",
    "NOT_A_TENSOR",
    /^stack: an array of tensors is needed, stack\(\[a, b\]\)/,
    () => stack(any(ones([2])), any(ones([2]))),
  ],
  [
    "a number for repeats",
    "INVALID_VALUE",
    /^tile: dims is an array of integers: 2/,
    () => tile(ones([2]), any(2)),
  ],
  [
    "bytes between straight lines",
    "DTYPE_MISMATCH",
    /^interpolate: a float tensor is needed in mode bilinear: uint8; use to\("float32"\)/,
    () =>
      nn.functional.interpolate(ones([1, 1, 2, 2], { dtype: "uint8" }), { scaleFactor: 2, mode: "bilinear" }),
  ],
  [
    "PyTorch's spelling",
    "UNKNOWN_OPTION",
    /SGD: unknown option: weight_decay; did you mean weightDecay/,
    () => new optim.SGD(model().parameters(), any({ lr: 0.1, weight_decay: 1 })),
  ],
  [
    "in a parameter group",
    "UNKNOWN_OPTION",
    /Adam: unknown option: beta/,
    () => new optim.Adam([any({ params: model().parameters(), beta: [0, 0] })]),
  ],
  [
    "a learning rate by position",
    "INVALID_OPTIONS",
    /Adam: options are an object .*: 0\.1/,
    () => new optim.Adam(model().parameters(), any(0.1)),
  ],
  [
    "AdamW",
    "UNKNOWN_OPTION",
    /AdamW: unknown option: weightdecay; did you mean weightDecay/,
    () => new optim.AdamW(model().parameters(), any({ weightdecay: 1 })),
  ],
  [
    "a loader",
    "UNKNOWN_OPTION",
    /DataLoader: unknown option: batch_size; did you mean batchSize/,
    () => new data.DataLoader(dataset(), any({ batch_size: 2 })),
  ],
  [
    "a reduction by position",
    "INVALID_OPTIONS",
    /MSELoss: options are an object/,
    () => new nn.MSELoss(any("sum")),
  ],
  [
    "a slope by position",
    "INVALID_OPTIONS",
    /LeakyReLU: options are an object/,
    () => new nn.LeakyReLU(any(0.3)),
  ],
  [
    "an activation without options",
    "UNKNOWN_OPTION",
    /ReLU: unknown option: inplace; there are none/,
    () => new nn.ReLU(any({ inplace: true })),
  ],
  [
    "bias by position",
    "INVALID_OPTIONS",
    /Linear: options are an object/,
    () => new nn.Linear(2, 2, any(false)),
  ],
  [
    "a dtype by position",
    "INVALID_OPTIONS",
    /tensor: options are an object/,
    () => tensor([1], any("int32")),
  ],
  [
    "requires_grad",
    "UNKNOWN_OPTION",
    /tensor: unknown option: requires_grad; did you mean requiresGrad/,
    () => tensor([1], any({ requires_grad: true })),
  ],
  [
    "a dtype that is none",
    "UNKNOWN_DTYPE",
    /dtype is one of float32, float64, int32, uint8, bool: "int64"/,
    () => zeros([1], any({ dtype: "int64" })),
  ],
  ["sizes instead of a shape", "INVALID_SHAPE", /zeros\(\[2, 3\]\): 2/, () => zeros(any(2))],
  [
    "more elements than memory",
    "OUT_OF_MEMORY",
    /not enough memory: 1000000000000 elements/,
    () => zeros([1e6, 1e6]),
  ],
  [
    "a promise of a state dict",
    "NOT_A_STATE_DICT",
    /a promise, await it/,
    () => model().loadStateDict(any(Promise.resolve({}))),
  ],
  [
    "an epoch",
    "UNKNOWN_OPTION",
    /fit: unknown option: epoch; did you mean epochs/,
    () => {
      const m = model();
      return fit(m, dataset(), any({ optimizer: new optim.SGD(m.parameters()), epoch: 3 }));
    },
  ],
  [
    "an optimizer of another model",
    "WRONG_OPTIMIZER",
    /none of the model's parameters/,
    () => fit(model(), dataset(), { optimizer: new optim.SGD(model().parameters()) }),
  ],
];

describe("mistakes", () => {
  it.each(mistakes)("%s", (_, code, message, call) => expectRefused(call, code, message));

  it("a regression with the default loss", async () => {
    const m = model();
    const run = fit(m, dataset(), { optimizer: new optim.SGD(m.parameters()) });
    await expect(run).rejects.toMatchObject({
      code: "ONE_CLASS",
      message: expect.stringMatching(/fit: the default loss.*BCEWithLogitsLoss.*MSELoss/),
    });
  });

  it("one input of autograd.grad needs no array", () => {
    const x = tensor([3], { requiresGrad: true });
    expect(autograd.grad(x.mul(x).sum(), x)[0]!.item()).toBe(6);
  });

  it("a module that knows its parent prints", () => {
    class Parent extends nn.Module {
      child = new nn.Sequential(new nn.ReLU());
      forward(x: unknown) {
        return x;
      }
    }
    const parent = new Parent();
    Object.assign(parent.child, { parent });
    expect(String(parent)).toContain("(parent): Parent(…)");
  });
});
