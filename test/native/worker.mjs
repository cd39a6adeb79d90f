// Runs in a Worker: loads the addon, multiplies matrices with all threads, and sends a checksum of each
// product. The main thread of the test may not have loaded the addon.
import { createRequire } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

const addon = createRequire(import.meta.url)(workerData.path);
const block = new Float64Array(new SharedArrayBuffer(8 * 512));
addon.init(block);

const [m, n, k] = workerData.sizes;
const a = Float32Array.from({ length: m * k }, (_, i) => ((i * 7919) % 1009) / 1009 - 0.5);
const b = Float32Array.from({ length: k * n }, (_, i) => ((i * 104729) % 1013) / 1013 - 0.5);
const sums = [];
for (let round = 0; round < workerData.rounds; round++) {
  if (workerData.threads) addon.setThreads(workerData.threads[round]);
  const c = new Float32Array(m * n);
  block.set([1, m, n, k, 0, 0, k, 1, 0, 0, 1, k, 0, workerData.accumulate ? 1 : 0, 0, 0, m * n]);
  addon.kernels.gemm(a, b, null, c);
  // An integer sum, so that the order of additions does not matter.
  const words = new Int32Array(c.buffer);
  let sum = 0;
  for (let i = 0; i < words.length; i++) sum = (Math.imul(sum, 31) + words[i]) | 0;
  sums.push(sum);
}
parentPort.postMessage(sums);
