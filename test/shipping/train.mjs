import { createHash } from "node:crypto";
import { backend, data, manualSeed, nn, optim } from "simdgrad";

/** Trains a small network, and returns a hash of its weights and what ran it. */
export function train() {
  const { x, y } = data.iris();
  manualSeed(1);
  const model = new nn.Sequential(new nn.Linear(4, 32), new nn.Tanh(), new nn.Linear(32, 3));
  const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
  const lossFn = new nn.CrossEntropyLoss();
  for (let step = 0; step < 50; step++) {
    optimizer.zeroGrad();
    lossFn.forward(model.forward(x), y).backward();
    optimizer.step();
  }
  const hash = createHash("sha256");
  for (const parameter of model.parameters()) hash.update(parameter.data);
  const result = { backend: backend.name, addon: backend.addonPath, hash: hash.digest("hex").slice(0, 16) };
  try {
    backend.use("wasm");
    backend.use(result.backend);
    return { ...result, wasm: "it loads" };
  } catch (error) {
    return { ...result, wasm: error.message };
  }
}
