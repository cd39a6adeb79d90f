import type { Tensor } from "./tensor.js";

/** NumPy's defaults: arrays of more than `threshold` elements show `edge` items at each end of a dim. */
const threshold = 1000;
const edge = 3;
const lineWidth = 80;
const digits = 4;

/**
 * The values, as NumPy and PyTorch print them: columns aligned, long dims shortened, dtype where it is not the default.
 *
 *     tensor([[1.0000, 2.5000],
 *             [3.0000, 4.0000]], requiresGrad=true)
 */
export function formatTensor(x: Tensor): string {
  const shortened = x.numel > threshold;
  const values: number[] = [];
  visit(x, shortened, (v) => values.push(v));
  const format = numberFormat(x, values);
  const width = values.reduce((w, v) => Math.max(w, format(v).length), 0);
  const prefix = "tensor(";
  const body =
    x.numel === 0 ? "[]" : render(x, 0, x.offset, prefix.length, shortened, (v) => format(v).padStart(width));
  const notes: string[] = [];
  if (x.numel === 0 && x.shape.length !== 1) notes.push(`shape=[${x.shape.join(", ")}]`);
  if (shortened) notes.push(`shape=[${x.shape.join(", ")}]`);
  if (x.dtype !== "float32" && x.dtype !== "bool") notes.push(`dtype=${x.dtype}`);
  if (x.gradFn !== null) notes.push(`gradFn=<${x.gradFn.name}>`);
  else if (x.requiresGrad) notes.push("requiresGrad=true");
  return prefix + [body, ...notes].join(", ") + ")";
}

/** Indices of one dim that are shown; -1 stands for the dots. */
function shown(size: number, shortened: boolean): number[] {
  if (!shortened || size <= 2 * edge) return Array.from({ length: size }, (_, i) => i);
  const head = Array.from({ length: edge }, (_, i) => i);
  return [...head, -1, ...head.map((i) => size - edge + i)];
}

function visit(x: Tensor, shortened: boolean, see: (v: number) => void, dim = 0, at = x.offset): void {
  if (x.numel === 0) return;
  if (dim === x.shape.length) see(x.storage.array[at]);
  else
    for (const i of shown(x.shape[dim], shortened))
      if (i >= 0) visit(x, shortened, see, dim + 1, at + i * x.strides[dim]);
}

function render(
  x: Tensor,
  dim: number,
  at: number,
  indent: number,
  shortened: boolean,
  format: (v: number) => string,
): string {
  if (dim === x.shape.length) return format(x.storage.array[at]);
  const items = shown(x.shape[dim], shortened).map((i) =>
    i < 0 ? "..." : render(x, dim + 1, at + i * x.strides[dim], indent + 1, shortened, format),
  );
  const pad = " ".repeat(indent + 1);
  if (dim < x.shape.length - 1) {
    const blank = "\n".repeat(x.shape.length - dim - 1);
    return `[${items.join(`,${blank}${pad}`)}]`;
  }
  // The innermost dim wraps at the line width.
  let line = "";
  const lines: string[] = [];
  for (const [i, item] of items.entries()) {
    const piece = i < items.length - 1 ? item + ", " : item;
    if (line !== "" && indent + 1 + line.length + piece.trimEnd().length > lineWidth) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
  }
  lines.push(line);
  return `[${lines.join(`\n${pad}`)}]`;
}

/** One format for all values: integers as such, else fixed digits, else scientific when the range is wide. */
function numberFormat(x: Tensor, values: number[]): (v: number) => string {
  if (x.dtype === "bool") return (v) => (v !== 0 ? "true" : "false");
  if (x.dtype === "int32" || x.dtype === "uint8") return (v) => String(v);
  const special = (v: number) => (Number.isNaN(v) ? "nan" : v > 0 ? "inf" : "-inf");
  const finite = values.filter((v) => Number.isFinite(v)).map(Math.abs);
  const nonzero = finite.filter((v) => v > 0);
  const max = nonzero.reduce((a, b) => Math.max(a, b), 0);
  const min = nonzero.length > 0 ? nonzero.reduce((a, b) => Math.min(a, b)) : 0;
  if (max >= 1e8 || (min > 0 && min < 1e-4) || (min > 0 && max / min > 1e5))
    return (v) => (Number.isFinite(v) ? v.toExponential(digits) : special(v));
  if (finite.every(Number.isInteger))
    return (v) => (Number.isFinite(v) ? `${Object.is(v, -0) ? "-0" : v}.` : special(v));
  return (v) => (Number.isFinite(v) ? v.toFixed(digits) : special(v));
}
