// node --expose-gc job.mjs <addon> <script>: what happens to a job when its process, its Worker or its owner
// ends (job.test.ts).
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const [, , path, name] = isMainThread ? process.argv : [0, 0, workerData.path, workerData.name];
const addon = createRequire(import.meta.url)(path);
addon.init(new Float64Array(new SharedArrayBuffer(4096)));
addon.setThreads(2);

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const shared = (Type, n) => new Type(new SharedArrayBuffer(Type.BYTES_PER_ELEMENT * n));

/**
 * A program that counts its steps and computes a product, which uses two threads if `size` is large enough.
 */
function makeProgram(size, arenaBytes = 0) {
  const [a, b, c] = [0, 1, 2].map(() => shared(Float32Array, size * size));
  const steps = shared(Float64Array, 1);
  return {
    steps,
    program: addon.createProgram({
      kernels: Int32Array.from(["gemm", "increment"], (kernel) => addon.kernelNames.indexOf(kernel)),
      numberCounts: Int32Array.of(17, 2),
      arrayCounts: Int32Array.of(4, 1),
      numbers: Float64Array.of(
        1,
        size,
        size,
        size,
        0,
        0,
        size,
        1,
        0,
        0,
        size,
        1,
        0,
        0,
        0,
        0,
        size * size,
        1,
        0,
      ),
      refs: Int32Array.of(0, 1, -1, 2, 3),
      slotKinds: new Int32Array(4),
      slotTypes: Int32Array.of(1, 1, 1, 2),
      slotPlaces: Float64Array.of(0, 1, 2, 3),
      slotLengths: Float64Array.of(size * size, size * size, size * size, 1),
      externals: [a, b, c, steps],
      arenaBytes,
      advances: new Int32Array(0),
      chains: new Int32Array(0),
    }),
  };
}

/** Starts a job. It runs forever unless `times` is small. */
function start(size, times = 2 ** 50) {
  const { program, steps } = makeProgram(size);
  const control = shared(Int32Array, 1);
  const job = addon.startJob([{ program, params: [], offsets: [] }], 0, times, control);
  const begun = async () => {
    while (Atomics.load(control, 0) < 3) await sleep(1);
  };
  return { job, steps, control, begun };
}

function startWorker(script) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { path, name: script } });
  const begun = new Promise((resolve) => worker.once("message", resolve));
  const exit = new Promise((resolve) => worker.once("exit", resolve));
  return { worker, begun, exit };
}

const scripts = {
  natural() {
    start(1, 2e6).job.done.then(({ steps }) => console.log(`${steps} steps`));
  },
  async exit() {
    await Promise.all([start(200).begun(), start(1).begun()]);
    console.log("leaving");
    process.exit(7);
  },
  async exitPaused() {
    const { job } = start(64);
    await job.pause();
    job.pause();
    console.log("leaving");
    process.exit(7);
  },
  async throw() {
    await start(200).begun();
    console.log("leaving");
    throw new Error("nobody catches this");
  },
  async workers() {
    let ended = 0;
    for (let i = 0; i < 8; i++) {
      const all = ["runs", "runs", "leaves", "pauses"].map(startWorker);
      await Promise.all(all.map(({ begun }) => begun));
      for (const { worker } of all) worker.terminate();
      for (const { exit } of all) await exit.then(() => ended++);
    }
    console.log(`${ended} ended`);
  },
  async workerExit() {
    const all = ["runs", "runs", "pauses"].map(startWorker);
    await Promise.all(all.map(({ begun }) => begun));
    console.log("leaving");
    process.exit(7);
  },
  async collected() {
    const settle = async () => {
      for (let i = 0; i < 5; i++) {
        gc();
        await sleep(5);
      }
      return process.memoryUsage().external;
    };
    const before = await settle();
    for (let round = 0; round < 5; round++) {
      // Nothing but the job references the program, its arrays or the job's object.
      const { done, steps } = (() => {
        const { program, steps } = makeProgram(100, 1 << 24);
        const stages = [{ program, params: [], offsets: [] }];
        return { done: addon.startJob(stages, 0, 300, shared(Int32Array, 1)).done, steps };
      })();
      await settle();
      const result = await done;
      if (result.steps !== 300 || steps[0] !== 300)
        throw new Error(`${result.steps} steps, ${steps[0]} counted`);
    }
    console.log("counted");
    const megabytes = ((await settle()) - before) / 2 ** 20;
    console.log(megabytes < 20 ? "freed" : `${megabytes} MB left`);
  },
};

// What a Worker does: it reports that its job runs, and then waits for its end.
const inWorker = {
  async runs() {
    await start(150).begun();
    parentPort.postMessage("begun");
  },
  async leaves() {
    await Promise.all([start(150).begun(), start(1).begun()]);
    parentPort.postMessage("begun");
    process.exit(3);
  },
  async pauses() {
    const { job } = start(20);
    await job.pause();
    parentPort.postMessage("begun");
  },
};

await (isMainThread ? scripts : inWorker)[name]();
