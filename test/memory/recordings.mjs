// Records a step anew for each of many numbers, in one synchronous loop: the event loop never turns, so no
// finalizer ever runs, and what the recordings that are dropped hold has to be given back by hand. Prints
// resident memory in MB as steps.mjs does.
//
//   node recordings.mjs <recordings> <batch> <inputs> <hidden>
import { backend, compile, manualSeed, nn, optim, randn, tensor } from "../../dist/index.js";

const [recordings, batch, inputs, hidden] = process.argv.slice(2, 6).map(Number);

manualSeed(0);
process.on("warning", () => {});
const model = new nn.Sequential(new nn.Linear(inputs, hidden), new nn.Tanh(), new nn.Linear(hidden, 4));
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const lossFunction = new nn.CrossEntropyLoss();
const x = randn([batch, inputs]);
const y = tensor(
  Array.from({ length: batch }, (_, i) => i % 4),
  { dtype: "int32" },
);
const step = compile((x, y, _form) => {
  optimizer.zeroGrad();
  const loss = lossFunction.forward(model.forward(x), y);
  loss.backward();
  optimizer.step();
  return loss;
});
const rss = [];
let last = 0;
for (let form = 1; form <= recordings; form++) {
  last = step(x, y, form).item();
  if (form % (recordings / 100) === 0) rss.push(process.memoryUsage.rss() / 2 ** 20);
}
console.log(JSON.stringify({ backend: backend.name, rss, loss: last }));
