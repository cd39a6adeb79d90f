import { DTypeError, formatShape, ShapeError, ValueError } from "../../errors.js";
import { excerpt, quoted } from "../../quote.js";
import { numel } from "../../shape.js";
import { Tensor } from "../../tensor/tensor.js";
import { mul } from "../elementwise/elementwise.js";
import { sum } from "../reduce/reduce.js";
import { diagonal } from "../shape/diagonal.js";
import { expand, permute, reshape, squeeze, to, unsqueeze } from "../shape/views.js";
import { multiply } from "./products.js";

/*
 * Labels are characters. The dims of an ellipsis are labelled by numbers, starting at the last dim, so that
 * they align as in broadcasting.
 */
type Label = string | number;

/** An operand with one label per dim; each label occurs once. */
interface Labelled {
  x: Tensor;
  labels: Label[];
}

/**
 * Sums of products in Einstein's notation, `einsum("bij,bjk->bik", a, b)`: labels that are missing in the
 * output are summed over. A label twice in an operand is its diagonal, `...` stands for further dims, which
 * broadcast. Without `->` the output is the ellipsis and the labels that occur once, in the order of the
 * alphabet (capitals first). Operands come one by one or as an array; or each with a list of labels 0 … 51
 * and, last, the list of the output. Operands are taken from left to right. PyTorch: `torch.einsum`.
 * @throws ValueError `INVALID_EQUATION`; ShapeError where sizes under a label differ and none is 1.
 * @throws DTypeError for different dtypes.
 * @forms einsum()
 */
export function einsum(equation: string, ...operands: Tensor[] | [readonly Tensor[]]): Tensor;
export function einsum(...sublists: (Tensor | readonly (number | "...")[])[]): Tensor;
export function einsum(first: unknown, ...rest: unknown[]): Tensor {
  const [equation, operands] =
    typeof first === "string"
      ? [first, rest.flat() as Tensor[]]
      : fromSublists([first, ...rest] as (Tensor | readonly (number | "...")[])[]);
  for (const x of operands)
    if (!(x instanceof Tensor))
      throw new DTypeError(`einsum: operands are tensors: ${quoted(x)}`, "NOT_A_TENSOR");
  if (operands.length === 0)
    throw new DTypeError("einsum: at least one operand is needed: got none", "NOT_A_TENSOR");
  const { inputs, output } = parse(equation, operands);
  const dtype = operands[0].dtype;
  for (const x of operands)
    if (x.dtype !== dtype) throw new DTypeError(`einsum: dtypes differ: ${dtype} and ${x.dtype}`);
  checkSizes(inputs, equation);
  let left = reduced(inputs[0], output, inputs.slice(1));
  for (let i = 1; i < inputs.length; i++) {
    const later = inputs.slice(i + 1);
    const right = reduced(inputs[i], output, [left, ...later]);
    left = contract(reduced(left, output, [right, ...later]), right, output, later);
  }
  return arranged(left, output, inputs);
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `einsum(a, [0, 1], b, [1, 2], [0, 2])` as an equation. */
function fromSublists(given: (Tensor | readonly (number | "...")[])[]): [string, Tensor[]] {
  const operands: Tensor[] = [];
  const terms: string[] = [];
  for (const item of given) {
    if (item instanceof Tensor) operands.push(item);
    else if (!Array.isArray(item)) wrong("an equation first, or tensors and lists of labels", item);
    else
      terms.push(
        (item as readonly (number | "...")[])
          .map((label) => (label === "..." ? label : (letters[label] ?? wrong("labels are 0 to 51", label))))
          .join(""),
      );
  }
  const inputs = terms.slice(0, operands.length).join(",");
  return [terms.length > operands.length ? `${inputs}->${terms[operands.length]}` : inputs, operands];
}

function wrong(rule: string, given: unknown): never {
  throw new ValueError(
    `einsum: ${rule}: ${typeof given === "string" ? excerpt(given) : quoted(given)}`,
    "INVALID_EQUATION",
  );
}

function parse(equation: string, operands: readonly Tensor[]): { inputs: Labelled[]; output: Label[] } {
  const [left, right, ...more] = equation.replaceAll(" ", "").split("->");
  if (more.length > 0) wrong("one -> at most", equation);
  const terms = left.split(",");
  if (terms.length !== operands.length)
    wrong(`as many operands as terms, ${terms.length}`, `${operands.length} for ${equation}`);
  const split = (term: string) => {
    const parts = term.split("...");
    if (parts.length > 2 || [...parts.join("")].some((c) => !letters.includes(c)))
      wrong("a term has letters and at most one ellipsis", equation);
    return parts.map((part) => [...part]);
  };
  let widest = 0;
  const inputs = operands.map((x, i) => {
    const [before, after] = split(terms[i]);
    const named = before.length + (after?.length ?? 0);
    if (after === undefined ? named !== x.ndim : named > x.ndim)
      throw new ShapeError(
        `einsum: a label for each dim: ${terms[i]} for ${formatShape(x.shape)} in ${equation}`,
      );
    const extra = x.ndim - named;
    widest = Math.max(widest, extra);
    return diagonals({ x, labels: [...before, ...ellipsis(extra), ...(after ?? [])] });
  });
  const all = [...left.replace(/[.,]/g, "")];
  if (right === undefined)
    return {
      inputs,
      output: [...ellipsis(widest), ...all.filter((c) => all.indexOf(c) === all.lastIndexOf(c)).sort()],
    };
  const [before, after] = split(right);
  const output = [...before, ...(after === undefined ? [] : [...ellipsis(widest), ...after])];
  const named = [...before, ...(after ?? [])];
  if (new Set(named).size !== named.length || named.some((c) => !all.includes(c)))
    wrong("the output has each label once, and only labels of operands", equation);
  return { inputs, output };
}

/** Labels of `n` dims of an ellipsis: n - 1 … 0. */
const ellipsis = (n: number): number[] => Array.from({ length: n }, (_, i) => n - 1 - i);

/** Replaces repeated labels by one label of the diagonal. */
function diagonals({ x, labels }: Labelled): Labelled {
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice === undefined) return { x, labels };
  const [a, b] = [labels.indexOf(twice), labels.lastIndexOf(twice)];
  if (x.shape[a] !== x.shape[b])
    throw new ShapeError(`einsum: sizes under label ${twice} differ in one operand: ${formatShape(x.shape)}`);
  const rest = labels.filter((_, d) => d !== a && d !== b);
  return diagonals({ x: diagonal(x, 0, a, b), labels: [...rest, twice] });
}

