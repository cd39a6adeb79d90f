/**
 * Sequences of different lengths as one batch (PyTorch's `torch.nn.utils.rnn`): padded to the longest, or
 * packed without padding. Each form is one lookup of rows, so each has a gradient.
 */
import {
  checkBooleans,
  checkIntegers,
  checkNumbers,
  checkTensorList,
  checkTensors,
  checkWords,
} from "../arguments.js";
import { type DType, isFloating } from "../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../errors.js";
import { full, tensor } from "../ops/create/create.js";
import { indexSelect } from "../ops/index/indexing.js";
import { cat } from "../ops/shape/join.js";
import { narrow, reshape, select, to } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { sameShape } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";

/** Lengths of sequences: an array, or a tensor of integers with one dim. */
export type Lengths = Tensor | readonly number[];

const indices = (values: readonly number[]) => tensor(Int32Array.from(values));

/** The elements of a tensor of integers with one dim, or of an array of integers. */
function integersOf(op: string, name: string, given: Lengths): number[] {
  if (given instanceof Tensor) {
    if (isFloating(given.dtype) || given.dtype === "bool")
      throw new DTypeError(`${op}: ${name} are integers: ${given.dtype}`);
    if (given.ndim !== 1) throw new ShapeError(`${op}: ${name} have one dim: ${formatShape(given.shape)}`);
    return given.toArray() as number[];
  }
  if (!Array.isArray(given)) throw new DTypeError(`${op}: ${name} are integers: ${quoted(given)}`);
  for (const length of given as readonly unknown[])
    if (!Number.isSafeInteger(length)) throw new ValueError(`${op}: ${name} are integers: ${quoted(length)}`);
  return [...given];
}

/** The lengths of `batch` sequences, each from 1 to `longest`. */
function lengthsOf(op: string, given: Lengths, batch: number, longest: number): number[] {
  const lengths = integersOf(op, "lengths", given);
  if (lengths.length !== batch)
    throw new ShapeError(`${op}: there is one length per sequence: ${lengths.length} for ${batch} sequences`);
  for (const [i, length] of lengths.entries())
    if (length < 1 || length > longest)
      throw new ValueError(
        `${op}: lengths are from 1 to ${longest}: ${length} at position ${i}`,
        "INVALID_LENGTH",
      );
  return lengths;
}

const falls = (lengths: readonly number[]) => lengths.every((n, i) => i === 0 || n <= lengths[i - 1]);

function checkSorted(op: string, lengths: readonly number[]): void {
  if (!falls(lengths))
    throw new ValueError(
      `${op}: lengths fall from the first to the last sequence unless enforceSorted is false: ${formatShape(lengths)}`,
      "UNSORTED_LENGTHS",
    );
}

/** The positions of the values of a permutation: of [2, 0, 1], [1, 2, 0]. */
function inverseOf(permutation: readonly number[]): number[] {
  const inverse: number[] = Array(permutation.length);
  for (const [i, value] of permutation.entries()) inverse[value] = i;
  return inverse;
}

/**
 * Sequences of different lengths without padding (PyTorch's `PackedSequence`): the first step of every
 * sequence, longest first, then the second steps, and so on. `packPaddedSequence` and `packSequence` make it.
 * Without indices, null by default, the sequences are in their order.
 * @example nn.utils.rnn.packSequence([ones([3]), ones([1])]).batchSizes // [2, 1, 1]
 * @throws ShapeError for batch sizes that do not add up to the rows; ValueError for batch sizes that rise or
 * are below 1, and for indices that are not a permutation.
 */
export class PackedSequence {
  /** The number of sequences that have each step: [steps] int32, never rising. */
  readonly batchSizes: Tensor;
  /** @internal The same as numbers. */
  readonly counts: readonly number[];
  /** The given position of each sequence, longest first: [N] int32; null if they were given in this order. */
  readonly sortedIndices: Tensor | null;
  /** The position here of each given sequence: the inverse of `sortedIndices`. */
  readonly unsortedIndices: Tensor | null;
  /** @internal The same as numbers, also where it is null. */
  readonly positions: readonly number[];

