import { describe, expect, test } from "vitest";
import { data, nn, type Tensor, tensor, train } from "../../src/index.js";

/** Scores are the inputs. */
class Identity extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x;
  }
}

const scores = tensor([
  [2, 0, 0],
  [0, 3, 0],
  [1, 0, 0],
  [0, 0, 5],
  [4, 0, 0],
]);
const labels = tensor([0, 1, 2, 2, 1], { dtype: "int32" });
const dataset = new data.TensorDataset(scores, labels);
const expected = [
  [1, 0, 0],
  [1, 1, 0],
  [1, 0, 1],
];

describe("confusionMatrix", () => {
  test("counts what a model takes for what", async () => {
    const matrix = await train.confusionMatrix(new Identity(), dataset, { batchSize: 2 });
    expect([matrix.dtype, matrix.toArray()]).toEqual(["int32", expected]);
  });

  test("counts predictions: classes or scores", () => {
    const classes = tensor([0, 1, 0, 2, 0], { dtype: "int32" });
    for (const predicted of [scores, classes, classes.to("uint8")])
      expect(train.confusionMatrix(predicted, labels).toArray()).toEqual(expected);
    expect(train.confusionMatrix(classes, labels, { classes: 4 }).shape).toEqual([4, 4]);
    const ignored = tensor([0, -100, 2, 2, -100], { dtype: "int32" });
    expect(train.confusionMatrix(classes, ignored).toArray()).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [1, 0, 1],
    ]);
  });

  test.each<[string, () => unknown, string]>([
    [
      "other counts",
      () => train.confusionMatrix(scores, tensor([0, 1], { dtype: "int32" })),
      "SHAPE_MISMATCH",
    ],
    [
      "targets that are floats",
      () => train.confusionMatrix(scores, labels.to("float32")),
      "NOT_CLASSIFICATION",
    ],
    ["a class too many", () => train.confusionMatrix(scores, labels.add(1)), "INDEX_OUT_OF_RANGE"],
    ["a negative class", () => train.confusionMatrix(scores, labels.sub(1)), "INDEX_OUT_OF_RANGE"],
    ["half a class", () => train.confusionMatrix(labels, labels, { classes: 2.5 }), "INVALID_CLASSES"],
    ["a model and a tensor", () => train.confusionMatrix(new Identity(), labels as never), "INVALID_VALUE"],
  ])("%s is an error", (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe("mostWrong", () => {
  test("finds the largest losses across batches, with what was predicted and what is right", async () => {
    for (const batchSize of [1, 2, 5]) {
      const model = new Identity();
      const worst = await train.mostWrong(model, dataset, 2, { batchSize });
      expect(worst.map(({ index, predicted, target }) => [index, predicted, target])).toEqual([
        [4, 0, 1],
        [2, 0, 2],
      ]);
      const logSum = Math.log(Math.exp(4) + 2);
      expect(worst[0].loss).toBeCloseTo(logSum, 5);
      expect(worst[1].loss).toBeCloseTo(Math.log(Math.E + 2), 5);
      expect(worst.map(({ x }) => x.toArray())).toEqual([
        [4, 0, 0],
        [1, 0, 0],
      ]);
      expect(model.training).toBe(true);
    }
    expect(await train.mostWrong(new Identity(), dataset, 10)).toHaveLength(5);
  });

  test("a loss of one's own, for a regression; NaN is the worst of all", async () => {
    const x = tensor([[1], [Number.NaN], [3], [0]]);
    const regression = new data.TensorDataset(x, tensor([[1], [1], [1], [1]]));
    const loss = (output: Tensor, y: Tensor) => output.sub(y).square().sum(1);
    const worst = await train.mostWrong(new Identity(), regression, 3, { loss });
    expect(worst.map(({ index, loss, predicted, target }) => [index, loss, predicted, target])).toEqual([
      [1, Number.NaN, null, null],
      [2, 4, null, null],
      [3, 1, null, null],
    ]);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "a mean over the batch",
      () => train.mostWrong(new Identity(), dataset, 1, { loss: new nn.CrossEntropyLoss() }),
      "SHAPE_MISMATCH",
    ],
    [
      "a loader that shuffles",
      () => train.mostWrong(new Identity(), new data.DataLoader(dataset, { shuffle: true })),
      "INVALID_OPTION",
    ],
    ["none of them", () => train.mostWrong(new Identity(), dataset, 0), "INVALID_OPTION"],
    [
      "a misspelt option",
      () => train.mostWrong(new Identity(), dataset, 1, { batch: 3 } as never),
      "UNKNOWN_OPTION",
    ],
  ])("%s is an error", async (_, make, code) => {
    await expect(make()).rejects.toMatchObject({ code });
  });
});
