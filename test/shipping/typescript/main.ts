import { backend, data, manualSeed, nn, optim, type Tensor } from "simdgrad";
import { decisionBoundary } from "simdgrad/plot";
import { train } from "./train.cjs";

class Net extends nn.Module {
  hidden = new nn.Linear(4, 8);
  out = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.out.forward(this.hidden.forward(x).relu());
  }
}
manualSeed(1);
const net = new Net();
const { x, y } = data.iris();
const loss: Tensor = new nn.CrossEntropyLoss().forward(net.forward(x), y);
loss.backward();
new optim.SGD(net.parameters(), { lr: 0.1 }).step();
const name: "js" | "wasm" | "native" = backend.name;
if (typeof decisionBoundary !== "function" || !(loss.item() > 0) || name === "js") throw new Error(name);
console.log(JSON.stringify(train()));
