/**
 * A training run in one file (safetensors): model, optimizer, scheduler, random state, loader, and the
 * progress of the run. A run that resumes from it has the same bits as a run that was never interrupted.
 */

import { DataLoader, type DataLoaderState } from "../data/dataloader.js";
import { FileError, SimdgradError, ValueError } from "../errors.js";
import {
  encodeSafetensors,
  type Path,
  type RawTensor,
  readSafetensorsSync,
  saveSafetensorsSync,
} from "../io/index.js";
import { fileKind, pathOf } from "../io/read.js";
import type { Module } from "../nn/module.js";
import { dense } from "../ops/shape/views.js";
import type { Optimizer, OptimizerState } from "../optim/optimizer.js";
import type { SchedulerState } from "../optim/schedulers.js";
import { quoted } from "../quote.js";
import { defaultGenerator } from "../random.js";
import {
  count,
  listOf,
  mismatch,
  number,
  orNull,
  positive,
  readFields,
  record,
  words,
} from "../saved-state.js";
import type { Tensor } from "../tensor/tensor.js";
import { Score } from "./score.js";
import { ShardedScore } from "./sharded-score.js";

/** The objects whose state a checkpoint holds. */
export interface Trained {
  readonly model: Module;
  readonly optimizer: Optimizer<any>;
  readonly scheduler?: unknown;
  readonly loader: unknown;
}

/** The progress of a run; plain JSON. */
export interface Standing {
  readonly epoch: number;
  readonly step: number;
  /** Sums of the metrics of the current epoch so far. */
  readonly score: readonly number[];
  /**
   * Maximum number of steps that the run makes before it replaces the file. If the run is killed, no record
   * of these steps remains.
   */
  readonly ahead: number;
  /**
   * For a run whose batches are cut into shards: the state of the random numbers of each. The score then has
   * the sums of each shard.
   */
  readonly shards?: readonly (readonly number[])[];
}

/** Version of the format. A reader rejects files of a later version. */
const version = 1;

interface Header {
  version: number;
  standing: Standing;
  paramGroups: Record<string, unknown>[];
  scheduler: object | null;
  loader: object;
  generator: number[];
}

type Stateful = { stateDict(): SchedulerState; loadStateDict(state: SchedulerState): void };

const isStateful = (value: unknown): value is Stateful =>
  typeof (value as Partial<Stateful> | undefined)?.stateDict === "function" &&
  typeof (value as Partial<Stateful>).loadStateDict === "function";

/**
 * @throws ValueError `INVALID_OPTION` if it is not a path, `NOT_RESUMABLE` if a part cannot save its state.
 */
export function checkResumable(path: Path, { scheduler, loader }: Trained): void {
  if (!(typeof path === "string" || path instanceof URL) || path === "")
    throw new ValueError(`fit: checkpoint is the path of a file: ${quoted(path)}`, "INVALID_OPTION");
  const kind = fileKind(pathOf(path));
  if (kind !== undefined && kind !== "file")
    throw new FileError(
      `fit: checkpoint is a file: ${kind === "directory" ? "a directory" : "a pipe or another special file"}: ${quoted(pathOf(path))}`,
      "NOT_A_FILE",
      pathOf(path),
    );
  const what = !(loader instanceof DataLoader)
    ? "batches that are no data set or DataLoader have no position"
    : scheduler !== undefined && !isStateful(scheduler)
      ? "the scheduler has no stateDict and loadStateDict"
      : undefined;
  if (what !== undefined) throw new ValueError(`fit: checkpoint: ${what}`, "NOT_RESUMABLE");
}

/** Replaces the file as a whole; after an error the old file is unchanged. @throws FileError. */
export function saveCheckpoint(path: Path, trained: Trained, standing: Standing): void {
  const { tensors, metadata } = contentOf(trained, standing);
  saveSafetensorsSync(path, tensors, { metadata });
}

/** The bytes of a checkpoint, for other processes. */
export function encodeCheckpoint(trained: Trained, standing: Standing): Uint8Array {
  const { tensors, metadata } = contentOf(trained, standing);
  const raw = Object.entries(tensors).map(([name, x]): [string, RawTensor] => {
    return [name, { dtype: x.dtype, shape: x.shape, data: dense(x.detach()).data }];
  });
  return encodeSafetensors(new Map(raw), metadata);
}

function contentOf(trained: Trained, standing: Standing) {
  const { model, optimizer, scheduler, loader } = trained;
  const { state, paramGroups } = optimizer.stateDict();
  const tensors: Record<string, Tensor> = {};
  for (const [name, x] of Object.entries(model.stateDict())) tensors[`model.${name}`] = x;
  for (const [index, entry] of Object.entries(state))
    for (const [name, x] of Object.entries(entry)) tensors[`optimizer.${index}.${name}`] = x;
  const header: Header = {
    version,
    standing,
    paramGroups,
    scheduler: isStateful(scheduler) ? scheduler.stateDict() : null,
    loader: (loader as DataLoader<any>).stateDict(),
    generator: Array.from(defaultGenerator.getState()),
  };
  return { tensors, metadata: { "simdgrad checkpoint": JSON.stringify(header) } };
}

