// A server that answers while a model trains in the same process. The steps run on a native thread;
// predictions come from a second model, which loads a snapshot of the first one from time to time.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { data, fit, manualSeed, nn, noGrad, optim } from "simdgrad";

const makeModel = () =>
  new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 256), new nn.ReLU(), new nn.Linear(256, 10));

manualSeed(0);
const { train, test } = await data.mnist();
const model = makeModel();
const served = makeModel();
const run = fit(model, train, { optimizer: new optim.Adam(model.parameters()), epochs: 2, batchSize: 128 });

const server = createServer((request, response) => {
  const image = Number(request.url?.slice(1)) % test.length;
  const [x, label] = test.batch(Int32Array.of(image));
  const predicted = noGrad(() => served.forward(x).argmax(1).item());
  response.end(JSON.stringify({ step: run.progress.step, image, predicted, label: label.item() }));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const refresh = setInterval(async () => served.loadStateDict(await model.snapshot()), 100);
let answers = 0;
let right = 0;
let slowest = 0;
const visitor = setInterval(async () => {
  const asked = performance.now();
  const answer = await (await fetch(`${url}/${7 * answers}`)).json();
  const { step, predicted, label } = answer as { step: number; predicted: number; label: number };
  slowest = Math.max(slowest, performance.now() - asked);
  right += Number(predicted === label);
  if (answers++ % 10 === 0)
    console.log(`asked while training: step ${step}, a ${label} taken for a ${predicted}`);
}, 50);

const { loss, steps } = await run;
clearInterval(visitor);
clearInterval(refresh);
server.close();
console.log(`trained ${steps} steps to a loss of ${loss.toFixed(4)}`);
console.log(`${answers} answers, ${right} of them right, the slowest after ${slowest.toFixed(0)} ms`);
