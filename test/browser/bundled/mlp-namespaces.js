/** The same with namespaces of the library itself. */
import { nn, optim, tensor } from "simdgrad";

const model = new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
const lossFn = new nn.MSELoss();
const [x, y] = [tensor([[1, 2]]), tensor([[1]])];
for (let step = 0; step < 100; step++) {
  optimizer.zeroGrad();
  const loss = lossFn.forward(model.forward(x), y);
  loss.backward();
  optimizer.step();
  console.log(loss.item());
}
