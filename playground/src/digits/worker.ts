/**
 * The Worker of the page "draw a digit": it reads files, trains, and looks at drawings. A look is answered at
 * once, also during training, between two steps; everything else is done in the order of the messages.
 */
import { backend, fit, io, manualSeed, nn, optim } from "simdgrad";
import { networkMetadata } from "../../../src/cli/network.js";
import { load } from "../load-backend.js";
import { type Classifier, datasetOf, factsOf, loadClassifier, lookAt, newClassifier } from "./classifier.js";
import { Comparison } from "./comparison.js";
import { type Digits, type LabelledImages, readDigits } from "./images.js";
import type { NetworkKind, Reply, Request } from "./messages.js";

const say = (reply: Reply) => postMessage(reply);
const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

let digits: Digits | undefined;
let classifier: Classifier | undefined;
let comparison: Comparison | undefined;
/** How the network that is shown was trained here. */
let recipe: object = {};
/** Set when a run is to end; each run has its own. */
let run = { stopped: false };

const training = { batch: 64, lr: 0.001, optimizer: "adam", seed: 0 };

/** Lets other messages be handled. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

function look(pixels: Uint8Array): void {
  if (classifier === undefined) return;
  const { stages, features, probabilities } = lookAt(classifier, pixels);
  say({ type: "seen", seen: { stages, probabilities, alike: comparison?.alike(features) } });
}

/** Computes what the training images are compared by, unless another network or other images come. */
async function compare(): Promise<void> {
  comparison = undefined;
  if (classifier === undefined || digits === undefined) return;
  const mine = new Comparison(classifier, digits.train);
  comparison = mine;
  for (let done = 0; done < mine.of && comparison === mine; await turn()) {
    done = mine.proceed();
    if (comparison === mine) say({ type: "compared", done, of: mine.of });
  }
}

function show(next: Classifier, origin: string): void {
  comparison = undefined;
  classifier = next;
  say({ type: "network", network: factsOf(next, origin) });
}

async function train(kind: NetworkKind, epochs: number, mine: typeof run): Promise<void> {
  if (digits === undefined) return;
  manualSeed(training.seed);
  const next = newClassifier(kind);
  show(next, "trained in this page");
  const setOf = ({ images, labels }: LabelledImages) => datasetOf(next, images, labels);
  const { lr, batch: batchSize, seed } = training;
  const progress = fit(next.model, setOf(digits.train), {
    ...{ optimizer: new optim.Adam(next.model.parameters(), { lr }), loss: new nn.CrossEntropyLoss() },
    ...{ epochs, batchSize, seed, validation: digits.test && setOf(digits.test) },
  });
  for await (const event of progress) {
    const { epoch, step, steps, loss, accuracy, imagesPerSecond, validation } = event;
    const testAccuracy = validation?.accuracy ?? undefined;
    say({
      type: "progress",
      progress: {
        ...{ epoch, epochs, step, steps, loss, accuracy: accuracy ?? Number.NaN, imagesPerSecond },
        testAccuracy,
      },
    });
    recipe = { ...training, epochs, steps: step, finished: step === steps };
    if (mine.stopped) break;
  }
  next.model.eval();
  say({ type: "trained", stopped: mine.stopped });
  void compare();
}

async function handle(request: Request, mine: typeof run): Promise<void> {
  switch (request.type) {
    case "start":
      await load();
      return say({ type: "backend", name: backend.name, reason: backend.reason });
    case "images": {
      digits = await readDigits(request.files);
      const { train, test } = digits;
      say({ type: "images", train: train.images.shape[0]!, test: test?.images.shape[0] ?? 0 });
      return void compare();
    }
    case "model":
      show(await loadClassifier(request.file), `from ${request.file.name}`);
      return void compare();
    case "train":
      return train(request.kind, request.epochs, mine);
    case "save": {
      const { model, architecture } = classifier!;
      if (architecture === undefined) return;
      const bytes = io.encodeSafetensors(model.stateDict(), networkMetadata(architecture, recipe));
      return say({ type: "saved", bytes });
    }
  }
}

let handled: Promise<void> = Promise.resolve();

addEventListener("message", ({ data: request }: MessageEvent<Request>) => {
  if (request.type === "look") return look(request.pixels);
  // What comes next needs the Worker: a run ends, and a comparison gives way.
  run.stopped = true;
  if (request.type === "stop") return;
  const mine = { stopped: false };
  run = mine;
  handled = handled
    .then(() => handle(request, mine))
    .catch((error: unknown) => say({ type: "failed", message: wordsOf(error) }));
});
