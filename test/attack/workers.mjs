// node workers.mjs <trials as JSON>: Workers that end in the middle of their work, in a process of their own
// (workers.test.ts).
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const library = new URL("../../dist/index.js", import.meta.url).href;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A small classifier and its data: stretches on the native thread are over within a millisecond, so that ends
 * meet them anywhere.
 */
function problem({ nn, optim, data, randn, randint }) {
  const model = new nn.Sequential(new nn.Linear(20, 64), new nn.ReLU(), new nn.Linear(64, 10));
  const [x, y] = [randn([96, 20]), randint(0, 10, [96])];
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  const lossFn = new nn.CrossEntropyLoss();
  const train = (...batch) => {
    optimizer.zeroGrad();
    const loss = lossFn.forward(model.forward(batch[0]), batch[1]);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { model, x, y, optimizer, train, set: new data.TensorDataset(x, y) };
}

/** What a Worker does until it ends. Each ends by itself too, much later than it is told to. */
const works = {
  async fit(lib) {
    const { model, set, optimizer } = problem(lib);
    await lib.fit(model, set, { optimizer, epochs: 3000, batchSize: 32 });
  },
  async run(lib) {
    const { set, train } = problem(lib);
    const step = lib.compile(train);
    await step.run(new lib.data.DataLoader(set, { batchSize: 32, shuffle: true }), { epochs: 3000 });
  },
  async evaluate(lib) {
    const { model, set } = problem(lib);
    for (let i = 0; i < 3000; i++) await lib.train.evaluate(model, set, { batchSize: 32 });
  },
  async several(lib) {
    await Promise.all([works.fit(lib), works.run(lib), works.evaluate(lib)]);
  },
  // Programs made and released, and replayed.
  async compile(lib) {
    const { x, y, train } = problem(lib);
    for (let i = 0; i < 300; i++) {
      const step = lib.compile(train);
      for (let j = 0; j < 20; j++) step(x, y);
      if (i % 10 === 9) await sleep(0);
    }
  },
  async eager(lib) {
    const { x, y, train } = problem(lib);
    for (let i = 0; i < 20_000; i++) {
      train(x, y);
      if (i % 100 === 99) await sleep(0);
    }
  },
  // The addon being loaded, again and again.
  async load({ backend }) {
    if (backend.name !== "native") return;
    const require = createRequire(import.meta.url);
    for (let i = 0; i < 300; i++) {
      require(workerData.addon);
      delete require.cache[workerData.addon];
    }
  },
};

if (isMainThread) {
  const [trials, addon] = JSON.parse(process.argv[2]);
  let ended = 0;
  for (const trial of trials) {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { ...trial, addon } });
    let complaint;
    worker.on("error", (error) => {
      if (error.message !== "nobody catches this") complaint = error;
    });
    worker.on("exit", () => {
      if (complaint) console.log(complaint);
      if (++ended === trials.length) console.log(`${ended} ended`);
    });
    if (trial.end === "terminate")
      worker.once("message", () => setTimeout(() => worker.terminate(), trial.delay));
    if (trial.end === "main") worker.once("message", () => setTimeout(() => process.exit(7), trial.delay));
  }
} else {
  const { work, end, delay, early } = workerData;
  const go = () => {
    if (end === "exit") setTimeout(() => process.exit(3), delay);
    if (end === "throw")
      setTimeout(() => {
        throw new Error("nobody catches this");
      }, delay);
    parentPort.postMessage("begun");
  };
  if (early) go();
  const lib = await import(library);
  if (!early) go();
  await works[work](lib);
}
