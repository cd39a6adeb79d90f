// Runs a compiled step over epochs of one batch, each of them a job on a native thread. Prints what V8's heap
// holds after a collection of its young generation, in MB, each time the run reports.
//
//   node --expose-gc epochs.mjs <epochs>
import { compile, data, manualSeed, nn, randn, tensor } from "../../dist/index.js";

manualSeed(0);
const model = new nn.Linear(4, 2);
const lossFunction = new nn.CrossEntropyLoss();
const step = compile((x, y) => lossFunction.forward(model.forward(x), y));
const set = new data.TensorDataset(randn([8, 4]), tensor(new Int32Array(8)));
const heap = [];
await step.run(new data.DataLoader(set, { batchSize: 8 }), {
  epochs: Number(process.argv[2]),
  onProgress: ({ steps }) => {
    if (steps % 100 !== 0) return;
    globalThis.gc({ type: "minor" });
    heap.push(process.memoryUsage().heapUsed / 2 ** 20);
  },
});
console.log(JSON.stringify({ heap }));
