import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { Tensor } from "../../tensor/tensor.js";
import { full, tensor, zeros } from "../create/create.js";
import { add, compare, div, exp, integer, log, neg, sub, where } from "../elementwise/elementwise.js";
import { gather, indexSelect } from "../index/indexing.js";
import { mean, sum } from "../reduce/reduce.js";
import { cat } from "../shape/join.js";
import { expand, narrow, reshape, select, squeeze, to, unsqueeze } from "../shape/views.js";
import { checkReduction, type Reduction } from "./cross-entropy.js";

export interface CTCLossOptions {
  /** The class of the blank. Default 0. */
  blank?: number;
  /**
   * `mean` (default; each loss is first divided by the number of labels), `sum`, or `none` for one loss per
   * sequence.
   */
  reduction?: Reduction;
  /**
   * Whether a sequence that is too short for its labels has loss 0 instead of an infinite loss. Default
   * false.
   */
  zeroInfinity?: boolean;
}

export const ctcLossOptions = [
  ...(["blank", "reduction", "zeroInfinity"] as const),
] as const satisfies readonly (keyof CTCLossOptions)[];

/** One length per sequence: numbers, or integers in a tensor. Only numbers can be compiled. */
export type Lengths = Tensor | readonly number[] | number;

/**
 * -log of the probability that a sequence spells its labels, with blanks between them and each label repeated
 * any number of times (Graves et al., 2006). As in PyTorch the gradient is that for normalised
 * log-probabilities, as `logSoftmax` gives them.
 * Shapes: logProbs [T, N, C] or [T, C]; targets (integers) [N, S], or [S], or of all sequences one after
 * another; lengths [N] or []. PyTorch: `F.ctc_loss`.
 * @example nn.functional.ctcLoss(zeros([2, 1, 2]).sub(Math.LN2), tensor([[1]], { dtype: "int32" }), [2], [1])
 *   // 0.2877
 * @throws ValueError for lengths that are longer than what there is.
 * @throws DTypeError for log-probabilities that are not floats, and targets that are not integers; ShapeError
 * for other shapes.
 * @forms nn.functional.ctcLoss()
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Lengths,
  targetLengths: Lengths,
  options: CTCLossOptions = {},
): Tensor {
  checkTensors("ctcLoss", logProbs, targets);
  checkOptions("ctcLoss", options, ctcLossOptions);
  const { blank = 0, reduction = "mean", zeroInfinity = false } = options;
  checkReduction("ctcLoss", reduction);
  if (!isFloating(logProbs.dtype))
    throw new DTypeError(`ctcLoss: log-probabilities are floats: ${logProbs.dtype}`);
  if (isFloating(targets.dtype)) throw new DTypeError(`ctcLoss: targets are class indices: ${targets.dtype}`);
  if (logProbs.ndim !== 2 && logProbs.ndim !== 3)
    throw new ShapeError(
      `ctcLoss: log-probabilities are [T, N, C] or [T, C]: ${formatShape(logProbs.shape)}`,
    );
  const single = logProbs.ndim === 2;
  const logs = single ? unsqueeze(logProbs, 1) : logProbs;
  const [steps, samples, classes] = logs.shape;
  if (!Number.isInteger(blank) || blank < 0 || blank >= classes)
    throw new ValueError(`ctcLoss: blank is a class, 0 to ${classes - 1}: ${quoted(blank)}`);
  const long = lengthsOf("inputLengths", inputLengths, samples, steps);
  const most = targets.ndim === 2 ? targets.shape[1] : targets.numel;
  const counts = lengthsOf("targetLengths", targetLengths, samples, most);
  const labels = labelsOf(targets, counts, samples, blank);
  const losses = lossesOf(logs, labels, long, counts, blank, zeroInfinity);
  if (reduction === "none") return single ? squeeze(losses, 0) : losses;
  if (reduction === "sum") return sum(losses);
  const each = counts.map((count) => Math.max(count, 1));
  return mean(div(losses, tensor(each, { dtype: logs.dtype })));
}

function lengthsOf(name: string, given: Lengths, samples: number, most: number): number[] {
  if (!(given instanceof Tensor) && !Array.isArray(given) && typeof given !== "number")
    throw new ValueError(`ctcLoss: ${name} are integers, an array of them or a tensor: ${quoted(given)}`);
  const lengths =
    given instanceof Tensor
      ? Array.from(to(given.detach(), "int32").contiguous().data)
      : typeof given === "number"
        ? [given]
        : [...given];
  if (lengths.length !== samples)
    throw new ShapeError(`ctcLoss: ${name} has one length per sequence: ${lengths.length} for ${samples}`);
  if (!lengths.every((n) => Number.isInteger(n) && n >= 0 && n <= most))
    throw new ValueError(`ctcLoss: ${name} are integers between 0 and ${most}: ${quoted(lengths)}`);
  return lengths;
}

/** The labels of each sequence, [N, largest number of labels], padded with blanks. */
function labelsOf(targets: Tensor, counts: readonly number[], samples: number, blank: number): Tensor {
  const most = Math.max(0, ...counts);
  const together = counts.reduce((a, b) => a + b, 0);
  if (targets.ndim > 2 || (targets.ndim === 2 ? targets.shape[0] !== samples : targets.numel < together))
    throw new ShapeError(
      `ctcLoss: targets are [N, S], or all labels in a row: ${formatShape(targets.shape)} for ${samples} sequences of ${formatShape(counts)} labels`,
    );
  if (samples === 0 || most === 0) return zeros([samples, most], { dtype: "int32" });
  const starts = counts.map((_, n) =>
    targets.ndim === 2 ? n * targets.shape[1] : counts.slice(0, n).reduce((a, b) => a + b, 0),
  );
  const columns = [...new Array<number>(most).keys()];
  // After its labels, a sequence reads arbitrary positions; blanks replace them.
  const places = starts.flatMap((start, n) => columns.map((s) => (s < counts[n] ? start + s : 0)));
  const read = indexSelect(
    reshape(to(targets, "int32"), [targets.numel]),
    0,
    tensor(places, { dtype: "int32" }),
  );
  const own = counts.flatMap((count) => columns.map((s) => s < count));
  const shape = [samples, most];
  return where(tensor(own, { shape, dtype: "bool" }), reshape(read, shape), blank);
}

