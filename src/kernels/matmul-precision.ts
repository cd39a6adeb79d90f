/** How precisely matrix products and convolutions of float32 tensors are computed. */
import type { DType } from "../dtype.js";
import { ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { tracing } from "../tracing.js";

const precisions = ["highest", "high", "medium"] as const;

/** The precisions of `setFloat32MatmulPrecision`. */
export type Float32MatmulPrecision = (typeof precisions)[number];

const setting = { precision: "highest" as Float32MatmulPrecision };

/**
 * Sets how matrix products and convolutions of float32 tensors are computed from now on, in this thread of
 * JavaScript (a Worker has a setting of its own). PyTorch: `torch.set_float32_matmul_precision`, which leaves
 * convolutions to other flags.
 *
 * - `highest` (the default): in float32.
 * - `high`: in float32 too. PyTorch allows less where it is faster: TensorFloat32, or three products of
 *   bfloat16 parts, which take longer on a CPU than one product in float32.
 * - `medium`: elements of both operands are rounded to bfloat16 (8 significant bits), products are exact, and
 *   sums are float32. Up to twice as fast where the CPU has AVX-512 BF16 and the product has 16 rows or more;
 *   the bits are the same everywhere (docs/numerics.md).
 *
 * Results, parameters and gradients stay float32. Tensors of other types ignore the setting. Backward uses
 * the setting of the time when it runs. A compiled function is recorded anew if its recording was made with
 * another setting; a run on a native thread keeps the setting with which it began.
 * @example setFloat32MatmulPrecision("highest") // undefined
 * @throws ValueError `INVALID_PRECISION` for any other word.
 */
export function setFloat32MatmulPrecision(precision: Float32MatmulPrecision): void {
  if (!precisions.includes(precision))
    throw new ValueError(
      `setFloat32MatmulPrecision: the precision is ${precisions.map((name) => `"${name}"`).join(", ")}: ${quoted(precision)}`,
      "INVALID_PRECISION",
    );
  if (tracing !== null) tracing.refuse("the precision of products is set", "set it outside");
  setting.precision = precision;
}

/**
 * The precision set by `setFloat32MatmulPrecision`. PyTorch: `torch.get_float32_matmul_precision`.
 * @example getFloat32MatmulPrecision() // "highest"
 */
export function getFloat32MatmulPrecision(): Float32MatmulPrecision {
  return setting.precision;
}

/** @internal The flag `bfloat16` of a product of tensors of this type. */
export function bfloat16For(dtype: DType): 0 | 1 {
  if (dtype !== "float32") return 0;
  if (tracing !== null) tracing.read(setting, "precision", setting.precision);
  return setting.precision === "medium" ? 1 : 0;
}
