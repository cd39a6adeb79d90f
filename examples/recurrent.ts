// A recurrent network adds two binary numbers digit by digit, as on paper. What it has to remember is the
// carry; nobody tells it.
import { cat, corrcoef, manualSeed, nn, noGrad, optim, randint, stack, type Tensor } from "simdgrad";
import * as plot from "simdgrad/plot";

const loss = nn.functional.binaryCrossEntropyWithLogits;
const units = 6;

/** `n` pairs of numbers, lowest digit first: x [length, n, 2]; the digits of their sums: y [length, n, 1]. */
function sums(length: number, n: number) {
  const x = randint(0, 2, [length, n, 2]).float();
  const [digits, carries]: Tensor[][] = [[], []];
  let carry = x.select(0, 0).sum(1).mul(0);
  for (const pair of x.unbind(0)) {
    const total = pair.sum(1).add(carry);
    digits.push(total.remainder(2));
    carry = total.ge(2).float();
    carries.push(carry);
  }
  return { x, y: stack(digits).unsqueeze(2), carries: stack(carries) };
}

/** The output of a recurrent layer is its state after each step, [length, n, units]. */
class States extends nn.Module {
  constructor(readonly layer: nn.RNN | nn.GRU | nn.LSTM) {
    super();
  }

  forward(x: Tensor): Tensor {
    return this.layer.forward(x)[0];
  }
}

const kinds = {
  "no memory": () => [new nn.Linear(2, units), new nn.Tanh()],
  RNN: () => [new States(new nn.RNN(2, units))],
  GRU: () => [new States(new nn.GRU(2, units))],
  LSTM: () => [new States(new nn.LSTM(2, units))],
};
const models: Record<string, nn.Sequential> = {};
for (const [name, make] of Object.entries(kinds)) {
  manualSeed(0);
  const model = new nn.Sequential(...make(), new nn.Linear(units, 1));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  for (let step = 0; step < 500; step++) {
    const { x, y } = sums(8, 32);
    optimizer.zeroGrad();
    loss(model.forward(x), y).backward();
    optimizer.step();
  }
  const { x, y } = sums(100, 200);
  const right = noGrad(() => model.forward(x).gt(0).eq(y.bool()));
  const [digits, whole] = [(100 * right.float().mean().item()).toFixed(1), right.all(0).sum().item()];
  console.log(`${name}: ${digits} % of the digits, ${whole} of 200 sums of 100 digits right`);
  models[name] = model;
}

// The unit of the RNN that follows the carry most closely.
const { x, carries } = sums(24, 1);
const states = noGrad(() => [...models["RNN"]][0].forward(x) as Tensor).select(1, 0); // [24, units]
const carry = carries.select(1, 0);
const agreement = corrcoef(cat([carry.unsqueeze(0), states.T]))
  .select(0, 0)
  .narrow(0, 1, units);
const best = agreement.abs().argmax().item();
const correlation = agreement.select(0, best).item();
console.log(`unit ${best} and the carry: correlation ${correlation.toFixed(3)}`);
const unit = states.select(1, best).mul(Math.sign(correlation));
await plot.curves(
  "recurrent.svg",
  { carry, [`unit ${best} of the RNN`]: unit },
  {
    title: "What it remembers",
    xLabel: "digit, from the lowest",
    yLabel: "output",
    width: 1100,
    height: 480,
  },
);
