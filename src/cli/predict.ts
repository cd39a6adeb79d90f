import { data, noGrad, SimdgradError, type Tensor } from "../index.js";
import { drawPicture } from "./digit.js";
import { type BackendFlags, chooseBackend } from "./engine.js";
import { loadImageFile, loadPart } from "./images.js";
import { type Architecture, loadNetwork } from "./network.js";
import { colors, counted, percent, print, printDrawing, printJson, widthOf } from "./terminal.js";

export const splits = ["test", "train"] as const;

export interface PredictFlags extends BackendFlags {
  model: string;
  data?: string;
  split?: string;
  from: (typeof splits)[number];
  index?: number[];
  json?: boolean;
}

interface Prediction {
  index: number;
  label: number;
  probabilities: number[];
  /** The right answer, where the data has one. */
  target?: number;
}

export async function predictCommand(flags: PredictFlags): Promise<void> {
  chooseBackend(flags);
  const { model, architecture } = await loadNetwork(flags.model);
  const { images, labels } = await readImages(flags, architecture);
  const { index: wanted = [0] } = flags;
  const outside = wanted.find((i) => i >= images.shape[0]);
  if (outside !== undefined)
    throw new SimdgradError(
      "INDEX_OUT_OF_RANGE",
      `--index: of ${counted(images.shape[0], "image")} the last is at ${images.shape[0] - 1}: ${outside}`,
    );
  const { mean, std } = architecture;
  const set = new data.TensorDataset(images, { scale: 1 / (255 * std), shift: -mean / std });
  const [x] = set.batch(Int32Array.from(wanted));
  const rows = noGrad(() => model.forward(x).softmax(1)).toArray() as number[][];
  const predictions = rows.map((probabilities, i): Prediction => {
    const label = probabilities.reduce((best, p, k) => (p > probabilities[best] ? k : best), 0);
    const target = labels === undefined ? {} : { target: labels.data[wanted[i]] };
    return { index: wanted[i], label, ...target, probabilities };
  });
  if (flags.json) printJson({ command: "predict", model: flags.model, predictions });
  else for (const prediction of predictions) show(prediction, images, architecture);
}

async function readImages(flags: PredictFlags, architecture: Architecture) {
  const file = flags.data === undefined ? undefined : await loadImageFile(flags.data, architecture);
  if (file !== undefined) return { images: file, labels: undefined };
  const set = await loadPart(flags.from, { dir: flags.data, split: flags.split }, architecture);
  const [images, labels] = set.tensors;
  return { images, labels };
}

/** With more classes than this, only the likeliest are shown. */
const MOST_SHOWN = 10;

function show(
  { index, label, target, probabilities }: Prediction,
  images: Tensor,
  { input }: Architecture,
): void {
  const columns = Math.min(widthOf(process.stdout), 200);
  const pixels = images.select(0, index).data;
  const [height, width] = input.length === 2 ? input : [1, pixels.length];
  printDrawing(drawPicture({ pixels, height, width }, columns));
  const verdict = target === undefined ? "" : target === label ? ", which is right" : `; it is a ${target}`;
  const color = target === undefined || target === label ? colors.green : colors.red;
  print(`image ${index}: ${colors.bold(color(String(label)))} (${percent(probabilities[label])})${verdict}`);
  let shown = [...probabilities.entries()];
  if (shown.length > MOST_SHOWN) shown = shown.sort((a, b) => b[1] - a[1]).slice(0, MOST_SHOWN);
  const labelWidth = String(probabilities.length - 1).length;
  const longest = Math.max(0, Math.min(40, columns - labelWidth - 16));
  for (const [k, p] of shown) {
    const bar = "█".repeat(Math.round(p * longest)).padEnd(longest);
    const line = `  ${String(k).padStart(labelWidth)}  ${bar}  ${percent(p).padStart(8)}`;
    print(k === label ? colors.bold(line) : line);
  }
}
