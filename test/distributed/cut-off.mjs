// Steps of a rank whose link goes down while it waits for an exchange: see cut_off.cc. `code` is that of the
// exit: a program may end as if nothing had happened.
// node --expose-gc cut-off.mjs eager|compiled code
import * as distributed from "../../dist/distributed/index.js";
import { compile, manualSeed, nn, optim, randn } from "../../dist/index.js";

await distributed.init();
manualSeed(1);
const model = new nn.Sequential(new nn.Linear(520, 520), new nn.ReLU(), new nn.Linear(520, 520));
const x = randn([8, 520]);

/** What steps did before and after the link went down. Nothing refers to their memory afterwards. */
function errorsOf(make) {
  const ddp = new distributed.DistributedDataParallel(model, { shards: 2 });
  const optimizer = new optim.Adam(model.parameters());
  const run = make((x) => {
    optimizer.zeroGrad();
    const loss = ddp.backward([x], (part) => ddp.forward(part).square().mean());
    optimizer.step();
    return loss;
  });
  const before = [run(x), run(x)].map((loss) => loss.item());
  const weights = model.parameters().map((param) => param.data.slice());
  process.env.CUT_OFF = "1";
  // The first fails at its exchange, and the second because no exchange can follow a failure.
  const errors = [1, 2].map(() => {
    try {
      return run(x).item();
    } catch ({ code, message }) {
      return `${code}: ${message}`;
    }
  });
  optimizer.zeroGrad();
  const same = model.parameters().every(({ data }, i) => data.every((value, j) => value === weights[i][j]));
  return { learns: before[1] < before[0], errors, same };
}

const seen = errorsOf(process.argv[2] === "compiled" ? compile : (step) => step);
for (let i = 0; i < 3; i++) {
  await new Promise((resolve) => setImmediate(resolve));
  gc();
}
// What was under way arrives.
await distributed.barrier();
process.stdout.write(`${JSON.stringify(seen)}\n`);
process.exit(Number(process.argv[3]));
