/** The options of `fit`. */

import { ValueError } from "../errors.js";
import type { Path } from "../io/index.js";
import type { Module } from "../nn/module.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Scheduler } from "../optim/schedulers.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { batchesOf, type TrainingData } from "./batches.js";
import { checkModel, checkOptimizer, checkScheduler } from "./given.js";
import type { Report } from "./report-options.js";
import type { Loss } from "./score.js";

/** Options of `fit`. */
export interface FitOptions {
  /** The optimizer of the model's parameters. */
  optimizer: Optimizer<any>;
  /** A module or a function; its value is the mean over the batch. Default: cross-entropy. */
  loss?: Loss;
  /** A schedule of the learning rate. Default: none. */
  scheduler?: Pick<Scheduler, "step">;
  /**
   * When `scheduler.step()` is called: after each epoch (default, as in PyTorch's examples) or after each
   * step.
   */
  schedulerUnit?: "epoch" | "step";
  /** Default 1. */
  epochs?: number;
  /** For a data set; a loader has its own batch size. Default 32. */
  batchSize?: number;
  /**
   * Cuts each batch into so many shards, whose gradients are summed in a fixed order. A run has the same bits
   * on one process and on many (docs/distributed.md); each process computes some of the shards. `batchSize`
   * stays the number of samples of all shards together. Batch norm uses the statistics of a shard. Default:
   * the number of processes, if mpirun or srun has started more than one; that of the checkpoint when a run
   * resumes.
   */
  shards?: number;
  /**
   * Divides the optimizer's state among the processes: each keeps and updates one part, and sends its updated
   * parameters to the others (ZeRO stage 1; Rajbhandari et al., 2020). The bits are the same. A checkpoint
   * holds the whole state, and a run may resume with or without this option. For optimizers of the library;
   * no effect on one process. Default false.
   */
  shardOptimizer?: boolean;
  /** For a data set: shuffle in every epoch. Default true. */
  shuffle?: boolean;
  /**
   * Makes the run repeatable: the order of a data set, and dropout (it seeds the generator of `manualSeed`).
   * Default: none, both follow `manualSeed`.
   */
  seed?: number;
  /** Evaluated at the end of each epoch. Default: none. */
  validation?: TrainingData;
  /**
   * A file for the whole state of the run. It is replaced at regular steps and at the end of each epoch.
   * Default: none.
   */
  checkpoint?: Path;
  /**
   * Steps between two checkpoints: the most steps that must be repeated if the run is killed. Default 500.
   */
  checkpointEvery?: number;
  /**
   * Resumes from `checkpoint`, with the same bits as a run that was never interrupted. If there is no such
   * file, the run starts from the beginning. Default false.
   */
  resume?: boolean;
  /**
   * Stops within one step. The run rejects with `signal.reason`, like Node's own functions. Default: none.
   */
  signal?: AbortSignal;
  /**
   * Whether steps over a data set or a DataLoader are compiled. Compiled steps run on a native thread, the
   * event loop stays free, and `forward` and `loss` are called only while they are traced. Default true. If a
   * model cannot be compiled, because it reads values or uses random numbers of JavaScript, it is trained
   * eagerly, with a warning.
   */
  compile?: boolean;
  /**
   * Stores the gradients of compiled steps, so that they can be read between steps: `keepGrads` of `compile`.
   * Default false.
   */
  keepGrads?: boolean;
  /** Minimum number of milliseconds between two `progress` events; 0 for an event per step. Default 100. */
  reportEvery?: number;
  /**
   * Describes the run in files: `"run.html"`, a page with options, `train.tensorboard(folder)`, or a list of
   * these (docs/report.md). The files are replaced while the run goes on and at its end, also after an error.
   * The run has the same bits as without; the reports take at most 1 % of its time, apart from its start and
   * end. A few steps are made eagerly, because their gradients are read.
   */
  report?: Report | readonly Report[];
}

const names: readonly (keyof FitOptions)[] = [
  ...([
    "optimizer",
    "loss",
    "scheduler",
    "schedulerUnit",
    "epochs",
    "batchSize",
    "shuffle",
    "shards",
    "shardOptimizer",
  ] as const),
  ...(["seed", "validation", "signal", "reportEvery", "compile", "keepGrads"] as const),
  ...(["checkpoint", "checkpointEvery", "resume", "report"] as const),
];

/** Options with the defaults that every run needs. */
export type ResolvedOptions = FitOptions &
  Required<
    Pick<FitOptions, "epochs" | "batchSize" | "shuffle" | "reportEvery" | "schedulerUnit" | "checkpointEvery">
  >;

/** Checks the options and adds defaults. @throws ValueError for each mistake, before the first step. */
export function resolveOptions(model: Module, options: FitOptions): ResolvedOptions {
  checkModel("fit", model);
  checkOptimizer(options);
  checkScheduler(options.scheduler);
  checkOptions("fit", options, names);
  const own = new Set<unknown>(model.parameters());
  if (!options.optimizer.paramGroups.some(({ params }) => params.some((p: unknown) => own.has(p))))
    throw new ValueError(
      "fit: the optimizer has none of the model's parameters: is it that of another model?",
      "WRONG_OPTIMIZER",
    );
  const { epochs = 1, batchSize = 32, shuffle = true, reportEvery = 100, schedulerUnit = "epoch" } = options;
  if (!Number.isInteger(epochs) || epochs < 1)
    throw new ValueError(`fit: epochs is an integer >= 1: ${quoted(epochs)}`);
  const { shards } = options;
  if (shards !== undefined && !(Number.isInteger(shards) && shards >= 1))
    throw new ValueError(`fit: shards is an integer >= 1: ${quoted(shards)}`, "INVALID_SHARDS");
  if (!(reportEvery >= 0)) throw new ValueError(`fit: reportEvery is a number >= 0: ${quoted(reportEvery)}`);
  if (schedulerUnit !== "epoch" && schedulerUnit !== "step")
    throw new ValueError(`fit: schedulerUnit is epoch or step: ${String(schedulerUnit)}`);
  const { signal, validation, checkpointEvery = 500 } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ValueError(`fit: signal is an AbortSignal: ${typeof signal}`);
  if (validation !== undefined) batchesOf("fit: validation", validation, { batchSize, shuffle: false });
  for (const name of ["compile", "keepGrads", "shardOptimizer"] as const)
    if (options[name] !== undefined && typeof options[name] !== "boolean")
      throw new ValueError(`fit: ${name} is true or false: ${String(options[name])}`);
  if (options.shardOptimizer) {
    if (options.keepGrads)
      throw new ValueError(
        "fit: keepGrads with shardOptimizer: a process has the gradients of its part only: leave one of them out",
        "INVALID_OPTION",
      );
    void options.optimizer.stateParts;
  }
  if (!Number.isInteger(checkpointEvery) || checkpointEvery < 1)
    throw new ValueError(`fit: checkpointEvery is an integer >= 1: ${quoted(checkpointEvery)}`);
  if (options.resume && options.checkpoint === undefined)
    throw new ValueError("fit: resume needs checkpoint: the file to go on from");
  return { ...options, epochs, batchSize, shuffle, reportEvery, schedulerUnit, checkpointEvery };
}