  /**
   * @param data [rows, …]: the steps of all sequences, step by step
   * @param batchSizes the number of rows of each step, which never rises; together the number of rows
   */
  constructor(
    readonly data: Tensor,
    batchSizes: Lengths,
    sortedIndices: Lengths | null = null,
    unsortedIndices: Lengths | null = null,
  ) {
    checkTensors("PackedSequence", data);
    const counts = integersOf("PackedSequence", "batchSizes", batchSizes);
    const rows = counts.reduce((sum, count) => sum + count, 0);
    if (data.ndim === 0 || counts.length === 0 || rows !== data.shape[0])
      throw new ShapeError(
        `PackedSequence: batchSizes add up to the rows of the data: ${formatShape(counts)} for ${formatShape(data.shape)}`,
      );
    if (!falls(counts) || counts[counts.length - 1] < 1)
      throw new ValueError(`PackedSequence: batchSizes never rise and are 1 or more: ${formatShape(counts)}`);
    this.counts = counts;
    this.batchSizes = indices(counts);
    const order = (name: string, given: Lengths | null) => {
      if (given === null) return null;
      const values = integersOf("PackedSequence", name, given);
      if (values.length !== counts[0] || [...values].sort((a, b) => a - b).some((value, i) => value !== i))
        throw new ValueError(
          `PackedSequence: ${name} are the positions 0 to ${counts[0] - 1}, each once: ${formatShape(values)}`,
        );
      return values;
    };
    const sorted = order("sortedIndices", sortedIndices);
    const unsorted = order("unsortedIndices", unsortedIndices) ?? (sorted && inverseOf(sorted));
    this.sortedIndices = sorted && indices(sorted);
    this.unsortedIndices = unsorted && indices(unsorted);
    this.positions = unsorted ?? Array.from({ length: counts[0] }, (_, b) => b);
  }

  /** @internal The same form with other data. */
  withData(data: Tensor): PackedSequence {
    const copy: PackedSequence = Object.create(PackedSequence.prototype);
    return Object.assign(copy, this, { data });
  }

  /** The same with data of this dtype. */
  to(dtype: DType): PackedSequence {
    return this.withData(to(this.data, dtype));
  }
}

/** The sequences longest first, and how many have each step. */
interface Order {
  /** Positions of the sequences; null if they are in this order. */
  readonly sorted: number[] | null;
  readonly lengths: readonly number[];
  readonly counts: readonly number[];
}

function orderOf(op: string, lengths: readonly number[], enforceSorted: boolean): Order {
  if (enforceSorted) checkSorted(op, lengths);
  const sorted = enforceSorted
    ? null
    : lengths.map((_, i) => i).sort((a, b) => lengths[b] - lengths[a] || a - b);
  const falling = sorted === null ? lengths : sorted.map((i) => lengths[i]);
  const counts: number[] = [];
  for (let b = falling.length; b > 0; b--) while (counts.length < falling[b - 1]) counts.push(b);
  return { sorted, lengths: falling, counts };
}

/** The rows of `data` that `rowOf` names for each step of each sequence, packed. */
function packed(data: Tensor, { sorted, counts }: Order, rowOf: (sequence: number, step: number) => number) {
  const rows: number[] = [];
  for (const [t, count] of counts.entries())
    for (let b = 0; b < count; b++) rows.push(rowOf(sorted === null ? b : sorted[b], t));
  return new PackedSequence(indexSelect(data, 0, indices(rows)), counts, sorted);
}

/** Options of `rnn.packPaddedSequence`. */
export interface PackPaddedOptions {
  /** Whether the input is [N, L, …] instead of [L, N, …]. Default false. */
  batchFirst?: boolean;
  /** Whether the lengths must fall. Otherwise the sequences are sorted. Default true. */
  enforceSorted?: boolean;
}

/**
 * Packs padded sequences (PyTorch's `pack_padded_sequence`). Shapes: input [L, N, …] ([N, L, …] with
 * `batchFirst`), one length for each of N sequences, from 1 to L.
 * @example nn.utils.rnn.packPaddedSequence(ones([3, 2]), [3, 1]).data.shape // [4]
 * @throws ValueError `INVALID_LENGTH`, `UNSORTED_LENGTHS`; ShapeError for a wrong number of lengths, and for
 * an input without elements.
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: Lengths,
  options: PackPaddedOptions = {},
): PackedSequence {
  const op = "packPaddedSequence";
  checkTensors(op, input);
  checkOptions(op, options, ["batchFirst", "enforceSorted"]);
  const { batchFirst = false, enforceSorted = true } = options;
  checkBooleans(op, { batchFirst, enforceSorted });
  const { longest, batch, features } = paddedSizes(op, input, batchFirst);
  if (input.numel === 0) throw new ShapeError(`${op}: the input has elements: ${formatShape(input.shape)}`);
  const order = orderOf(op, lengthsOf(op, lengths, batch, longest), enforceSorted);
  const rows = reshape(input, [longest * batch, ...features]);
  return packed(rows, order, (b, t) => (batchFirst ? b * longest + t : t * batch + b));
}

function paddedSizes(op: string, input: Tensor, batchFirst: boolean) {
  if (input.ndim < 2)
    throw new ShapeError(
      `${op}: the input has two dims or more, steps and batch: ${formatShape(input.shape)}`,
    );
  const [longest, batch] = batchFirst ? [input.shape[1], input.shape[0]] : input.shape;
  return { longest, batch, features: input.shape.slice(2) };
}

/** Options of functions that take or make padded sequences. */
export interface PadOptions {
  /** Whether the result is [N, L, …] instead of [L, N, …]. Default false. */
  batchFirst?: boolean;
  /** The value behind the end of a sequence. Default 0. */
  paddingValue?: number;
}

