/** Training steps of a network on one rank or several, compiled. Rank 0 says what it measured. */
import { backend, compile, manualSeed, nn, optim, randint, randn, type Tensor } from "simdgrad";
import * as distributed from "simdgrad/distributed";
import { perceptron } from "../perceptron.js";
import { networks } from "../zoo/networks.js";

export interface RanksGiven {
  /** Widths of a perceptron, or a network of the zoo. */
  network: readonly number[] | "resnet";
  batch: number;
  /** Parts of a batch; 0: a loop that knows nothing of ranks. */
  shards: number;
  /** Whether `distributed.init` is called, which a loop for one process need not. */
  init: boolean;
  /** Steps of a round, and rounds. */
  steps: number;
  rounds: number;
}

export interface RanksTimes {
  ranks: number;
  threads: number;
  library: string | null;
  /** Milliseconds a step in the fastest round. */
  best: number;
  loss: number;
}

/** ResNet-20. */
const resnetSizes = { blocks: 3, width: 16 };

function prepare({ network, batch }: RanksGiven): { model: nn.Module; x: Tensor; y: Tensor } {
  if (network === "resnet") {
    const [x, y] = networks.resnet.batch({ ...resnetSizes, batch });
    return { model: networks.resnet.model(resnetSizes), x, y };
  }
  return {
    model: perceptron(network),
    x: randn([batch, network[0]]),
    y: randint(network.at(-1)!, [batch]),
  };
}

const given = JSON.parse(process.argv[2]) as RanksGiven;
if (given.init) await distributed.init();
manualSeed(0);
const { model, x, y } = prepare(given);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
const loss = new nn.CrossEntropyLoss();
const { shards } = given;
const parallel = shards > 0 ? new distributed.DistributedDataParallel(model, { shards }) : undefined;
const step = compile((x: Tensor, y: Tensor) => {
  optimizer.zeroGrad();
  let value: Tensor;
  if (parallel === undefined) {
    value = loss.forward(model.forward(x) as Tensor, y);
    value.backward();
  } else {
    value = parallel.backward([x, y], (x, y) => loss.forward(parallel.forward(x) as Tensor, y));
  }
  optimizer.step();
  return value;
});
let last = step(x, y).item();
let best = Number.POSITIVE_INFINITY;
for (let round = 0; round < given.rounds; round++) {
  const start = performance.now();
  for (let i = 0; i < given.steps; i++) last = step(x, y).item();
  best = Math.min(best, (performance.now() - start) / given.steps);
}
if (distributed.rank === 0) {
  const { worldSize: ranks, library } = distributed;
  console.log(JSON.stringify({ name: `simdgrad ${backend.name} ${backend.isa}` }));
  console.log(
    JSON.stringify({ ranks, threads: backend.threads, library, best, loss: last } satisfies RanksTimes),
  );
}
