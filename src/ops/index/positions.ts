/** Positions of elements, for results whose shape depends on shapes only. */

import { checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { checkShape, numel, type Shape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { arange, full } from "../create/create.js";
import { binary, compare, where } from "../elementwise/elementwise.js";
import { cumsum } from "../reduce/scan.js";
import { stack } from "../shape/join.js";
import { narrow, reshape, to } from "../shape/views.js";
import { scatter } from "./scatter.js";

/**
 * For each position in a flattened tensor of `shape`, its position along each dim: one `int32` tensor of the
 * shape of `indices` per dim. PyTorch: `torch.unravel_index`.
 * @example unravelIndex(tensor([5], { dtype: "int32" }), [2, 3]) // [[1], [2]]
 * @throws DTypeError for indices that are not integers.
 * @forms unravelIndex()
 */
export function unravelIndex(indices: Tensor, shape: Shape | number): Tensor[] {
  checkTensors("unravelIndex", indices);
  const sizes = typeof shape === "number" ? [shape] : shape;
  checkShape("unravelIndex", sizes);
  if (isFloating(indices.dtype) || indices.dtype === "bool")
    throw new DTypeError(`unravelIndex: indices are integers: ${indices.dtype}; use to("int32")`);
  const at = to(indices, "int32");
  return sizes.map((size, d) => {
    // A tensor without elements has no positions, and dividing by its sizes of 0 would fail.
    const inner = Math.max(1, numel(sizes.slice(d + 1)));
    return binary.remainder(binary.floorDivide(at, inner), Math.max(1, size));
  });
}

/** Options of `nonzeroStatic`. */
export interface NonzeroStaticOptions {
  /** The number of positions in the result. */
  size: number;
  /** Fills the remaining rows. Default -1. */
  fillValue?: number;
}

/**
 * The first `size` rows of `nonzero`; missing rows are filled with `fillValue`. [size, dims], `int32`.
 * PyTorch: `torch.nonzero_static`.
 * @example nonzeroStatic(tensor([0, 3, 0, 5]), { size: 3 }) // [[1], [3], [-1]]
 * @throws ValueError for a negative size.
 * @forms nonzeroStatic(), x.nonzeroStatic()
 */
export function nonzeroStatic(x: Tensor, options: NonzeroStaticOptions): Tensor {
  checkTensors("nonzeroStatic", x);
  checkOptions("nonzeroStatic", options, ["size", "fillValue"]);
  const { size, fillValue = -1 } = options ?? {};
  if (!Number.isInteger(size) || size < 0)
    throw new ValueError(`nonzeroStatic: the size is an integer >= 0: ${quoted(size)}`);
  if (x.ndim === 0) return full([size, 0], 0, { dtype: "int32" });
  const found = reshape(to(x.detach(), "bool"), [x.numel]);
  // One extra position collects the elements that are too many, and the zeros.
  const place = binary.minimum(where(found, binary.sub(cumsum(found, 0), 1), size), size);
  const places = full([size + 1], -1, { dtype: "int32" });
  const flat = narrow(scatter(places, 0, place, arange(x.numel, { dtype: "int32" })), 0, 0, size);
  const missing = compare.lt(flat, 0);
  return stack(
    unravelIndex(flat, x.shape).map((column) => where(missing, fillValue, column)),
    1,
  );
}
