// A loop of one's own with DistributedDataParallel: prints a hash of all that it leaves, and the losses.
import { createHash } from "node:crypto";
import * as distributed from "../../dist/distributed/index.js";
import { compile, manualSeed, nn, optim, randn, Tensor, tensor } from "../../dist/index.js";

const shards = Number(process.argv[2]);
await distributed.init();
const hashes = [];
for (const how of ["eager", "compiled"]) hashes.push(await trained(how));
if (distributed.rank === 0) console.log(hashes.join(" "));

async function trained(how) {
  // Rank 0 decides: the others start from something else.
  manualSeed(1 + distributed.rank);
  const { Conv2d, BatchNorm2d, ReLU, Flatten, Dropout, Linear, Sequential } = nn;
  const model = new Sequential(
    new Conv2d(1, 4, 3),
    new BatchNorm2d(4),
    new ReLU(),
    new Flatten(),
    new Dropout(0.3),
    new Linear(4 * 36, 3),
  );
  const ddp = new distributed.DistributedDataParallel(model, { shards });
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const lossFn = new nn.CrossEntropyLoss();
  manualSeed(5);
  const x = randn([44, 1, 8, 8]);
  const y = tensor(Int32Array.from({ length: 44 }, (_, i) => i % 3));
  const step = (bx, by) => {
    optimizer.zeroGrad();
    const loss = ddp.backward([bx, by], (px, py) => lossFn.forward(ddp.forward(px), py));
    optimizer.step();
    return loss;
  };
  const run = how === "compiled" ? compile(step) : step;
  const losses = [];
  for (let epoch = 0; epoch < 2; epoch++)
    // The last batch is short.
    for (let i = 0; i < 44; i += 16)
      losses.push(
        run(x.slice([i, Math.min(44, i + 16)]).clone(), y.slice([i, Math.min(44, i + 16)]).clone()).item(),
      );
  const hash = createHash("sha256");
  const entries = Object.values(optimizer.stateDict().state).flatMap((entry) => Object.values(entry));
  for (const t of [...Object.values(model.stateDict()), ...entries])
    if (t instanceof Tensor) hash.update(t.contiguous().data);
  hash.update(Float64Array.from(losses));
  const all = await distributed.allGather(tensor(Uint8Array.from(hash.digest())));
  const same = all.every((other) => other.equal(all[0]));
  return `${same ? "same" : "different"} ${Buffer.from(all[0].data).toString("hex").slice(0, 16)}`;
}
