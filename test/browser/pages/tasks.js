/** What the tests run in a page or in a Worker. Each task takes the library and returns JSON. */
import { train } from "/platforms/training.mjs";

/** The code of the error that `act` throws or rejects with, and its message. */
async function refused(act) {
  try {
    await act();
    return "not refused";
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}

async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .slice(0, 32);
}

const described = ({ backend }) => ({
  ...{ name: backend.name, isa: backend.isa, reason: backend.reason, threads: backend.threads },
});

function network({ data, nn, optim, rand, randint, manualSeed }) {
  manualSeed(3);
  const model = new nn.Sequential(new nn.Linear(20, 64), new nn.ReLU(), new nn.Linear(64, 4));
  const train = new data.TensorDataset(rand([2000, 20]), randint(0, 4, [2000]));
  return { model, train, optimizer: new optim.Adam(model.parameters(), { lr: 1e-3 }) };
}

export const tasks = {
  async train(simdgrad, { source }) {
    const loaded = await simdgrad.backend.load(source);
    return { loaded, hash: await hashOf(await train(simdgrad)), ...described(simdgrad) };
  },

  /** Products and a training run with all threads, and products with one. */
  async threads(simdgrad) {
    const { backend, manualSeed, noGrad, randn } = simdgrad;
    await backend.load();
    const product = () => {
      manualSeed(5);
      const x = randn([300, 300]);
      return hashOf(noGrad(() => x.matmul(x)).data.slice());
    };
    const products = new Set();
    // Another thread may be late for a product. A page without threads makes a few.
    for (let i = 0; i < (backend.threads > 1 ? 1000 : 3) && backend.workerChunks === 0; i++)
      products.add(await product());
    const found = { ...described(simdgrad), shared: backend.workerChunks > 0 };
    const hash = await hashOf(await train(simdgrad));
    backend.setThreads(1);
    products.add(await product());
    return { ...found, hash, products: products.size };
  },

  async core(simdgrad) {
    return { hash: await hashOf(await train(simdgrad)), ...described(simdgrad) };
  },

  /** `fit` with events, while timers go on. */
  async fit(simdgrad) {
    await simdgrad.backend.load();
    const { model, train, optimizer } = network(simdgrad);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const events = [];
    for await (const { type, epoch, step } of simdgrad.fit(model, train, {
      optimizer,
      epochs: 3,
      batchSize: 20,
      reportEvery: 0,
    }))
      events.push(`${type} ${epoch} ${step}`);
    clearInterval(timer);
    const { loss } = await simdgrad.train.evaluate(model, train, { batchSize: 500 });
    return { events: events.length, last: events.at(-1), ticks: ticks > 0, loss };
  },

  /** What comes by `fetch`, as Files and as bytes. */
  async data(simdgrad) {
    const { data, io, nn } = simdgrad;
    const images = await data.readIdx("/data/images-idx3-ubyte");
    const gzipped = await data.readIdx(new URL("/data/images-idx3-ubyte.gz", location.href));
    const raw = new Uint8Array(await (await fetch("/data/images-idx3-ubyte")).arrayBuffer());
    const fromFile = await data.readIdx(new File([raw], "images"));
    const { train, test } = await data.mnist({ dir: "/data/mnist", mean: 0.5, std: 0.5 });
    const model = new nn.Linear(3, 2);
    const bytes = io.encodeSafetensors(model.stateDict(), { note: "from a page" });
    const { tensors, metadata } = await io.readSafetensors(new Blob([bytes]));
    const again = await io.loadSafetensors(bytes);
    const csv = await data.readCsv(new File(["a,b,c\n1,2,x\n3,4,y\n"], "t.csv"), { columns: { c: "label" } });
    return {
      images: images.toArray(),
      same: [gzipped, fromFile].every((x) => simdgrad.equal(x, images)),
      mnist: [train.length, test.length],
      weights: ["weight", "bias"].every(
        (name) => simdgrad.equal(tensors[name], model[name]) && simdgrad.equal(again[name], model[name]),
      ),
      metadata,
      csv: [csv.x.toArray(), csv.y.toArray(), csv.classes],
      iris: data.iris().x.shape,
      printed: String(new nn.Sequential(model)),
    };
  },

  /** What a browser cannot do, and bad files. */
  async refused(simdgrad) {
    const { backend, data, fit, io, nn } = simdgrad;
    const { model, train, optimizer } = network(simdgrad);
    const gzip = new Uint8Array(await (await fetch("/data/images-idx3-ubyte.gz")).arrayBuffer());
    const larger = new Uint8Array(await (await fetch("/data/larger.gz")).arrayBuffer());
    return {
      save: await refused(() => io.saveSafetensors("m.safetensors", model.stateDict())),
      saveSync: await refused(() => io.saveSafetensorsSync("m.safetensors", model.stateDict())),
      loadSync: await refused(() => io.loadSafetensorsSync("m.safetensors")),
      report: await refused(() => fit(model, train, { optimizer, report: "run.html" })),
      checkpoint: await refused(() => fit(model, train, { optimizer, checkpoint: "run.ckpt" })),
      gzipSync: await refused(() => data.readIdxSync(gzip)),
      native: await refused(() => backend.use("native")),
      wasm: await refused(() => backend.use("wasm")),
      missing: await refused(() => io.loadSafetensors("/none.safetensors")),
      page: await refused(() => data.readIdx("/page.html")),
      mnist: await refused(() => data.mnist()),
      mnistMissing: await refused(() => data.mnist({ dir: "/none" })),
      broken: await refused(() => data.readIdx(gzip.subarray(0, gzip.length - 9))),
      larger: await refused(() => data.readIdx(larger)),
      noTensor: await refused(() => new nn.Linear(3, 2).forward(3)),
    };
  },

  /** The module arrives after a program was recorded. */
  async late(simdgrad) {
    const { backend, compile, tensor } = simdgrad;
    const double = compile((x) => x.mul(2));
    const loading = backend.load();
    double(tensor([1]));
    const answer = await refused(() => loading);
    const kept = backend.name;
    backend.use("wasm");
    return { answer, kept, after: backend.name, value: double(tensor([4])).toArray() };
  },
};
