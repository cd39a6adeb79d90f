// Two steps, then one in which the last backward of rank 1 fails, while gradients are exchanged.
// node broken.mjs eager|compiled
import * as distributed from "../../dist/distributed/index.js";
import { autograd, compile, manualSeed, nn, optim, randn, tensor } from "../../dist/index.js";

await distributed.init({ timeout: 60 });
const { rank } = distributed;
manualSeed(1);
const order = tensor(Int32Array.from({ length: 4 }, (_, i) => i));
/** Its gradient looks up rows whose numbers may be wrong. */
class Picked extends autograd.Function {
  static forward(_, x) {
    return x.clone();
  }
  static backward(_, g) {
    return g.indexSelect(0, order);
  }
}
const first = new nn.Linear(520, 520);
const rest = new nn.Sequential(new nn.Linear(520, 520), new nn.ReLU(), new nn.Linear(520, 520));
const model = new nn.ModuleList([first, rest]);
const ddp = new distributed.DistributedDataParallel(model);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const step = (x) => {
  optimizer.zeroGrad();
  const loss = ddp.backward([x], (part) =>
    rest
      .forward(Picked.apply(first.forward(part)))
      .square()
      .mean(),
  );
  optimizer.step();
  return loss;
};
const run = process.argv[2] === "compiled" ? compile(step) : step;
const x = randn([8, 520]);
try {
  for (let made = 0; ; made++) {
    if (made === 2) {
      if (rank === 1) order.data[3] = 99;
      else console.log(`rank 0: ${made} steps`);
    }
    run(x).item();
  }
} catch (error) {
  process.stderr.write(`rank ${rank}: ${error.code ?? error.name}: ${error.message}\n`);
  // With another code than 0, rank 1 would end rank 0 before that sees an error.
  process.exitCode = rank === 1 ? 0 : 3;
}
