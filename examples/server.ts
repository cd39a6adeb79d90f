// A server that answers while a model trains in the same process: the steps run on a native thread.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { data, fit, manualSeed, nn, optim } from "simdgrad";

manualSeed(0);
const { train } = await data.mnist();
const model = new nn.Sequential(
  new nn.Flatten(),
  new nn.Linear(784, 128),
  new nn.ReLU(),
  new nn.Linear(128, 10),
);
const run = fit(model, train, { optimizer: new optim.Adam(model.parameters()), epochs: 1, batchSize: 128 });

const server = createServer((_, response) => {
  const { epoch, step, steps, loss } = run.progress;
  response.end(JSON.stringify({ epoch, step, steps, loss }));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

let answers = 0;
let slowest = 0;
const visitor = setInterval(async () => {
  const asked = performance.now();
  const { step } = (await (await fetch(url)).json()) as { step: number };
  slowest = Math.max(slowest, performance.now() - asked);
  if (answers++ % 10 === 0) console.log(`asked while training: step ${step}`);
}, 50);

const { loss, steps } = await run;
clearInterval(visitor);
server.close();
console.log(
  `trained ${steps} steps to a loss of ${loss.toFixed(4)}; ${answers} answers, the slowest after ${slowest.toFixed(0)} ms`,
);
