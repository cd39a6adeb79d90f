/**
 * The accuracy of binary and multi-label classifiers: the share of right decisions, in eager and compiled
 * steps.
 */
import { describe, expect, test } from "vitest";
import { data, fit, nn, optim, type Tensor, tensor, train } from "../../src/index.js";

class Identity extends nn.Module {
  /** Something to be trained. */
  shift = new nn.Parameter(tensor([0]));
  override forward(x: Tensor): Tensor {
    return x.add(this.shift);
  }
}

const logits = tensor([
  [2, -1, 0],
  [-3, 1, 5],
  [0.5, -0.5, -2],
]);
/** Right: 2 > 0 is 1, -1 is 0, 0 is not above 0; and so on: 7 of 9. */
const labels = tensor([
  [1, 0, 0],
  [1, 1, 1],
  [0, 0, 0],
]);
const column = (x: Tensor) => x.reshape([9, 1]);

describe("accuracy of decisions", () => {
  test.each<[string, train.Loss, Tensor, Tensor]>([
    ["multi-label, logits", new nn.BCEWithLogitsLoss(), logits, labels],
    ["multi-label, soft margin", new nn.MultiLabelSoftMarginLoss(), logits, labels],
    ["multi-label, the function", nn.functional.binaryCrossEntropyWithLogits, logits, labels],
    ["one output, logits", new nn.BCEWithLogitsLoss(), column(logits), column(labels)],
    ["one output, probabilities", new nn.BCELoss(), column(logits.sigmoid()), column(labels)],
    [
      "a vector of probabilities",
      nn.functional.binaryCrossEntropy,
      logits.sigmoid().flatten(),
      labels.flatten(),
    ],
  ])("%s: evaluate, fit eager and compiled", async (_, loss, x, y) => {
    const set = new data.TensorDataset(x, y);
    for (const batchSize of [2, 9]) {
      const { accuracy, correct, samples } = await train.evaluate(new Identity(), set, { loss, batchSize });
      expect([accuracy, correct, samples]).toEqual([7 / 9, 7, x.shape[0]]);
      for (const compile of [true, false]) {
        const model = new Identity();
        const optimizer = new optim.SGD(model.parameters(), { lr: 0 });
        const result = await fit(model, set, { optimizer, loss, batchSize, compile, validation: set });
        expect([result.accuracy, result.validation?.accuracy]).toEqual([7 / 9, 7 / 9]);
      }
    }
  });

  test("there is none for a regression, nor for a loss of one's own", async () => {
    for (const loss of [
      new nn.MSELoss(),
      (a: Tensor, b: Tensor) => nn.functional.binaryCrossEntropyWithLogits(a, b),
    ]) {
      const set = new data.TensorDataset(logits, labels);
      expect((await train.evaluate(new Identity(), set, { loss })).accuracy).toBeNull();
    }
  });
});
