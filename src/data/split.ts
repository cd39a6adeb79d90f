/**
 * Splits of a data set: at random, with the same share of every class in each part (stratified), or as folds
 * for cross-validation.
 */

import { checkNumbers } from "../arguments.js";
import { ValueError } from "../errors.js";
import { randperm, tensor } from "../ops/create/create.js";
import { indexSelect } from "../ops/index/indexing.js";
import { dense } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { Generator } from "../random.js";
import { Tensor } from "../tensor/tensor.js";
import { type BatchDataset, type SampleDataset, TensorDataset } from "./dataset.js";
import { checkDataset, Subset } from "./subset.js";

/** The random numbers of a split. */
export interface SplitOptions {
  /** The source of the random order. Default: the generator that `manualSeed` seeds. */
  generator?: Generator;
  /** Seed of a separate generator. Default: none, the order is drawn from `generator`. */
  seed?: number;
}

/** Options of splits that can keep the share of each class. */
export interface StratifiedOptions extends SplitOptions {
  /**
   * Keeps the share of each class: `true` uses the last tensor of a `TensorDataset` as the classes; an array
   * or a tensor contains the class of each sample. Default false.
   */
  stratify?: boolean | ArrayLike<number> | Tensor;
}

/** Options of `trainTestSplit`. */
export interface TrainTestSplitOptions extends StratifiedOptions {
  /** A share above 0 and below 1, or a number of samples. Default 0.25. */
  testSize?: number;
  /** Whether to shuffle first. Default true; if false, the last samples form the test part. */
  shuffle?: boolean;
}

/** Options of `kFold`. */
export interface KFoldOptions extends StratifiedOptions {
  /** Whether to shuffle first. Default true. */
  shuffle?: boolean;
}

type AnyDataset = SampleDataset | BatchDataset;

/**
 * Splits a data set at random, without overlap (PyTorch's `random_split`). `lengths` are numbers of samples
 * that add up to the size of the data set, or shares that add up to 1. Shares are rounded down; the remaining
 * samples are added to the parts one by one, starting with the first part.
 * @example data.randomSplit(new data.TensorDataset(ones([10, 2])), [0.8, 0.2]).map(({ length }) => length)
 *   // [8, 2]
 * @throws ValueError `INVALID_SPLIT`.
 */
export function randomSplit<D extends AnyDataset>(
  dataset: D,
  lengths: readonly number[],
  options: SplitOptions = {},
): Subset<D>[] {
  checkOptions("randomSplit", options, ["generator", "seed"]);
  const { length } = checkDataset("randomSplit", dataset);
  const counts = partSizes(lengths, length);
  const order = permutation("randomSplit", length, options);
  let from = 0;
  return counts.map((count) => {
    from += count;
    return new Subset(dataset, order.subarray(from - count, from));
  });
}

function partSizes(lengths: readonly number[], length: number): number[] {
  const fail = (rule: string) =>
    new ValueError(`randomSplit: ${rule}: ${quoted(lengths)} of ${length} samples`, "INVALID_SPLIT");
  if (!Array.isArray(lengths) || lengths.length === 0) throw fail("lengths are one number a part");
  if (!lengths.every((n) => Number.isFinite(n) && n >= 0)) throw fail("lengths are numbers >= 0");
  const sum = lengths.reduce((a, b) => a + b, 0);
  if (sum === length && lengths.every(Number.isInteger)) return [...lengths];
  if (Math.abs(sum - 1) > 1e-9 || lengths.some((share) => share > 1))
    throw fail("lengths add up to the number of samples, or shares to 1");
  const counts = lengths.map((share) => Math.floor(length * share));
  const left = length - counts.reduce((a, b) => a + b, 0);
  for (let i = 0; i < left; i++) counts[i % counts.length]++;
  return counts;
}

/**
 * Splits a data set into a training part and a test part (scikit-learn's `train_test_split`).
 *
 *     const [train, test] = data.trainTestSplit(dataset, { testSize: 0.2, stratify: true, seed: 0 })
 *
 * With `stratify`, each class contributes its share to the test part, rounded to a neighbouring whole number:
 * no class is off by one sample or more.
 * @throws ValueError `INVALID_SPLIT` when a part would be empty, or when a class has fewer than two samples.
 */
export function trainTestSplit<D extends AnyDataset>(
  dataset: D,
  options: TrainTestSplitOptions = {},
): [train: Subset<D>, test: Subset<D>] {
  checkOptions("trainTestSplit", options, ["testSize", "shuffle", "stratify", "generator", "seed"]);
  const { length } = checkDataset("trainTestSplit", dataset);
  const { testSize = 0.25, shuffle = true } = options;
  checkNumbers("trainTestSplit", { testSize });
  const test = testSize > 0 && testSize < 1 ? Math.ceil(length * testSize) : testSize;
  if (!Number.isInteger(test) || test < 1 || test >= length)
    throw new ValueError(
      `trainTestSplit: testSize is a share above 0 and below 1 or a number of samples, and leaves some to train on: ${testSize} of ${length} samples`,
      "INVALID_SPLIT",
    );
  const order = shuffle ? permutation("trainTestSplit", length, options) : counting(length);
  const classes = classesOf("trainTestSplit", dataset, options.stratify);
  if (classes === null)
    return [
      new Subset(dataset, order.subarray(0, length - test)),
      new Subset(dataset, order.subarray(length - test)),
    ];
  const groups = grouped(order, classes);
  const shares = apportioned(
    test,
    groups.map(({ samples }) => samples.length),
  );
  const parts: [number[], number[]] = [[], []];
  const inTest = new Set<number>();
  for (const [g, { label, samples }] of groups.entries()) {
    if (samples.length < 2)
      throw new ValueError(
        `trainTestSplit: a class needs two samples to be in both parts: class ${label} has ${samples.length}`,
        "INVALID_SPLIT",
      );
    for (const sample of samples.slice(samples.length - shares[g])) inTest.add(sample);
  }
  for (const sample of order) parts[Number(inTest.has(sample))].push(sample);
  return [new Subset(dataset, parts[0]), new Subset(dataset, parts[1])];
}