/**
 * [L, N, …] or [N, L, …] with row `rowOf(sequence, step)` of `data`, or with padding where that is null.
 */
function padded(
  data: Tensor,
  [longest, batch]: readonly [number, number],
  { batchFirst = false, paddingValue = 0 }: PadOptions,
  rowOf: (sequence: number, step: number) => number | null,
): Tensor {
  const [rows, ...features] = data.shape;
  const found: number[] = Array(longest * batch);
  let isFull = true;
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < longest; t++) {
      const row = rowOf(b, t);
      if (row === null) isFull = false;
      found[batchFirst ? b * longest + t : t * batch + b] = row ?? rows;
    }
  const padding = () => full([1, ...features], paddingValue, { dtype: data.dtype });
  const all = indexSelect(isFull ? data : cat([data, padding()]), 0, indices(found));
  return reshape(all, [...(batchFirst ? [batch, longest] : [longest, batch]), ...features]);
}

/** Options of `rnn.padPackedSequence`. */
export interface PadPackedOptions extends PadOptions {
  /** The number of steps of the result: at least that of the longest sequence, which is the default. */
  totalLength?: number | null;
}

/**
 * The padded sequences and their lengths, in the order in which they were packed (PyTorch's
 * `pad_packed_sequence`): [[L, N, …], [N] int32].
 * @example nn.utils.rnn.padPackedSequence(nn.utils.rnn.packSequence([ones([2]), ones([1])])) // [[[1, 1],
 *   [1, 0]], [2, 1]]
 * @throws DTypeError `NOT_A_PACKED_SEQUENCE`.
 */
export function padPackedSequence(
  sequence: PackedSequence,
  options: PadPackedOptions = {},
): [padded: Tensor, lengths: Tensor] {
  const op = "padPackedSequence";
  checkPacked(op, sequence);
  checkOptions(op, options, ["batchFirst", "paddingValue", "totalLength"]);
  const { batchFirst = false, paddingValue = 0, totalLength = null } = options;
  checkBooleans(op, { batchFirst });
  checkNumbers(op, { paddingValue });
  const { counts, data } = sequence;
  if (totalLength !== null) checkIntegers(op, { totalLength }, counts.length);
  const { starts, lengths, positions } = placesOf(sequence);
  const sizes = [totalLength ?? counts.length, counts[0]] as const;
  const all = padded(data, sizes, options, (b, t) => (t < lengths[b] ? starts[t] + positions[b] : null));
  return [all, indices(lengths)];
}

function checkPacked(op: string, given: unknown): void {
  if (!(given instanceof PackedSequence))
    throw new DTypeError(`${op}: a PackedSequence is needed: ${quoted(given)}`, "NOT_A_PACKED_SEQUENCE");
}

/** The first row of each step; the length of each sequence and its place in a step, in the given order. */
function placesOf({ counts, positions }: PackedSequence) {
  const lengths = positions.map((b) => counts.filter((count) => count > b).length);
  return { starts: startsOf(counts), lengths, positions };
}

/** Checks sequences [L, …] that agree in their other dims and dtype. Returns their lengths. */
function checkSequences(op: string, sequences: readonly Tensor[]): number[] {
  checkTensorList(op, sequences);
  if (sequences.length === 0) throw new ShapeError(`${op}: there is one sequence or more: []`);
  const [first] = sequences;
  for (const x of sequences) {
    if (x.ndim === 0) throw new ShapeError(`${op}: sequences have one dim or more: []`);
    if (!sameShape(x.shape.slice(1), first.shape.slice(1)))
      throw new ShapeError(
        `${op}: sequences differ only in their first dim: ${formatShape(first.shape)} and ${formatShape(x.shape)}`,
      );
    if (x.dtype !== first.dtype) throw new DTypeError(`${op}: dtypes differ: ${first.dtype} and ${x.dtype}`);
  }
  return sequences.map((x) => x.shape[0]);
}

