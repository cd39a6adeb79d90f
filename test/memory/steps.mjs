// Trains a network in one synchronous loop: the event loop never turns, so no finalizer ever runs, and only
// V8's own collections can give memory back. Prints resident memory in MB, sampled a hundred times along the
// way, as JSON.
//
//   node steps.mjs <steps> <batch> <inputs> <hidden> [leak]   leak: keeps every loss, to see how that shows
import { backend, manualSeed, nn, optim, randn, tensor } from "../../dist/index.js";

const [steps, batch, inputs, hidden] = process.argv.slice(2, 6).map(Number);
const kept = process.argv[6] === "leak" ? [] : undefined;

manualSeed(0);
const model = new nn.Sequential(new nn.Linear(inputs, hidden), new nn.Tanh(), new nn.Linear(hidden, 4));
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const lossFunction = new nn.CrossEntropyLoss();
const x = randn([batch, inputs]);
const y = tensor(
  Array.from({ length: batch }, (_, i) => i % 4),
  { dtype: "int32" },
);
const rss = [];
let last = 0;
for (let step = 1; step <= steps; step++) {
  optimizer.zeroGrad();
  const loss = lossFunction.forward(model.forward(x), y);
  loss.backward();
  optimizer.step();
  last = loss.item();
  kept?.push(loss);
  if (step % (steps / 100) === 0) rss.push(process.memoryUsage.rss() / 2 ** 20);
}
console.log(JSON.stringify({ backend: backend.name, rss, loss: last }));
