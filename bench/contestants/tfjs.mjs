// TensorFlow.js as a contestant (argument: cpu or wasm): see protocol.ts. Its packages are bench's own.
import { createInterface } from "node:readline";
import * as tf from "@tensorflow/tfjs";

const backend = process.argv[2] ?? "cpu";
if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
await tf.setBackend(backend);
await tf.ready();

const prepared = new Map();

function prepare({ sizes, batch }) {
  const classes = sizes.at(-1);
  const x = tf.tensor2d(
    new Float32Array(batch * sizes[0]).map((_, i) => ((i * 7919) % 1000) / 1000),
    [batch, sizes[0]],
  );
  const labels = tf.oneHot(tf.tensor1d(new Int32Array(batch).map((_, i) => (i * 31) % classes), "int32"), classes);
  const weights = [];
  for (let i = 0; i + 1 < sizes.length; i++) {
    const bound = 1 / Math.sqrt(sizes[i]);
    weights.push(tf.variable(tf.randomUniform([sizes[i], sizes[i + 1]], -bound, bound)));
    weights.push(tf.variable(tf.randomUniform([sizes[i + 1]], -bound, bound)));
  }
  const optimizer = tf.train.momentum(0.01, 0.9);
  const forward = () => {
    let h = x;
    for (let i = 0; i < weights.length; i += 2) {
      h = tf.add(tf.matMul(h, weights[i]), weights[i + 1]);
      if (i + 2 < weights.length) h = tf.relu(h);
    }
    return tf.losses.softmaxCrossEntropy(labels, h);
  };
  return () => {
    const loss = optimizer.minimize(forward, true, weights);
    const value = loss.dataSync()[0];
    loss.dispose();
    return value;
  };
}

function run({ case: given, milliseconds }) {
  const key = JSON.stringify(given);
  let step = prepared.get(key);
  if (step === undefined) {
    step = prepare(given);
    prepared.set(key, step);
    step();
  }
  const samples = [];
  const end = performance.now() + milliseconds;
  let check;
  do {
    const start = performance.now();
    check = step();
    samples.push((performance.now() - start) * 1000);
  } while (performance.now() < end || samples.length < 2);
  return { samples, check };
}

console.log(JSON.stringify({ name: `tfjs ${tf.version.tfjs} ${backend}` }));
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(run(JSON.parse(line))));
