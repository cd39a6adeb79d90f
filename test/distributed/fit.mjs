// A training run by `fit`: prints hashes of the model and of the checkpoint, and the last metrics.
// node fit.mjs network how checkpoint [shards [epochs [what [report]]]]
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as distributed from "../../dist/distributed/index.js";
import { data, fit, manualSeed, nn, optim, randn, tensor } from "../../dist/index.js";

const [network, how, checkpoint, shards, epochs = "3", what = "", report] = process.argv.slice(2);
const networks = {
  mlp: () =>
    new nn.Sequential(new nn.Linear(64, 32), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(32, 3)),
  cnn: () =>
    new nn.Sequential(
      new nn.Unflatten(1, [1, 8, 8]),
      new nn.Conv2d(1, 4, 3),
      new nn.BatchNorm2d(4),
      new nn.ReLU(),
      new nn.Flatten(),
      new nn.Dropout(0.3),
      new nn.Linear(4 * 36, 3),
    ),
  // Its gradients fill several buckets.
  wide: () =>
    new nn.Sequential(
      new nn.Linear(64, 520),
      new nn.ReLU(),
      new nn.Linear(520, 520),
      new nn.BatchNorm1d(520),
      new nn.ReLU(),
      new nn.Linear(520, 520),
      new nn.ReLU(),
      new nn.Linear(520, 3),
    ),
};
manualSeed(7);
// 50 samples: the last batch of an epoch has 2 of 16, fewer than there are shards.
const count = network === "mlp" ? 50 : 44;
const inputs = randn([count, 64]);
const labels = tensor(Int32Array.from({ length: count }, (_, i) => i % 3));
const rank = Number(process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK ?? 0);
// Rank 0 decides what all begin with.
manualSeed(8 + rank);
const model = networks[network]();
if (what === "other" && rank === 1) model.extra = new nn.Linear(2, 2);
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 12 });
const set = new data.TensorDataset(inputs, labels);
if (what === "nan" && rank === 0) set.tensors[0].fill_(Number.NaN);
const controller = new AbortController();
const run = fit(model, set, {
  ...{
    optimizer,
    scheduler,
    schedulerUnit: "step",
    batchSize: 16,
    epochs: Number(epochs),
    signal: controller.signal,
  },
  ...{
    checkpoint,
    checkpointEvery: 2,
    resume: true,
    compile: how === "compiled",
  },
  ...(shards > 0 ? { shards: Number(shards) } : {}),
  ...(process.env.SHARD_OPTIMIZER ? { shardOptimizer: true } : {}),
  validation: new data.TensorDataset(inputs.slice([0, 40]).clone(), labels.slice([0, 40]).clone()),
  reportEvery: what === "" ? 100 : 0,
  ...(report === undefined ? {} : { report }),
});
const print = (last) => {
  const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const weights = createHash("sha256");
  for (const x of Object.values(model.stateDict())) weights.update(x.contiguous().data);
  const { loss, accuracy, validation } = last ?? {}; // nothing was left of a run that goes on
  const metrics = [loss, accuracy, validation?.loss, validation?.accuracy];
  if (rank === 0)
    console.log(weights.digest("hex").slice(0, 12), hash(readFileSync(checkpoint)), metrics.join(" "));
};
try {
  let last;
  for await (const event of run) {
    last = event;
    if (what === "break" && rank === 0 && event.step === 5) break;
    if (what === "abort" && rank === distributed.worldSize - 1 && event.step === 5) controller.abort();
    if (what === "kill" && rank === distributed.worldSize - 1 && event.step === 7)
      process.kill(process.pid, "SIGKILL");
    if (what === "throw" && rank === distributed.worldSize - 1 && event.step === 7) throw new Error("broken");
  }
  if (what === "break") console.log(`rank ${rank} at ${run.progress.step}`);
  print(last);
} catch (error) {
  process.stderr.write(`rank ${rank}: ${error.code ?? error.name}: ${error.message}\n`);
  // The end of one rank ends the others, which shall say first what they have seen.
  if (what === "nan") await new Promise((done) => setTimeout(done, 2000));
  process.exit(3);
}