function sizeOf({ x, labels }: Labelled, label: Label): number {
  const d = labels.indexOf(label);
  return d < 0 ? 1 : x.shape[d];
}

function checkSizes(inputs: readonly Labelled[], equation: string): void {
  for (const label of new Set(inputs.flatMap((input) => input.labels))) {
    const sizes = [...new Set(inputs.map((input) => sizeOf(input, label)).filter((size) => size !== 1))];
    if (sizes.length > 1)
      throw new ShapeError(
        `einsum: sizes differ under label ${label} of ${equation}: ${sizes.join(" and ")}`,
      );
  }
}

/** Drops the dims of size 1, and sums the dims that neither the output nor another operand has. */
function reduced(input: Labelled, output: readonly Label[], others: readonly Labelled[]): Labelled {
  const needed = (label: Label) =>
    output.includes(label) || others.some((other) => sizeOf(other, label) !== 1);
  const gone = input.labels.flatMap((label, d) => (input.x.shape[d] === 1 || !needed(label) ? [d] : []));
  if (gone.length === 0) return input;
  const x = gone.every((d) => input.x.shape[d] === 1)
    ? squeeze(input.x, gone)
    : to(sum(input.x, gone), input.x.dtype);
  return { x, labels: input.labels.filter((_, d) => !gone.includes(d)) };
}

/** The product of two operands, summed over the labels that only these two have. */
function contract(a: Labelled, b: Labelled, output: readonly Label[], later: readonly Labelled[]): Labelled {
  const kept = (label: Label) =>
    output.includes(label) || later.some((other) => other.labels.includes(label));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter(kept);
  const summed = shared.filter((label) => !kept(label));
  const own = (operand: Labelled) => operand.labels.filter((label) => !shared.includes(label));
  const [ownA, ownB] = [own(a), own(b)];
  if (summed.length === 0) {
    const labels = [...batch, ...ownA, ...ownB];
    return { x: mul(aligned(a, labels), aligned(b, labels)), labels };
  }
  const sizes = (operand: Labelled, labels: Label[]) => labels.map((label) => sizeOf(operand, label));
  const count = (operand: Labelled, labels: Label[]) => numel(sizes(operand, labels));
  const grouped = (operand: Labelled, ...groups: Label[][]) =>
    reshape(
      aligned(operand, groups.flat()),
      groups.map((labels) => count(operand, labels)),
    );
  const product = multiply("einsum", grouped(a, batch, ownA, summed), grouped(b, batch, summed, ownB));
  return {
    x: reshape(product, [...sizes(a, batch), ...sizes(a, ownA), ...sizes(b, ownB)]),
    labels: [...batch, ...ownA, ...ownB],
  };
}

/** The operand with its dims in this order; a missing label becomes a dim of size 1. */
function aligned({ x, labels }: Labelled, order: readonly Label[]): Tensor {
  const lacking = order.filter((label) => !labels.includes(label));
  const all = [...labels, ...lacking];
  const padded = lacking.reduce((y) => unsqueeze(y, -1), x);
  return permute(
    padded,
    order.map((label) => all.indexOf(label)),
  );
}

/** Puts the dims in the order of the output and restores the dropped dims of size 1. */
function arranged(result: Labelled, output: readonly Label[], inputs: readonly Labelled[]): Tensor {
  const y = aligned(reduced(result, output, []), output);
  const sizes = output.map((label) =>
    inputs.map((input) => sizeOf(input, label)).reduce((a, b) => (a === 1 ? b : a)),
  );
  return expand(y, sizes);
}
