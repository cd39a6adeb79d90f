// A training run for checkpoint.test.ts, which kills it. Prints a line when steps are under way and one at
// the end.
import { createHash } from "node:crypto";
import { data, fit, manualSeed, nn, optim, randn, tensor } from "../../dist/index.js";

const [checkpoint, how] = process.argv.slice(2);
manualSeed(1);
const model = new nn.Sequential(
  new nn.Linear(64, 128),
  new nn.Dropout(0.1),
  new nn.ReLU(),
  new nn.Linear(128, 10),
);
const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3 });
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 2000 });
const set = new data.TensorDataset(
  randn([1000, 64]),
  tensor(Int32Array.from({ length: 1000 }, (_, i) => i % 10)),
);
const run = fit(model, set, {
  ...{ optimizer, scheduler, schedulerUnit: "step", epochs: 40, batchSize: 20, seed: 2, reportEvery: 5 },
  ...(how === "resume" ? { checkpoint, checkpointEvery: 30, resume: true } : {}),
});
let resumedAt;
for await (const event of run) {
  if (resumedAt === undefined) console.log(event.resumed?.step ?? 0);
  resumedAt = event.resumed?.step ?? 0;
}
const hash = createHash("sha256");
for (const parameter of model.parameters()) hash.update(Buffer.from(parameter.data.slice().buffer));
console.log(JSON.stringify({ hash: hash.digest("hex"), steps: (await run).steps, resumedAt }));