/** -log p of each sequence, [N]. */
function lossesOf(
  logs: Tensor,
  labels: Tensor,
  long: readonly number[],
  counts: readonly number[],
  blank: number,
  zeroInfinity: boolean,
): Tensor {
  const [steps, samples] = logs.shape;
  const [, most] = labels.shape;
  // Blanks before, between and after the labels: the states of a sequence.
  const blanks = full([samples, most, 1], blank, { dtype: "int32" });
  const pairs = reshape(cat([blanks, unsqueeze(labels, 2)], 2), [samples, 2 * most]);
  const states = cat([pairs, full([samples, 1], blank, { dtype: "int32" })], 1);
  const width = 2 * most + 1;
  const said = gather(logs, 2, expand(unsqueeze(states, 0), [steps, samples, width]));
  const skips = maySkip(states, blank);
  // The state before the first step, as if after an initial blank.
  const start = new Array<number>(samples)
    .fill(0)
    .flatMap(() => [0, ...new Array(width - 1).fill(-Infinity)]);
  let reached = tensor(start, { shape: [samples, width], dtype: logs.dtype });
  for (let t = 0; t < steps; t++) {
    const next = add(
      logSumExp([reached, moved(reached, 1), where(skips, moved(reached, 2), -Infinity)]),
      select(said, 0, t),
    );
    const over = long.map((length) => t >= length);
    reached = over.includes(true)
      ? where(tensor(over, { shape: [samples, 1], dtype: "bool" }), reached, next)
      : next;
  }
  const at = (offset: number) => {
    const index = counts.map((count) => Math.max(2 * count + offset, 0));
    return squeeze(gather(reached, 1, tensor(index, { shape: [samples, 1], dtype: "int32" })), 1);
  };
  const labelled = tensor(
    counts.map((count) => count > 0),
    { shape: [samples], dtype: "bool" },
  );
  const likelihood = logSumExp([at(0), where(labelled, at(-1), -Infinity)]);
  const losses = add(neg(likelihood), asIfNormalised(logs, long));
  return zeroInfinity ? where(compare.eq(likelihood, -Infinity), 0, losses) : losses;
}

/**
 * Whether a state can follow the state two before it: only a label that differs from the previous label can.
 */
function maySkip(states: Tensor, blank: number): Tensor {
  const [samples, width] = states.shape;
  const none = full([samples, Math.min(2, width)], 0, { dtype: "bool" });
  if (width < 3) return narrow(none, 1, 0, width);
  const [before, after] = [narrow(states, 1, 0, width - 2), narrow(states, 1, 2, width - 2)];
  return cat([none, integer.bitwiseAnd(compare.ne(after, blank), compare.ne(after, before))], 1);
}

/** x [N, width], with each row shifted by `by` positions. */
function moved(x: Tensor, by: number): Tensor {
  const [samples, width] = x.shape;
  const front = full([samples, Math.min(by, width)], -Infinity, { dtype: x.dtype });
  return width <= by ? front : cat([front, narrow(x, 1, 0, width - by)], 1);
}

/** log Σ exp, elementwise; if all inputs are -Infinity, the result is -Infinity, without a gradient. */
function logSumExp(parts: readonly Tensor[]): Tensor {
  const all = parts.map((part) => part.detach());
  const largest = all.reduce((a, b) => where(compare.gt(a, b), a, b));
  const base = where(compare.eq(largest, -Infinity), 0, largest);
  const total = parts.map((part) => exp(sub(part, base))).reduce((a, b) => add(a, b));
  const none = compare.eq(total, 0);
  return where(none, -Infinity, add(log(where(none, 1, total)), base));
}

/**
 * 0, with the gradient of Σ exp(logProbs), which is 1 per step for log-probabilities. This gradient is part
 * of PyTorch's gradient; the backward of logSoftmax cancels it.
 */
function asIfNormalised(logs: Tensor, long: readonly number[]): Tensor {
  const [steps, samples] = logs.shape;
  const within = Array.from({ length: steps }, (_, t) => long.map((length) => t < length)).flat();
  const counted = tensor(within, { shape: [steps, samples, 1], dtype: "bool" });
  const total = sum(where(counted, exp(logs), 0), [0, 2]);
  return sub(total, total.detach());
}
