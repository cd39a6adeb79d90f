/** The networks of the page, and what they make of images. */
import { data, nn, noGrad, type Tensor, tensor } from "simdgrad";
import { type Architecture, buildNetwork, loadNetwork } from "../../../src/cli/network.js";
import { classes, normal } from "./images.js";
import type { Named, NetworkFacts, NetworkKind, StageFacts } from "./messages.js";
import { imageSide } from "./reduce.js";

/** Layers whose values are shown together: those up to position `end`, which is not included. */
interface Stage extends StageFacts {
  readonly end: number;
}

export interface Classifier {
  readonly model: nn.Sequential;
  readonly title: string;
  readonly stages: readonly Stage[];
  /** Shape of one image, as the first layer takes it. */
  readonly input: readonly number[];
  readonly mean: number;
  readonly std: number;
  /** Of a multilayer perceptron, as `simdgrad train` describes it. */
  readonly architecture?: Architecture;
}

const names: Record<Architecture["activation"], string> = {
  relu: "ReLU",
  leakyRelu: "leaky ReLU",
  elu: "ELU",
  gelu: "GELU",
  silu: "SiLU",
  tanh: "tanh",
  sigmoid: "sigmoid",
};

const output = (end: number): Stage => ({
  ...{ title: "Output", note: "10 numbers; softmax makes them probabilities", sizes: [classes], end },
});

function perceptron(model: nn.Sequential, architecture: Architecture): Classifier {
  const { hidden, activation, dropout, mean, std } = architecture;
  const layers = dropout > 0 ? 3 : 2;
  const stages = hidden.map((size, i): Stage => {
    const note = `${size} units, ${names[activation]}`;
    return { title: `Hidden layer ${i + 1}`, note, sizes: [size], end: layers * (i + 1) };
  });
  const pixels = imageSide * imageSide;
  return {
    ...{ model, input: [pixels], mean, std, architecture },
    title: [pixels, ...hidden, classes].join("-"),
    stages: [...stages, output(model.length)],
  };
}

/** Two convolutions, each followed by the largest of every 2 x 2 values, and one hidden layer: 23 074 weights. */
function convolutional(): Classifier {
  const model = new nn.Sequential(
    ...[new nn.Conv2d(1, 8, 5), new nn.ReLU(), new nn.MaxPool2d(2)],
    ...[new nn.Conv2d(8, 16, 5), new nn.ReLU(), new nn.MaxPool2d(2)],
    ...[new nn.Flatten(), new nn.Linear(256, 64), new nn.ReLU(), new nn.Linear(64, classes)],
  );
  const maps = (title: string, note: string, end: number, sizes: number[]) => ({ title, note, sizes, end });
  return {
    ...{ model, title: "two convolutions", input: [1, imageSide, imageSide], ...normal },
    stages: [
      maps("Convolution 1", "8 feature maps of 24 x 24, ReLU", 2, [8, 24, 24]),
      maps("Pooling 1", "the largest of every 2 x 2: 12 x 12", 3, [8, 12, 12]),
      maps("Convolution 2", "16 feature maps of 8 x 8, ReLU", 5, [16, 8, 8]),
      maps("Pooling 2", "the largest of every 2 x 2: 4 x 4", 6, [16, 4, 4]),
      maps("Hidden layer", "64 units, ReLU", 9, [64]),
      output(10),
    ],
  };
}

/** A network with random weights; `manualSeed` makes them repeatable. */
export function newClassifier(kind: NetworkKind): Classifier {
  if (kind === "cnn") return convolutional();
  const architecture: Architecture = {
    ...{ input: [imageSide, imageSide], hidden: [128], classes, activation: "relu", dropout: 0, ...normal },
  };
  return perceptron(buildNetwork(architecture), architecture);
}

/** The network of a file that `simdgrad train` wrote. @throws Error, with one line. */
export async function loadClassifier({ name, source }: Named): Promise<Classifier> {
  const { model, architecture } = await loadNetwork(source, name);
  const { input, classes: answers } = architecture;
  if (input.join() !== [imageSide, imageSide].join() || answers !== classes)
    throw new Error(
      `a network for images of ${imageSide} x ${imageSide} pixels and ${classes} classes is needed: ` +
        `${name} takes ${input.join(" x ")} pixels and has ${answers} classes`,
    );
  return perceptron(model, architecture);
}

export function factsOf({ title, stages, architecture }: Classifier, origin: string): NetworkFacts {
  const facts = stages.map(({ title, note, sizes }) => ({ title, note, sizes }));
  return { title, origin, stages: facts, savable: architecture !== undefined };
}

/** Images, uint8 [N, 28, 28], and labels, in batches as the network takes them: normalised when fetched. */
export function datasetOf(classifier: Classifier, images: Tensor, labels: Tensor) {
  const { input, mean, std } = classifier;
  const x = images.reshape([images.shape[0]!, ...input]);
  return new data.TensorDataset(x, labels, { scale: 1 / (255 * std), shift: -mean / std });
}

const valuesOf = (x: Tensor) => (x.contiguous().data as Float32Array).slice();

/** Position of the last stage before the output; its values are what alike images are compared by. */
const lastHidden = ({ stages }: Classifier) => stages.length - 2;

/** What the network computes for one image of 784 bytes: the values of each stage, and the probabilities. */
export function lookAt(classifier: Classifier, pixels: Uint8Array) {
  const { model, stages } = classifier;
  const image = tensor(pixels, { shape: [1, imageSide, imageSide] });
  return noGrad(() => {
    let [x] = datasetOf(classifier, image, tensor(Int32Array.of(0))).batch([0]) as [Tensor, Tensor];
    const pixelsSeen = valuesOf(x);
    const values: Float32Array[] = [];
    for (const [position, layer] of [...model].entries()) {
      x = layer.forward(x);
      if (stages[values.length]!.end === position + 1) values.push(valuesOf(x));
    }
    const features = values[lastHidden(classifier)] ?? pixelsSeen;
    return { stages: values, features, probabilities: valuesOf(x.softmax(1)) };
  });
}

/** The values of the last hidden layer for a batch that the network takes, row by row. */
export function featuresOf(classifier: Classifier, batch: Tensor): Float32Array {
  const end = classifier.stages[lastHidden(classifier)]?.end ?? 0;
  return noGrad(() => {
    let x = batch;
    for (const layer of [...classifier.model].slice(0, end)) x = layer.forward(x);
    return valuesOf(x);
  });
}
