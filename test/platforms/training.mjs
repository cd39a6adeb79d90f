/**
 * Trains a small network for 50 steps of AdamW: 20 in eager mode, 20 by `run` (on a native thread, where
 * there is one), 10 one call each. Returns the bytes of its weights, which are the same on every platform.
 */
export async function train({ compile, data, manualSeed, nn, optim, rand, randint }) {
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
  const values = model.parameters().flatMap((parameter) => Array.from(parameter.contiguous().data));
  return new Uint8Array(Float32Array.from(values).buffer);
}