/**
 * `k` pairs of training and validation parts; every sample is in exactly one validation part (scikit-learn's
 * `KFold`, `StratifiedKFold`). The sizes of the folds differ by at most one; with stratification, so do the
 * numbers of samples of each class.
 * @example data.kFold(new data.TensorDataset(ones([10, 2])), 5).map(({ validation }) => validation.length)
 *   // [2, 2, 2, 2, 2]
 * @throws ValueError `INVALID_SPLIT` for fewer than two folds, more folds than samples, or a class with fewer
 * samples than folds.
 */
export function kFold<D extends AnyDataset>(
  dataset: D,
  k: number,
  options: KFoldOptions = {},
): { train: Subset<D>; validation: Subset<D> }[] {
  checkOptions("kFold", options, ["shuffle", "stratify", "generator", "seed"]);
  const { length } = checkDataset("kFold", dataset);
  if (!Number.isInteger(k) || k < 2 || k > length)
    throw new ValueError(
      `kFold: k is an integer from 2 to ${length}, the number of samples: ${quoted(k)}`,
      "INVALID_SPLIT",
    );
  const order = (options.shuffle ?? true) ? permutation("kFold", length, options) : counting(length);
  const classes = classesOf("kFold", dataset, options.stratify);
  const fold = new Int32Array(length);
  if (classes === null) for (let i = 0; i < length; i++) fold[order[i]] = Math.floor((i * k) / length);
  else {
    // Samples are assigned to folds in turn, class after class. Each class starts at the fold after the last
    // fold of the previous class.
    let next = 0;
    for (const { label, samples } of grouped(order, classes)) {
      if (samples.length < k)
        throw new ValueError(
          `kFold: a class has fewer samples than there are folds: class ${label} has ${samples.length}, k ${quoted(k)}`,
          "INVALID_SPLIT",
        );
      for (const sample of samples) fold[sample] = next++ % k;
    }
  }
  return Array.from({ length: k }, (_, f) => ({
    train: new Subset(
      dataset,
      order.filter((sample) => fold[sample] !== f),
    ),
    validation: new Subset(
      dataset,
      order.filter((sample) => fold[sample] === f),
    ),
  }));
}

function permutation(op: string, length: number, { generator, seed }: SplitOptions): Int32Array {
  if (generator !== undefined && seed !== undefined)
    throw new ValueError(`${op}: a generator or a seed, not both: seed ${quoted(seed)}`, "INVALID_OPTION");
  const from = seed === undefined ? generator : new Generator(seed);
  return Int32Array.from(randperm(length, { generator: from }).data);
}

const counting = (length: number) => Int32Array.from({ length }, (_, i) => i);

/** The class of each sample, or null without stratification. */
function classesOf(
  op: string,
  dataset: AnyDataset,
  stratify: StratifiedOptions["stratify"] = false,
): ArrayLike<number> | null {
  if (stratify === false) return null;
  const given = stratify === true ? lastTensor(op, dataset) : stratify;
  const classes = given instanceof Tensor ? dense(given.detach()).data : given;
  if (given instanceof Tensor && given.ndim !== 1)
    throw new ValueError(
      `${op}: stratify has one class a sample: [${given.shape.join(", ")}]`,
      "INVALID_SPLIT",
    );
  if (classes.length !== dataset.length)
    throw new ValueError(
      `${op}: stratify has one class a sample: ${classes.length} for ${dataset.length} samples`,
      "INVALID_SPLIT",
    );
  return classes;
}

function lastTensor(op: string, dataset: AnyDataset): Tensor {
  if (dataset instanceof TensorDataset) return dataset.tensors.at(-1)!;
  if (dataset instanceof Subset)
    return indexSelect(lastTensor(op, dataset.dataset), 0, tensor(dataset.indices));
  throw new ValueError(
    `${op}: stratify: true is for a TensorDataset: give the class of each sample for other data sets`,
    "INVALID_SPLIT",
  );
}

/** The samples of each class in the order given; classes in ascending order. */
function grouped(order: Int32Array, classes: ArrayLike<number>): { label: number; samples: number[] }[] {
  const groups = new Map<number, number[]>();
  for (const sample of order) {
    const label = classes[sample];
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [sample]);
    else group.push(sample);
  }
  return [...groups].map(([label, samples]) => ({ label, samples })).sort((a, b) => a.label - b.label);
}

/**
 * `total` divided in proportion to `sizes`, rounded down; the rest goes to the entries with the largest
 * remainders.
 */
function apportioned(total: number, sizes: readonly number[]): number[] {
  const all = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => (total * size) / all);
  const shares = exact.map(Math.floor);
  const byRemainder = exact
    .map((share, i) => ({ i, remainder: share - shares[i] }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  const left = total - shares.reduce((a, b) => a + b, 0);
  for (const { i } of byRemainder.slice(0, left)) shares[i]++;
  return shares;
}
