// node train.mjs <dist/index.js>: trains a small network (training.mjs) with 1 and with 3 threads and prints
// a hash of its weights. Every platform prints the same hash.
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { train } from "./training.mjs";

const simdgrad = await import(pathToFileURL(process.argv[2]).href);
const { backend } = simdgrad;

async function hashOf(threads) {
  backend.setThreads(threads);
  return createHash("sha256")
    .update(await train(simdgrad))
    .digest("hex")
    .slice(0, 32);
}

const hashes = [await hashOf(1), await hashOf(3)];
console.log(
  JSON.stringify({
    hash: hashes[0] === hashes[1] ? hashes[0] : hashes.join(" and, with threads, "),
    backend: backend.name,
    isa: backend.isa,
    reason: backend.reason,
  }),
);
