import { checkNumbers, checkTensors } from "../../arguments.js";
import { formatShape, ShapeError, ValueError } from "../../errors.js";
import { checkOptions } from "../../options.js";
import { quoted } from "../../quote.js";
import { roomFor } from "../../tensor/room.js";
import type { Tensor } from "../../tensor/tensor.js";
import { constant } from "../create/constant.js";
import { filler, tensor } from "../create/create.js";
import { indexSelect } from "../index/indexing.js";
import { cat } from "../shape/join.js";
import { expand, slice } from "../shape/views.js";

export type PadMode = "constant" | "reflect" | "replicate" | "circular";

export interface PadOptions {
  /** Default `constant`. */
  mode?: PadMode;
  /** The fill value of `constant`. Default 0. */
  value?: number | null;
}

/**
 * `x` extended (or cut, where negative) at both ends of its last dims: `pad` is [before, after] of the last
 * dim, then of the one before it, and so on.
 *
 * - `constant` (default): filled with `value` (default 0), any number of dims
 * - `reflect`: mirrored about the outermost element; `replicate`: the outermost element again; `circular`:
 *   from the other end. For the last 1, 2 or 3 dims of an input with one or two dims (channels, batch and
 *   channels) before them
 *
 * Mode and value may be given by position too: `pad(x, [1, 1], "constant", 2)`. PyTorch: `F.pad`.
 * @throws ShapeError for more dims than `x` has, or when there is less to mirror or to repeat than is asked
 * for.
 * @throws ValueError `INVALID_PADDING` for a padding that is not two integers for each dim; ShapeError for
 * more dims than there are, and for more elements than a mode can give.
 * @forms nn.functional.pad()
 */
export function pad(
  x: Tensor,
  pad: readonly number[],
  how: PadMode | PadOptions = {},
  filler?: number | null,
): Tensor {
  checkTensors("pad", x);
  if (typeof how !== "string") checkOptions("pad", how, ["mode", "value"]);
  const { mode = "constant", value = filler } = typeof how === "string" ? { mode: how } : how;
  if (!Array.isArray(pad) || pad.length % 2 !== 0 || !pad.every(Number.isInteger))
    throw new ValueError(
      `pad: two integers for each dim, the last dim first: ${quoted(pad)}`,
      "INVALID_PADDING",
    );
  if (pad.length > 2 * x.ndim)
    throw new ShapeError(`pad: more dims than there are: ${pad.length / 2} for ${formatShape(x.shape)}`);
  if (mode === "constant") return padConstant(x, pad, value ?? 0);
  if (mode !== "reflect" && mode !== "replicate" && mode !== "circular")
    throw new ValueError(
      `pad: mode is "constant", "reflect", "replicate" or "circular": ${String(mode)}`,
      "INVALID_OPTION",
    );
  if ((value ?? 0) !== 0)
    throw new ValueError(
      `pad: a value is for mode "constant": ${quoted(value)} in mode "${mode}"`,
      "INVALID_OPTION",
    );
  const spatial = pad.length / 2;
  if (spatial < 1 || spatial > 3 || (x.ndim !== spatial + 1 && x.ndim !== spatial + 2))
    throw new ShapeError(
      `pad: in mode "${mode}" one or two dims come before those that are padded: ${spatial} padded of ${formatShape(x.shape)}`,
    );
  let out = x;
  for (let i = 0; i < spatial; i++) out = padDim(out, x.ndim - 1 - i, pad[2 * i], pad[2 * i + 1], mode);
  return out;
}

function padConstant(x: Tensor, pad: readonly number[], value: number): Tensor {
  let out = x;
  for (let i = 0; i < pad.length / 2; i++) {
    const d = x.ndim - 1 - i;
    const [before, after] = [pad[2 * i], pad[2 * i + 1]];
    checkLength(x, d, x.shape[d] + before + after);
    const size = out.shape[d];
    // One end may be cut by more than the size if the other end grows.
    const start = Math.min(Math.max(0, -before), size);
    const end = Math.max(start, Math.min(size, size + after));
    const kept = slice(out, ...out.shape.map((_, e) => (e === d ? ([start, end] as const) : null)));
    const total = size + before + after;
    const lead = Math.min(Math.max(0, before), total);
    const rest = total - lead - (end - start);
    const filled = (n: number) =>
      expand(
        constant(filler("pad", value, x.dtype), x.dtype),
        out.shape.map((length, e) => (e === d ? n : length)),
      );
    const ends = [filled(lead), filled(Math.max(0, rest))];
    if (lead > 0 || rest > 0) out = cat([ends[0], kept, ends[1]], d);
    else out = kept;
  }
  return out;
}

function checkLength(x: Tensor, d: number, length: number): void {
  if (length < 0)
    throw new ShapeError(
      `pad: more is cut than there is: ${length} elements in dim ${d} of ${formatShape(x.shape)}`,
    );
}

/** Pads one dim by selecting from it: the positions depend only on the shape. */
function padDim(
  x: Tensor,
  d: number,
  before: number,
  after: number,
  mode: Exclude<PadMode, "constant">,
): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[d];
  const most = mode === "reflect" ? size - 1 : mode === "circular" ? size : Infinity;
  if (before > most || after > most || size === 0)
    throw new ShapeError(
      `pad: mode "${mode}" has no more than ${size === 0 ? 0 : most} elements to give: ${before} and ${after} in dim ${d} of ${formatShape(x.shape)}`,
    );
  checkLength(x, d, size + before + after);
  // `circular` repeats the elements that remain after cutting.
  const start = Math.max(0, -before);
  const left = size - start - Math.max(0, -after);
  const at = roomFor("pad", "int32", size + before + after).map((_, i) => {
    const position = i - before;
    if (mode === "circular") return start + ((((position - start) % left) + left) % left);
    if (mode === "replicate") return Math.min(Math.max(position, 0), size - 1);
    const mirrored = Math.abs(position);
    return mirrored < size ? mirrored : 2 * (size - 1) - mirrored;
  });
  return indexSelect(x, d, tensor(at));
}

/**
 * `x` padded with a constant: [before, after] of the last dim, then of the one before it, and so on. `value`
 * is 0 by default. PyTorch: `torch.constant_pad_nd`.
 * @example constantPadNd(tensor([1, 2]), [1, 0], 9) // [9, 1, 2]
 * @throws ValueError `INVALID_PADDING` for a padding that is not two integers for each dim; ShapeError for
 * more dims than there are.
 * @forms constantPadNd()
 */
export function constantPadNd(x: Tensor, padding: readonly number[], value = 0): Tensor {
  checkTensors("constantPadNd", x);
  checkNumbers("constantPadNd", { value });
  return pad(x, padding, "constant", value);
}
