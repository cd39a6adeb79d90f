// node train.mjs <dist/index.js>: trains a small network for 50 steps of AdamW and prints a hash of its
// weights: 20 steps in eager mode, 20 on a native thread, 10 one call each, with 1 and with 3 threads. Every
// platform prints the same hash.
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";

const { backend, compile, data, manualSeed, nn, optim, rand, randint } = await import(
  pathToFileURL(process.argv[2]).href
);

async function train(threads) {
  backend.setThreads(threads);
  manualSeed(1);
  const model = new nn.Sequential(
    new nn.Linear(48, 64),
    new nn.LayerNorm([64]),
    new nn.GELU(),
    new nn.Dropout(0.1),
    new nn.Linear(64, 40),
    new nn.Tanh(),
    new nn.Linear(40, 10),
  );
  const optimizer = new optim.AdamW(model.parameters(), { lr: 3e-3 });
  const lossFn = new nn.CrossEntropyLoss();
  const x = rand([160, 48]);
  const y = randint(0, 10, [160]);
  const step = (input, labels) => {
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(input), labels);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const batches = () => new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 16, shuffle: true });
  for (let epoch = 0; epoch < 2; epoch++) for (const [input, labels] of batches()) step(input, labels);
  const compiled = compile(step);
  await compiled.run(batches(), { epochs: 2 });
  for (const [input, labels] of batches()) compiled(input, labels);
  const hash = createHash("sha256");
  for (const parameter of model.parameters())
    hash.update(new Uint8Array(Float32Array.from(parameter.contiguous().data).buffer));
  return hash.digest("hex").slice(0, 32);
}

const hashes = [await train(1), await train(3)];
console.log(
  JSON.stringify({
    hash: hashes[0] === hashes[1] ? hashes[0] : hashes.join(" and, with threads, "),
    backend: backend.name,
    isa: backend.isa,
    reason: backend.reason,
  }),
);
