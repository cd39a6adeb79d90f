// Iris: classes that no line separates, but a hidden layer does; and the accuracy on new flowers.
import { data, manualSeed, nn, optim, type Tensor, tensor, train, zeros } from "simdgrad";
import * as plot from "simdgrad/plot";

const F = nn.functional;
const { x, y, classes, features } = data.iris();
console.log(`${x.shape[0]} flowers: ${features.join(", ")}`);

function fit(model: nn.Module, loss: (output: Tensor) => Tensor, input: Tensor, steps = 300) {
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  for (let step = 0; step < steps; step++) {
    optimizer.zeroGrad();
    loss(model.forward(input)).backward();
    optimizer.step();
  }
}

// 1. Versicolor lies between the other classes: one line cannot separate it, two or more lines can.
manualSeed(0);
const petals = new data.StandardScaler().fitTransform(x.narrow(1, 2, 2));
const isVersicolor = y.eq(classes.indexOf("versicolor")).float();
const models = {
  "logistic regression": new nn.Linear(2, 1),
  "8 hidden units": new nn.Sequential(new nn.Linear(2, 8), new nn.Tanh(), new nn.Linear(8, 1)),
};
for (const [name, model] of Object.entries(models)) {
  fit(model, (output) => F.binaryCrossEntropyWithLogits(output.squeeze(1), isVersicolor), petals, 500);
  const right = model.forward(petals).squeeze(1).gt(0).eq(isVersicolor.bool()).sum().item();
  console.log(`versicolor or not, ${name}: ${right} of 150 right`);
}
const probability = (model: nn.Module) => (points: Tensor) => model.forward(points).sigmoid() as Tensor;
const panels = Object.fromEntries(Object.entries(models).map(([name, model]) => [name, probability(model)]));
await plot.decisionBoundary("iris-versicolor.svg", panels, petals, isVersicolor, {
  ...{ title: "Probability of versicolor", classNames: ["other irises", "versicolor"] },
  ...{ xLabel: "petal length (standardized)", yLabel: "petal width (standardized)" },
});

// 2. Three classes, ten folds: each flower is classified once, by a model that was not trained on it.
const predicted = zeros([150], { dtype: "int32" });
const flowers = new data.TensorDataset(x, y);
for (const fold of data.kFold(flowers, 10, { stratify: true, seed: 0 })) {
  const [seen, unseen] = [tensor(fold.train.indices), tensor(fold.validation.indices)];
  const scaler = new data.StandardScaler();
  const input = scaler.fitTransform(x.indexSelect(0, seen));
  const labels = y.indexSelect(0, seen);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3));
  fit(model, (output) => F.crossEntropy(output, labels), input, 100);
  const guess = model.forward(scaler.transform(x.indexSelect(0, unseen))).argmax(1);
  fold.validation.indices.forEach((flower, i) => {
    predicted.data[flower] = guess.data[i];
  });
}
const accuracy = predicted.eq(y).sum().item() / 150;
console.log(`three classes, ten folds: accuracy ${accuracy.toFixed(4)}`);
const confusion = train.confusionMatrix(predicted, y);
console.log(String(confusion));
await plot.confusionMatrix("iris-confusion.svg", confusion, {
  ...{ title: "Flowers that the model has not seen", classNames: classes },
});
