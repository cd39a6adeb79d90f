import { isFloating } from "../dtype.js";
import { numberFormat } from "./numbers.js";
import type { Tensor } from "./tensor.js";

/** NumPy's defaults: arrays of more than `threshold` elements show `edge` items at each end of a dim. */
const threshold = 1000;
const edge = 3;
const lineWidth = 75;
const prefix = "tensor(";

/**
 * The values as NumPy prints them (aligned columns, as many digits as needed, long dims shortened), followed
 * by dtype and requiresGrad where they are not the default.
 *
 *     tensor([[1. , 2.5],
 *             [3. , 4. ]], requiresGrad=true)
 */
export function formatTensor(x: Tensor): string {
  const shortened = x.numel > threshold;
  const values: number[] = [];
  visit(x, shortened, (v) => values.push(v));
  const format = isFloating(x.dtype) ? numberFormat(values, x.dtype) : columnFormat(x, values);
  const body = x.numel === 0 ? "[]" : render(x, 0, x.offset, shortened, format);
  const notes: string[] = [];
  if (shortened || (x.numel === 0 && x.ndim !== 1)) notes.push(`shape=[${x.shape.join(", ")}]`);
  if (x.dtype !== "float32" && x.dtype !== "bool") notes.push(`dtype=${x.dtype}`);
  if (x.isBehind && x.viewState!.withoutGrad) notes.push("gradFn=<invalid>");
  else if (x.gradFn !== null) notes.push(`gradFn=<${x.gradFn.name}>`);
  else if (x.requiresGrad) notes.push("requiresGrad=true");
  if (notes.length === 0) return `${prefix}${body})`;
  const text = `${prefix}${body},`;
  const rest = `${notes.join(", ")})`;
  const lastLine = text.length - (text.lastIndexOf("\n") + 1);
  const space = lastLine + 1 + rest.length > lineWidth ? `\n${" ".repeat(prefix.length)}` : " ";
  return text + space + rest;
}

/** Integers and booleans, right-aligned. */
function columnFormat(x: Tensor, values: number[]): (v: number) => string {
  const text = (v: number) => (x.dtype === "bool" ? (v !== 0 ? "true" : "false") : String(v));
  // NumPy reserves the width of "false" even if all values are true.
  const least = x.dtype === "bool" && x.ndim > 0 ? "false".length : 0;
  const width = values.reduce((w, v) => Math.max(w, text(v).length), least);
  return (v) => text(v).padStart(width);
}

/** The indices of one dim that are printed; -1 stands for the dots. */
function shown(size: number, shortened: boolean): number[] {
  if (!shortened || size <= 2 * edge) return Array.from({ length: size }, (_, i) => i);
  const head = Array.from({ length: edge }, (_, i) => i);
  return [...head, -1, ...head.map((i) => size - edge + i)];
}

function visit(x: Tensor, shortened: boolean, see: (v: number) => void, dim = 0, at = x.offset): void {
  if (x.numel === 0) return;
  if (dim === x.ndim) see(x.storage.array[at]);
  else
    for (const i of shown(x.shape[dim], shortened))
      if (i >= 0) visit(x, shortened, see, dim + 1, at + i * x.strides[dim]);
}

function render(
  x: Tensor,
  dim: number,
  at: number,
  shortened: boolean,
  format: (v: number) => string,
): string {
  if (dim === x.ndim) return format(x.storage.array[at]);
  const items = shown(x.shape[dim], shortened).map((i) =>
    i < 0 ? "..." : render(x, dim + 1, at + i * x.strides[dim], shortened, format),
  );
  const indent = " ".repeat(prefix.length + dim + 1);
  const inside = x.ndim - dim - 1;
  if (inside > 0) return `[${items.join(`,${"\n".repeat(inside)}${indent}`)}]`;
  // The width leaves space for a comma or bracket, for the brackets of the other dims, and for the closing
  // parenthesis.
  const width = lineWidth - 1 - x.ndim;
  const lines: string[] = [];
  let line = indent;
  for (const item of items) {
    if (line.length + item.length > width && line.length > indent.length) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${item}, `;
  }
  lines.push(line.slice(0, -2));
  return `[${lines.join("\n").slice(indent.length)}]`;
}
