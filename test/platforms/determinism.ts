/**
 * node determinism.mjs [every]: makes the training runs of test/determinism, or every n-th of them, in eager
 * mode and by `step.run`, with one and with two threads, and prints the bits of each as JSON.
 * tools/test-platforms.js bundles this file and compares the bits with test/fixtures/training-bits.
 */

import { backend } from "../../src/index.js";
import { networks } from "../determinism/networks.js";
import { type Bits, called, run } from "../determinism/training.js";

const every = Number(process.argv[2] ?? 1);
const bits: Record<string, Bits> = {};
for (const [i, network] of networks.entries()) {
  if (i % every !== 0) continue;
  const { name } = network;
  backend.setThreads(1);
  const { last, ...eager } = called(network, false);
  backend.setThreads(2);
  const onThread = await run(network);
  if (onThread.weights !== eager.weights || onThread.last !== last)
    throw new Error(`${name}: step.run with two threads has other bits than eager mode with one`);
  bits[name] = eager;
}
console.log(JSON.stringify({ backend: backend.name, isa: backend.isa, bits }));
