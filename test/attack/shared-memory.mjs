// node shared-memory.mjs <backend> <rounds>
//
// Runs every kernel that takes indices, labels or windows while a worker writes over them: each stands for a
// moment far outside. A call does it or refuses; nothing outside of its outputs changes. Prints a line for
// each kernel; a crash ends the process.
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { backend, changing } from "../../dist/kernels/backend.js";

const count = 600;
const length = 50;
const wild = [2 ** 31 - 1, -(2 ** 31), 2 ** 24, -1, length];

if (!isMainThread) {
  const { written, running } = workerData;
  // At any time one value is wrong at most, so that many checks find none.
  for (let turn = 0; Atomics.load(running, 0) === 1; turn++)
    for (const array of written)
      for (let j = 0; j < array.length; j += 7) {
        const before = array[j];
        array[j] = wild[turn % wild.length];
        for (let wait = 0; wait < 20; wait++) Atomics.load(running, 0);
        array[j] = before;
      }
} else {
  const [name, rounds] = process.argv.slice(2);
  backend.use(name);
  const { k } = changing;
  const shared = (n) => new Int32Array(new SharedArrayBuffer(4 * n));
  const indices = shared(count);
  for (let j = 0; j < count; j++) indices[j] = (j * 7) % length;
  const few = shared(count);
  // Windows of two over planes of 10 x 10: 5 rows, then 5 columns.
  const ends = shared(20);
  for (let i = 0; i < 10; i++) ends.set([(2 * i) % 10, ((2 * i) % 10) + 2], 2 * i);
  const running = shared(1);
  running[0] = 1;
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { written: [indices, few, ends], running },
  });
  await new Promise((resolve) => worker.once("online", resolve));

  const margin = 256;
  const guard = 123;
  /** An array between margins that nobody may write. */
  const guarded = (n, Type = Float32Array) => {
    const memory = new Type(n + 2 * margin).fill(guard);
    memory.fill(1, margin, margin + n);
    return memory;
  };
  const i = indices;
  const classes = length;
  const inner = 4;
  const f = (n) => new Float32Array(n).fill(1);
  const calls = {
    indexSelect: [
      (out) => k.indexSelect(2, length, inner, count, f(2 * length * inner), 0, i, 0, out, margin),
      2 * count * inner,
    ],
    indexAdd: [
      (out) => k.indexAdd(2, length, inner, count, i, 0, f(2 * count * inner), 0, out, margin),
      2 * length * inner,
    ],
    gather: [(out) => k.gather(1, length, 3, 200, f(length * 3), 0, i, 0, out, margin), count],
    scatterAdd: [(out) => k.scatterAdd(1, length, 3, 200, i, 0, f(count), 0, out, margin), length * 3],
    scatterReduce: [
      (out) => k.scatterReduce("max", 1, length, 3, 200, i, 0, f(count), 0, out, margin),
      length * 3,
    ],
    takeRows: [
      (out) => k.takeRows(count, length, inner, 1, 0, f(length * inner), 0, i, 0, out, margin),
      count * inner,
    ],
    crossEntropy: [
      (out) =>
        k.crossEntropy(
          1,
          count,
          classes,
          0,
          -100,
          f(count * classes),
          0,
          i,
          0,
          f(classes),
          0,
          out,
          margin,
          f(count + 1),
          0,
        ),
      1,
    ],
    crossEntropyGrad: [
      (out) =>
        k.crossEntropyGrad(
          1,
          count,
          classes,
          0,
          -100,
          f(count * classes),
          0,
          i,
          0,
          f(classes),
          0,
          f(count + 1),
          0,
          f(1),
          0,
          out,
          margin,
        ),
      count * classes,
    ],
    crossEntropyGradOfFew: [
      (out) =>
        k.crossEntropyGrad(
          1,
          count,
          3,
          0,
          -100,
          f(count * 3),
          0,
          few,
          0,
          null,
          0,
          f(count + 1),
          0,
          f(1),
          0,
          out,
          margin,
        ),
      count * 3,
    ],
    tally: [
      (out) => k.tally(count, classes, f(count * classes), 0, i, 0, f(1), 0, out, margin),
      3,
      Float64Array,
    ],
    searchSorted: [
      (out) => k.searchSorted(0, 1, count, 10, i, 0, new Int32Array(10), 0, out, margin),
      10,
      Int32Array,
    ],
    maxPool2d: [
      (out) => k.maxPool2d(3, 10, 10, 5, 5, 1, 1, ends, 0, f(300), 0, out, margin, new Int32Array(75), 0),
      75,
    ],
    maxPool2dGrad: [(out) => k.maxPool2dGrad(1, length, count, i, 0, f(count), 0, out, margin), length],
    avgPool2d: [(out) => k.avgPool2d(3, 10, 10, 5, 5, ends, 0, f(25), 0, f(300), 0, out, margin), 75],
    avgPool2dGrad: [(out) => k.avgPool2dGrad(3, 10, 10, 5, 5, ends, 0, f(25), 0, f(75), 0, out, margin), 300],
  };
  for (const [kernel, [run, size, Type]] of Object.entries(calls)) {
    process.stdout.write(`${kernel}: `);
    const answers = { done: 0, refused: 0 };
    for (let round = 0; round < Number(rounds); round++) {
      const out = guarded(size, Type);
      answers[run(out) === -1 ? "done" : "refused"]++;
      const outside = [...out.subarray(0, margin), ...out.subarray(margin + size)];
      if (!outside.every((x) => x === guard)) throw new Error("wrote outside of its output");
    }
    console.log(`${answers.done} done, ${answers.refused} refused`);
  }
  Atomics.store(running, 0, 0);
  await new Promise((resolve) => worker.once("exit", resolve));
  console.log("all came through");
}