/** Where each part begins when all are joined. */
function startsOf(lengths: readonly number[]): number[] {
  const starts = [0];
  for (const length of lengths) starts.push(starts[starts.length - 1] + length);
  return starts;
}

/** Options of `rnn.padSequence`. */
export interface PadSequenceOptions extends PadOptions {
  /** The side of a sequence on which the padding is. Default `right`. */
  paddingSide?: "left" | "right";
}

/**
 * Sequences [Lᵢ, …] as one tensor, padded to the longest: [L, N, …], or [N, L, …] with `batchFirst`
 * (PyTorch's `pad_sequence`).
 * @example nn.utils.rnn.padSequence([ones([2]), ones([1])], { batchFirst: true }) // [[1, 1], [1, 0]]
 * @throws ShapeError without a sequence, and for sequences that differ in other dims than the first;
 * DTypeError for other dtypes.
 */
export function padSequence(sequences: readonly Tensor[], options: PadSequenceOptions = {}): Tensor {
  const op = "padSequence";
  checkOptions(op, options, ["batchFirst", "paddingValue", "paddingSide"]);
  const { batchFirst = false, paddingValue = 0, paddingSide = "right" } = options;
  checkBooleans(op, { batchFirst });
  checkNumbers(op, { paddingValue });
  checkWords(op, ["left", "right"], { paddingSide });
  const lengths = checkSequences(op, sequences);
  const longest = Math.max(...lengths);
  const starts = startsOf(lengths);
  return padded(cat(sequences), [longest, sequences.length], options, (b, t) => {
    const step = paddingSide === "left" ? t - (longest - lengths[b]) : t;
    return step >= 0 && step < lengths[b] ? starts[b] + step : null;
  });
}

/**
 * The sequences [Lᵢ, …] of a padded tensor (PyTorch's `unpad_sequence`), as views. Shapes: [L, N, …], or
 * [N, L, …] with `batchFirst`; one length for each of N sequences, from 1 to L.
 * @example nn.utils.rnn.unpadSequence(ones([3, 2]), tensor([3, 1], { dtype: "int32" })) // [[1, 1, 1], [1]]
 * @throws ShapeError for less than 2 dims, and for another number of lengths than sequences; ValueError
 * `INVALID_LENGTH`.
 */
export function unpadSequence(
  paddedSequences: Tensor,
  lengths: Lengths,
  options: { batchFirst?: boolean } = {},
): Tensor[] {
  const op = "unpadSequence";
  checkTensors(op, paddedSequences);
  checkOptions(op, options, ["batchFirst"]);
  const { batchFirst = false } = options;
  checkBooleans(op, { batchFirst });
  const { longest, batch } = paddedSizes(op, paddedSequences, batchFirst);
  return lengthsOf(op, lengths, batch, longest).map((length, b) =>
    narrow(select(paddedSequences, batchFirst ? 0 : 1, b), 0, 0, length),
  );
}

/**
 * Packs sequences [Lᵢ, …], each of one step or more (PyTorch's `pack_sequence`). A step has the shape […].
 * @example nn.utils.rnn.packSequence([tensor([1, 2]), tensor([3])]).data // [1, 3, 2]
 * @throws ShapeError without a sequence, and for sequences that differ in other dims than the first;
 * DTypeError for other dtypes; ValueError `INVALID_LENGTH` for an empty sequence.
 */
export function packSequence(
  sequences: readonly Tensor[],
  options: { enforceSorted?: boolean } = {},
): PackedSequence {
  const op = "packSequence";
  checkOptions(op, options, ["enforceSorted"]);
  const { enforceSorted = true } = options;
  checkBooleans(op, { enforceSorted });
  const lengths = checkSequences(op, sequences);
  const starts = startsOf(lengths);
  const checked = lengthsOf(op, lengths, lengths.length, Math.max(...lengths));
  return packed(cat(sequences), orderOf(op, checked, enforceSorted), (b, t) => starts[b] + t);
}

/**
 * The sequences [Lᵢ, …] in the order in which they were packed (PyTorch's `unpack_sequence`). Each has its
 * own length.
 * @example nn.utils.rnn.unpackSequence(nn.utils.rnn.packSequence([tensor([1, 2]), tensor([3])])) // [[1, 2],
 *   [3]]
 * @throws DTypeError `NOT_A_PACKED_SEQUENCE`.
 */
export function unpackSequence(sequence: PackedSequence): Tensor[] {
  checkPacked("unpackSequence", sequence);
  const { starts, lengths, positions } = placesOf(sequence);
  return lengths.map((length, b) =>
    indexSelect(sequence.data, 0, indices(Array.from({ length }, (_, t) => starts[t] + positions[b]))),
  );
}
