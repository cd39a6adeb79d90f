// `fit` with shardOptimizer: what each rank keeps while it trains, and what all have afterwards.
// node parts.mjs eager|compiled
import * as distributed from "../../dist/distributed/index.js";
import { compile, data, fit, manualSeed, nn, optim, randn, tensor } from "../../dist/index.js";

await distributed.init();
manualSeed(2);
const model = new nn.Sequential(new nn.Linear(30, 40), new nn.ReLU(), new nn.Linear(40, 3));
const optimizer = new optim.Adam(model.parameters());
const whole = optimizer.stateParts.elements;
const set = new data.TensorDataset(randn([16, 30]), tensor(Int32Array.from({ length: 16 }, (_, i) => i % 3)));
const own = compile(() => {
  optimizer.zeroGrad();
  model.forward(set.tensors[0]).square().mean().backward();
  optimizer.step();
});
own();
const during = [];
const options = { optimizer, epochs: 2, batchSize: 8, shards: 4, compile: process.argv[2] === "compiled" };
for await (const { type } of fit(model, set, { ...options, seed: 1, shardOptimizer: true })) {
  if (type !== "epoch") continue;
  const gradients = model.parameters().map(({ grad }) => grad);
  try {
    optimizer.stateDict();
  } catch ({ code }) {
    during.push([optimizer.stateParts.elements / whole, code, gradients.every((grad) => grad === null)]);
  }
}
const moments = () => Object.values(optimizer.stateDict().state).map(({ expAvg }) => expAvg);
const before = moments().map((x) => x.clone());
// A step that was compiled before uses the state that was gathered.
own();
const moved = moments().every((x, i) => !x.equal(before[i]));
const all = await distributed.allGather(moments().reduce((sum, x) => sum.add(x.sum()), tensor(0)));
const same = all.every((other) => other.equal(all[0]));
const mine = { during, whole: optimizer.stateParts.elements === whole, moved, same };
for (let rank = 0; rank < distributed.worldSize; rank++) {
  if (rank === distributed.rank) console.log(JSON.stringify(mine));
  await distributed.barrier();
}
