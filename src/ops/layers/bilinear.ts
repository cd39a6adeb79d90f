import { checkOptionalTensors, checkTensors } from "../../arguments.js";
import { isFloating } from "../../dtype.js";
import { DTypeError, formatShape, ShapeError } from "../../errors.js";
import { numel, sameShape } from "../../shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { exactly } from "../arguments/integers-as-float64.js";
import { add } from "../elementwise/elementwise.js";
import { matmul } from "../linalg/matmul.js";
import { permute, reshape } from "../shape/views.js";

/**
 * y[o] = Σᵢⱼ a[i] · weight[o, i, j] · b[j] + bias[o].
 * Shapes: a [..., I], b [..., J], weight [O, I, J], bias [O] → [..., O]. By default `bias` is null, and none
 * is added. PyTorch: `F.bilinear`.
 * @forms nn.functional.bilinear()
 */
export function bilinear(a: Tensor, b: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkTensors("bilinear", a, b, weight);
  checkOptionalTensors("bilinear", bias);
  return exactly([a, b, weight, bias], bilinearForm);
}

function bilinearForm(a: Tensor, b: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  if ([a, b, weight].some((x) => !isFloating(x.dtype) || x.dtype !== a.dtype))
    throw new DTypeError(`bilinear: floats of one dtype are needed: ${a.dtype}, ${b.dtype}, ${weight.dtype}`);
  const [outs, left, right] = weight.shape;
  const lead = a.shape.slice(0, -1);
  if (
    weight.ndim !== 3 ||
    a.shape[a.ndim - 1] !== left ||
    b.shape[b.ndim - 1] !== right ||
    !sameShape(lead, b.shape.slice(0, -1))
  )
    throw new ShapeError(
      `bilinear: inputs are [..., I] and [..., J] for a weight [O, I, J]: ${formatShape(a.shape)}, ${formatShape(b.shape)} and ${formatShape(weight.shape)}`,
    );
  if (bias !== null && !sameShape(bias.shape, [outs]))
    throw new ShapeError(`bilinear: the bias has one value per output, ${outs}: ${formatShape(bias.shape)}`);
  const rows = numel(lead);
  const byLeft = reshape(permute(weight, [1, 0, 2]), [left, outs * right]);
  const partial = reshape(matmul(reshape(a, [rows, left]), byLeft), [rows, outs, right]);
  const y = reshape(matmul(partial, reshape(b, [rows, right, 1])), [...lead, outs]);
  return bias === null ? y : add(y, bias);
}