/**
 * Restores the state of a run from the file. If there is no file, it returns null and changes nothing.
 * @throws FileError if the file is not a checkpoint or has a later version, SimdgradError
 * `STATE_DICT_MISMATCH` if it belongs to another run.
 */
export function loadCheckpoint(path: Path, trained: Trained): Standing | null {
  return fileKind(pathOf(path)) === undefined ? null : restore(path, pathOf(path), trained);
}

/** The same from the result of `encodeCheckpoint`. */
export const decodeCheckpoint = (bytes: Uint8Array, trained: Trained): Standing =>
  restore(bytes, "the state of rank 0", trained);

function restore(source: Path | Uint8Array, name: string, trained: Trained): Standing {
  const { tensors, metadata } = readSafetensorsSync(source);
  const header = headerOf(metadata, name);
  const { model, optimizer, scheduler, loader } = trained;
  if (isStateful(scheduler) !== (header.scheduler !== null))
    throw new SimdgradError(
      "STATE_DICT_MISMATCH",
      `fit: resume: ${quoted(name)} was written with${header.scheduler === null ? "out" : ""} a scheduler`,
    );
  const under = (prefix: string) =>
    Object.entries(tensors).flatMap(([key, x]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), x] as const] : [],
    );
  const state: OptimizerState["state"] = {};
  for (const [key, x] of under("optimizer.")) {
    const [, index, buffer] = /^(\d+)\.(\w+)$/.exec(key) ?? [];
    if (index === undefined) throw mismatch("the optimizer", `a tensor of no parameter: ${quoted(key)}`);
    state[Number(index)] ??= {};
    state[Number(index)][buffer] = x;
  }
  // All or nothing: each part first checks its own state. After all checks the functions below cannot fail.
  const takeOver = [
    (loader as DataLoader<any>).prepareLoad(header.loader as unknown as DataLoaderState),
    model.prepareLoad(Object.fromEntries(under("model."))).load,
    optimizer.prepareLoad({ state, paramGroups: header.paramGroups }),
    () => void defaultGenerator.setState(header.generator),
  ];
  if (isStateful(scheduler)) loadScheduler(scheduler, header.scheduler as unknown as SchedulerState);
  for (const take of takeOver) take();
  return header.standing;
}

/**
 * If loading fails, the scheduler is restored. Our schedulers do this themselves; a scheduler of the user may
 * not.
 */
function loadScheduler(scheduler: Stateful, state: SchedulerState): void {
  const before = scheduler.stateDict();
  try {
    scheduler.loadStateDict(state);
  } catch (error) {
    scheduler.loadStateDict(before);
    throw error;
  }
}

const standingFields = { epoch: positive, step: count, score: listOf(number), ahead: count };
const shardedFields = { ...standingFields, shards: listOf(words) };

function headerOf(metadata: Record<string, string>, path: string): Header & { standing: Standing } {
  const fail = (code: string, what: string) =>
    new FileError(`fit: resume: ${what}: ${quoted(path)}`, code, path);
  let header: Partial<Header> | undefined;
  try {
    header = JSON.parse(metadata["simdgrad checkpoint"] ?? "");
  } catch {
    throw fail("NOT_A_CHECKPOINT", "the file is no checkpoint of a training run");
  }
  if (typeof header?.version !== "number" || header.standing === undefined)
    throw fail("NOT_A_CHECKPOINT", "the file is no checkpoint of a training run");
  if (header.version > version)
    throw fail(
      "NEWER_CHECKPOINT",
      `a later version of simdgrad wrote it (format ${header.version}, this one reads up to ${version})`,
    );
  const damaged = (what: string) =>
    fail("NOT_A_CHECKPOINT", `the header of the checkpoint is damaged: ${what}`);
  const read = readFields(
    header,
    {
      ...{ version: positive, standing: record, paramGroups: listOf(record) },
      ...{ scheduler: orNull(record), loader: record, generator: words },
    },
    damaged,
  );
  const fields = "shards" in read.standing ? shardedFields : standingFields;
  const standing: Standing = readFields(read.standing, fields, (what) => damaged(`standing: ${what}`));
  const { score, shards } = standing;
  if (shards === undefined ? !Score.areSums(score) : !ShardedScore.areSums(score, shards.length))
    throw damaged(`standing: score is no sums of an epoch: ${quoted(standing.score)}`);
  return { ...read, standing };
}
