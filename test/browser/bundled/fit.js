/** The same network with `fit` and a data set. */
import { data, fit, nn, optim, rand } from "simdgrad";

const model = new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, 1));
const train = new data.TensorDataset(rand([100, 2]), rand([100, 1]));
for await (const e of fit(model, train, {
  optimizer: new optim.Adam(model.parameters()),
  loss: new nn.MSELoss(),
}))
  console.log(e.loss);
