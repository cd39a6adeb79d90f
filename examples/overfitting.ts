// Overfitting: a large network memorizes noise. L2, L1, dropout and early stopping reduce that.
import { data, manualSeed, nn, noGrad, optim, type Tensor, train } from "simdgrad";
import * as plot from "simdgrad/plot";

const { binaryCrossEntropyWithLogits: loss } = nn.functional;

/**
 * `l1` times the sum of the weights' absolute values is added to the loss. `patience`: the number of
 * validations without improvement before training stops.
 */
type Remedy = { weightDecay?: number; l1?: number; dropout?: number; patience?: number };
const remedies: Record<string, Remedy> = {
  nothing: {},
  L2: { weightDecay: 0.03 },
  L1: { l1: 0.005 },
  dropout: { dropout: 0.5 },
  "early stopping": { patience: 6 },
};
/** Steps between two validations. */
const every = 5;
const steps = (losses: number[]) => ({ x: losses.map((_, i) => every * (i + 1)), y: losses });
const points = (n: number, noise: number, seed: number) => {
  const { x, y } = data.playground.xor({ n, noise, seed });
  return { x, y: y.float().unsqueeze(1) };
};

function run(noise: number, { weightDecay = 0, l1 = 0, dropout = 0, patience = 1000 }: Remedy) {
  const [seen, unseen] = [points(100, noise, 1), points(500, noise, 2)];
  manualSeed(0);
  const hidden = (inputs: number) => [new nn.Linear(inputs, 40), new nn.Tanh(), new nn.Dropout(dropout)];
  const model = new nn.Sequential(...hidden(2), ...hidden(40), new nn.Linear(40, 1));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01, weightDecay });
  const weights = model.parameters().filter(({ ndim }) => ndim === 2);
  const stopping = new train.EarlyStopping({ patience });
  const judge = ({ x, y }: { x: Tensor; y: Tensor }) => {
    const output = noGrad(() => model.eval().forward(x));
    return { loss: loss(output, y).item(), right: output.gt(0).eq(y.bool()).sum().item() / y.numel };
  };
  const curves = { seen: [] as number[], unseen: [] as number[] };
  for (let step = 1; step <= 400 && !stopping.stopped; step++) {
    optimizer.zeroGrad();
    const size = weights.map((w) => w.abs().sum()).reduce((a, b) => a.add(b));
    loss(model.train().forward(seen.x), seen.y).add(size.mul(l1)).backward();
    optimizer.step();
    if (step % every !== 0) continue;
    curves.seen.push(judge(seen).loss);
    curves.unseen.push(judge(unseen).loss);
    stopping.step(curves.unseen.at(-1)!, model);
  }
  if (patience < 1000) stopping.restore(model);
  return { curves, seen: judge(seen), unseen: judge(unseen), best: stopping.bestStep };
}

for (const noise of [0.25, 0.5]) {
  console.log(`noise ${noise}       seen points    other points    loss of other points`);
  const validation: Record<string, plot.Curve> = {};
  for (const [name, remedy] of Object.entries(remedies)) {
    const { curves, seen, unseen, best } = run(noise, remedy);
    const share = ({ right }: typeof seen) => `${(100 * right).toFixed(1)} %`.padStart(15);
    console.log(name.padEnd(14), share(seen), share(unseen), unseen.loss.toFixed(3).padStart(15));
    if (noise !== 0.5) continue;
    if (remedy.patience === undefined) validation[name] = steps(curves.unseen);
    else console.log(`stopped after ${every * curves.seen.length} steps, the best was step ${every * best}`);
    if (name !== "nothing") continue;
    await plot.curves(
      "overfitting.svg",
      {
        "100 seen points": steps(curves.seen),
        "500 other points": steps(curves.unseen),
        "best step": { x: [every * best], y: [curves.unseen[best - 1]], points: true },
      },
      { title: "A large network learns noise by heart", xLabel: "step", yLabel: "cross-entropy" },
    );
  }
  if (noise === 0.5)
    await plot.curves("overfitting-remedies.svg", validation, {
      ...{ title: "Loss of points that were not seen", xLabel: "step", yLabel: "cross-entropy", start: 1 },
    });
}
