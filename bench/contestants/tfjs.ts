/** TensorFlow.js as a contestant (argument: cpu or wasm). Its packages are bench's own. */
import { benchRequire } from "../places.js";
import { batchOf } from "./problem.js";
import type { Case, StepCase } from "./protocol.js";
import { type Prepared, serve } from "./serve.js";

const name = process.argv[2] ?? "cpu";
const tf = benchRequire("@tensorflow/tfjs");
if (name === "wasm") benchRequire("@tensorflow/tfjs-backend-wasm");
await tf.setBackend(name);
await tf.ready();

function prepareStep({ sizes, batch }: StepCase): Prepared {
  const classes = sizes[sizes.length - 1];
  const data = batchOf(sizes[0], classes, batch);
  const x = tf.tensor2d(data.x, [batch, sizes[0]]);
  const labels = tf.oneHot(tf.tensor1d(data.labels, "int32"), classes);
  const weights: any[] = [];
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
  let loss = Number.NaN;
  return {
    run: () => {
      const value = optimizer.minimize(forward, true, weights);
      loss = value.dataSync()[0];
      value.dispose();
    },
    check: () => loss,
  };
}

function prepare(given: Case): Prepared {
  if (given.kind === "step") return prepareStep(given);
  throw new Error(`tfjs does not take part in ${given.kind}`);
}

await serve({ name: `tfjs ${tf.version.tfjs} ${name}` }, prepare, 20);
