// Neurons in any directed acyclic graph, in topological order, trained by autograd; and backpropagation by
// hand through the same graph.
import { cat, manualSeed, nn, optim, type Tensor, tensor } from "simdgrad";

/** What each neuron reads: inputs and other neurons. */
type Graph = Readonly<Record<string, readonly string[]>>;
type Values = Record<string, Tensor>;

class NeuronGraph extends nn.Module {
  /** Each neuron comes after those that it reads. */
  readonly order: string[] = [];
  neurons: nn.Linear[];

  constructor(readonly graph: Graph) {
    super();
    const waits = (name: string) => name in graph && !this.order.includes(name);
    while (this.order.length < Object.keys(graph).length) {
      const next = Object.keys(graph).find((name) => waits(name) && !graph[name].some(waits));
      if (next === undefined) throw new Error("the graph has a cycle");
      this.order.push(next);
    }
    this.neurons = this.order.map((name) => new nn.Linear(graph[name].length, 1));
  }

  /** The values of all neurons, each [n, 1], from those of the inputs: tanh, and the last one linear. */
  forward(inputs: Values): Values {
    const values = { ...inputs };
    for (const [i, name] of this.order.entries()) {
      const read = this.graph[name].map((from) => values[from]);
      const z = this.neurons[i].forward(cat(read, 1));
      values[name] = name === this.order.at(-1) ? z : z.tanh();
    }
    return values;
  }
}

/** The delta of each neuron: what its readers send back, their delta times a weight, times its slope. */
function deltas({ graph, order, neurons }: NeuronGraph, values: Values, last: Tensor): Values {
  const [found, received]: Values[] = [{}, {}];
  for (const [i, name] of [...order.entries()].reverse()) {
    found[name] = received[name]?.mul(values[name].square().neg().add(1)) ?? last;
    for (const [j, from] of graph[name].entries()) {
      const sent = found[name].mul(neurons[i].weight.select(1, j));
      received[from] = received[from]?.add(sent) ?? sent;
    }
  }
  return found;
}

// The parity of three bits: 1 for an odd number of ones.
const [x1, x2, x3] = [2, 1, 0].map((n) => tensor([...Array(8).keys()].map((row) => [(row >> n) & 1])));
const bits = { x1, x2, x3 };
const odd = x1.add(x2).add(x3).remainder(2);
const loss = ({ out }: Values) => nn.functional.binaryCrossEntropyWithLogits(out, odd);

const all = ["x1", "x2", "x3"];
const layered = { out: ["a", "b"], a: all, b: all };
const dense = { out: [...all, "a", "b"], b: [...all, "a"], a: all };
for (const [name, graph] of Object.entries({ layered, dense })) {
  const right = Array.from({ length: 10 }, (_, seed) => {
    manualSeed(seed);
    const model = new NeuronGraph(graph);
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
    for (let step = 0; step < 800; step++) {
      optimizer.zeroGrad();
      loss(model.forward(bits)).backward();
      optimizer.step();
    }
    return model.forward(bits)["out"].gt(0).eq(odd.bool()).sum().item();
  });
  console.log(`${name}: of 8 rows right, from ten starts: ${right.join(" ")}`);
}
const model = new NeuronGraph(dense);
console.log("in the order", model.order.join(", "));
const values = model.forward(bits);
loss(values).backward();
const byHand = deltas(model, values, values["out"].sigmoid().sub(odd).div(8));
const gaps = model.neurons.map(({ bias }, i) => byHand[model.order[i]].sum().sub(bias!.grad!).abs().item());
console.log("deltas by hand and by autograd differ by at most", Math.max(...gaps).toExponential(0));
