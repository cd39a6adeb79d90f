/* Written by tools/generate-ops.js (npm run generate) from the operations of src/ops. Do not edit. */

import type { Data, DType } from "../../dtype.js";
import type { OrNamed, WithDim } from "../../options.js";
import type { Shape, Strides } from "../../shape.js";
import type { Named } from "../arguments/named.js";
import type { Sizes } from "../arguments/sizes.js";
import type { GeneratorOptions, TensorOptions } from "../create/create.js";
import type { MultinomialOptions } from "../create/draw.js";
import type { CloseOptions } from "../elementwise/closeness.js";
import type { DiffOptions } from "../elementwise/differences.js";
import type { Operand } from "../elementwise/elementwise.js";
import type {
  DivOptions,
  Limit,
  Limits,
  NanToNumOptions,
  RoundOptions,
  ScaledOptions,
} from "../elementwise/pointwise.js";
import type { BincountOptions, HistcOptions, HistogramOptions } from "../index/histogram.js";
import type { IndexReduction } from "../index/index-reduce.js";
import type { AccumulateOptions } from "../index/index-writing.js";
import type { NonzeroStaticOptions } from "../index/positions.js";
import type { ScatterOptions, ScatterReduceOptions, ScatterReduction } from "../index/scatter.js";
import type { SortOptions, TopkOptions, ValuesAndIndices } from "../index/sort.js";
import type { Subscript } from "../index/subscripts.js";
import type {
  Nonzero,
  NonzeroOptions,
  Unique,
  UniqueConsecutiveOptions,
  UniqueOptions,
} from "../index/unique.js";
import type { SoftmaxOptions } from "../layers/softmax.js";
import type { CholeskyOptions } from "../linalg/cholesky.js";
import type { LuOptions } from "../linalg/lu.js";
import type { OrmqrOptions } from "../linalg/orthogonal.js";
import type { AddProductOptions } from "../linalg/products.js";
import type { SvdOfOptions } from "../linalg/svd.js";
import type { TriangularSolveOptions } from "../linalg/triangular.js";
import type { CovOptions } from "../reduce/covariance.js";
import type { Along } from "../reduce/extremes.js";
import type { NormArguments, OrderArguments } from "../reduce/norms.js";
import type { QuantileOptions } from "../reduce/quantile.js";
import type {
  ConvertingReduceOptions,
  Dims,
  DimsOr,
  LineOr,
  ReduceOptions,
  VarianceOptions,
} from "../reduce/reduce.js";
import type { ScanOptions } from "../reduce/scan.js";
import type { WhichDiagonal } from "../shape/diagonal.js";
import type { Sections } from "../shape/parts.js";
import type { SliceRange } from "../shape/views.js";

declare module "../../tensor/tensor.js" {
  interface Tensor {
    /**
     * The adjoint of a matrix: the transpose, because numbers are real here. PyTorch: `Tensor.H`.
     * @throws ShapeError unless there are 2 dims.
     */
    readonly H: Tensor;
    /** The dims in the opposite order: the transpose of a matrix. PyTorch: `Tensor.T`. */
    readonly T: Tensor;
    /**
     * |x|; its derivative at 0 is 0. Shape of `x`. PyTorch: `torch.abs`, `torch.absolute`.
     * @throws DTypeError for `bool`.
     */
    abs(): Tensor;
    /**
     * `abs` in place: writes the result to this tensor and returns it. |x|; its derivative at 0 is 0.
     * @throws DTypeError for `bool`.
     */
    abs_(): Tensor;
    /**
     * |x|; its derivative at 0 is 0. Shape of `x`. PyTorch: `torch.abs`, `torch.absolute`.
     * @throws DTypeError for `bool`.
     */
    absolute(): Tensor;
    /**
     * `absolute` in place: writes the result to this tensor and returns it. |x|; its derivative at 0 is 0.
     * @throws DTypeError for `bool`.
     */
    absolute_(): Tensor;
    /**
     * The y in [0, π] with cos(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.acos`,
     * `torch.arccos`.
     */
    acos(): Tensor;
    /**
     * `acos` in place: writes the result to this tensor and returns it. The y in [0, π] with cos(y) = x; NaN
     * outside [-1, 1].
     */
    acos_(): Tensor;
    /** The y >= 0 with cosh(y) = x; NaN below 1. Shape of `x`. PyTorch: `torch.acosh`, `torch.arccosh`. */
    acosh(): Tensor;
    /**
     * `acosh` in place: writes the result to this tensor and returns it. The y >= 0 with cosh(y) = x; NaN
     * below 1.
     */
    acosh_(): Tensor;
    /**
     * a + alpha · b. `alpha` is 1 by default. Shapes broadcast. PyTorch: `torch.add`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    add(b: Operand, options?: ScaledOptions): Tensor;
    /** x + alpha · y, written to `x`. PyTorch: `Tensor.add_`. */
    add_(y: Operand, options?: ScaledOptions): Tensor;
    /**
     * beta · x + alpha · Σ a[i] b[i]. Shapes: x broadcasts to [M, N]; [B, M, K], [B, K, N]. PyTorch:
     * `torch.addbmm`.
     * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
     */
    addbmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
    /**
     * `addbmm` in place: writes the result to this tensor and returns it. beta · x + alpha · Σ a[i] b[i].
     * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
     */
    addbmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
    /**
     * x + value · a / b, for float tensors. `value` is 1 by default. Shapes broadcast. PyTorch:
     * `torch.addcdiv`.
     * @throws DTypeError for two tensors of integers; ShapeError for shapes that do not broadcast.
     */
    addcdiv(a: Tensor, b: Tensor, options?: { value?: number }): Tensor;
    /**
     * `addcdiv` in place: writes the result to this tensor and returns it. x + value · a / b, for float
     * tensors.
     * @throws DTypeError for two tensors of integers; ShapeError for shapes that do not broadcast.
     */
    addcdiv_(a: Tensor, b: Tensor, options?: { value?: number }): Tensor;
    /**
     * x + value · a · b. `value` is 1 by default. Shapes broadcast. PyTorch: `torch.addcmul`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    addcmul(a: Tensor, b: Tensor, options?: { value?: number }): Tensor;
    /**
     * `addcmul` in place: writes the result to this tensor and returns it. x + value · a · b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    addcmul_(a: Tensor, b: Tensor, options?: { value?: number }): Tensor;
    /**
     * beta · x + alpha · (a b). Shapes: x broadcasts to [M, N]; [M, K], [K, N]. PyTorch: `torch.addmm`.
     * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
     */
    addmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
    /**
     * `addmm` in place: writes the result to this tensor and returns it. beta · x + alpha · (a b).
     * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
     */
    addmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
    /**
     * beta · x + alpha · (matrix vector). Shapes: x broadcasts to [M]; [M, K], [K]. PyTorch: `torch.addmv`.
     * @throws ShapeError for a matrix and a vector that do not fit, and an `x` that does not broadcast to
     * the result.
     */
    addmv(matrix: Tensor, vector: Tensor, options?: AddProductOptions): Tensor;
    /**
     * `addmv` in place: writes the result to this tensor and returns it. beta · x + alpha · (matrix vector).
     * @throws ShapeError for a matrix and a vector that do not fit, and an `x` that does not broadcast to
     * the result.
     */
    addmv_(matrix: Tensor, vector: Tensor, options?: AddProductOptions): Tensor;
    /**
     * beta · x + alpha · outer(a, b). Shapes: x broadcasts to [M, N]; [M], [N]. PyTorch: `torch.addr`.
     * @throws ShapeError unless the others are vectors, and for an `x` that does not broadcast to the
     * result.
     */
    addr(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
    /**
     * `addr` in place: writes the result to this tensor and returns it. beta · x + alpha · outer(a, b).
     * @throws ShapeError unless the others are vectors, and for an `x` that does not broadcast to the
     * result.
     */
    addr_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
    /**
     * The matrices in the last two dims transposed. PyTorch: `torch.adjoint`.
     * @throws ShapeError for less than 2 dims.
     */
    adjoint(): Tensor;
    /**
     * Ai(x), Airy's function of the first kind; it has no gradient. Shape of `x`. PyTorch:
     * `torch.special.airy_ai`.
     */
    airyAi(): Tensor;
    /**
     * `airyAi` in place: writes the result to this tensor and returns it. Ai(x), Airy's function of the
     * first kind; it has no gradient.
     */
    airyAi_(): Tensor;
    /**
     * True where all elements over `dim` are not 0. The result is `bool`; that of a `uint8` tensor is
     * `uint8`, as in PyTorch. By default over all dims. PyTorch: `torch.all`.
     */
    all(dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor;
    /**
     * True if all elements are close to each other: see `isclose`. Shapes broadcast. PyTorch:
     * `torch.allclose`.
     * @throws DTypeError for different dtypes; ValueError for negative tolerances; ShapeError for shapes
     * that do not broadcast.
     */
    allclose(b: Tensor, options?: CloseOptions): boolean;
    /**
     * The largest element over `dim`, by default over all dims. If an element is NaN, the result is NaN;
     * equal elements share the gradient. PyTorch: `torch.amax`.
     */
    amax(dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor;
    /**
     * The smallest element over `dim`, by default over all dims. If an element is NaN, the result is NaN;
     * equal elements share the gradient. PyTorch: `torch.amin`.
     */
    amin(dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor;
    /**
     * The smallest and the largest element over `dim`, by default over all dims: `{ min, max }`. PyTorch:
     * `torch.aminmax`.
     */
    aminmax(options?: ReduceOptions & { dim?: number }): Named<"min" | "max", Tensor>;
    /**
     * The angle of a real number as a complex number: π where x < 0, NaN where x is NaN, else 0. Its
     * gradient is 0. Integers give float32. Shape of `x`. PyTorch: `torch.angle`.
     */
    angle(): Tensor;
    /**
     * True where any element over `dim` is not 0. The result is `bool`; that of a `uint8` tensor is `uint8`,
     * as in PyTorch. By default over all dims. PyTorch: `torch.any`.
     */
    any(dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor;
    /**
     * The y in [0, π] with cos(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.acos`,
     * `torch.arccos`.
     */
    arccos(): Tensor;
    /**
     * `arccos` in place: writes the result to this tensor and returns it. The y in [0, π] with cos(y) = x;
     * NaN outside [-1, 1].
     */
    arccos_(): Tensor;
    /** The y >= 0 with cosh(y) = x; NaN below 1. Shape of `x`. PyTorch: `torch.acosh`, `torch.arccosh`. */
    arccosh(): Tensor;
    /**
     * `arccosh` in place: writes the result to this tensor and returns it. The y >= 0 with cosh(y) = x; NaN
     * below 1.
     */
    arccosh_(): Tensor;
    /**
     * The y in [-π/2, π/2] with sin(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.asin`,
     * `torch.arcsin`.
     */
    arcsin(): Tensor;
    /**
     * `arcsin` in place: writes the result to this tensor and returns it. The y in [-π/2, π/2] with sin(y) =
     * x; NaN outside [-1, 1].
     */
    arcsin_(): Tensor;
    /** The y with sinh(y) = x. Shape of `x`. PyTorch: `torch.asinh`, `torch.arcsinh`. */
    arcsinh(): Tensor;
    /** `arcsinh` in place: writes the result to this tensor and returns it. The y with sinh(y) = x. */
    arcsinh_(): Tensor;
    /** The y in (-π/2, π/2) with tan(y) = x. Shape of `x`. PyTorch: `torch.atan`, `torch.arctan`. */
    arctan(): Tensor;
    /**
     * Angle of the point (b, a), from -π to π. Shapes broadcast. PyTorch: `torch.atan2`, `torch.arctan2`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    arctan2(b: Operand): Tensor;
    /**
     * `arctan2` in place: writes the result to this tensor and returns it. Angle of the point (b, a), from
     * -π to π.
     * @throws ShapeError for shapes that do not broadcast.
     */
    arctan2_(b: Operand): Tensor;
    /**
     * `arctan` in place: writes the result to this tensor and returns it. The y in (-π/2, π/2) with tan(y) =
     * x.
     */
    arctan_(): Tensor;
    /**
     * The y with tanh(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.atanh`, `torch.arctanh`.
     */
    arctanh(): Tensor;
    /**
     * `arctanh` in place: writes the result to this tensor and returns it. The y with tanh(y) = x; NaN
     * outside [-1, 1].
     */
    arctanh_(): Tensor;
    /**
     * The position of the largest element along `dim`, or in the flattened tensor; the first one among
     * equals. `int32`. Without `dim`, in the flattened tensor. PyTorch: `torch.argmax`.
     */
    argmax(dim?: LineOr<ReduceOptions>, options?: ReduceOptions): Tensor;
    /**
     * The position of the smallest element along `dim`, or in the flattened tensor; the first one among
     * equals. `int32`. Without `dim`, in the flattened tensor. PyTorch: `torch.argmin`.
     */
    argmin(dim?: LineOr<ReduceOptions>, options?: ReduceOptions): Tensor;
    /**
     * The positions that sort the elements along `dim` in ascending order, as `int32`: the indices of
     * `sort`. The dim is -1 by default. PyTorch: `torch.argsort`.
     */
    argsort(dim?: number | WithDim<number, SortOptions>, options?: SortOptions): Tensor;
    /**
     * The positions of all elements that are not 0, `int32` [count, dims]: `nonzero` without options.
     * PyTorch: `torch.argwhere`.
     */
    argwhere(): Tensor;
    /**
     * A view of the memory of `x` with these sizes, these strides (in elements) and this offset (default:
     * that of `x`). Elements may be in it several times. The shape is `size`. PyTorch: `torch.as_strided`.
     * @throws ShapeError `INDEX_OUT_OF_RANGE` for a window that is larger than the memory.
     */
    asStrided(size: Shape, stride: Strides, storageOffset?: number): Tensor;
    /**
     * A copy of `x` with `src` written to what `asStrided` shows. Elements of the window that are not in `x`
     * are lost. Shape of `x`. The storage offset is by default that of `x`. PyTorch:
     * `torch.as_strided_scatter`.
     * @throws SimdgradError `SHARED_ELEMENTS` for elements that are in the window twice; ShapeError unless
     * `src` has the shape of the window, `INDEX_OUT_OF_RANGE` for a window that is larger than the memory.
     */
    asStridedScatter(src: Tensor, size: Shape, stride: Strides, storageOffset?: number): Tensor;
    /**
     * The y in [-π/2, π/2] with sin(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.asin`,
     * `torch.arcsin`.
     */
    asin(): Tensor;
    /**
     * `asin` in place: writes the result to this tensor and returns it. The y in [-π/2, π/2] with sin(y) =
     * x; NaN outside [-1, 1].
     */
    asin_(): Tensor;
    /** The y with sinh(y) = x. Shape of `x`. PyTorch: `torch.asinh`, `torch.arcsinh`. */
    asinh(): Tensor;
    /** `asinh` in place: writes the result to this tensor and returns it. The y with sinh(y) = x. */
    asinh_(): Tensor;
    /** The y in (-π/2, π/2) with tan(y) = x. Shape of `x`. PyTorch: `torch.atan`, `torch.arctan`. */
    atan(): Tensor;
    /**
     * Angle of the point (b, a), from -π to π. Shapes broadcast. PyTorch: `torch.atan2`, `torch.arctan2`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    atan2(b: Operand): Tensor;
    /**
     * `atan2` in place: writes the result to this tensor and returns it. Angle of the point (b, a), from -π
     * to π.
     * @throws ShapeError for shapes that do not broadcast.
     */
    atan2_(b: Operand): Tensor;
    /**
     * `atan` in place: writes the result to this tensor and returns it. The y in (-π/2, π/2) with tan(y) =
     * x.
     */
    atan_(): Tensor;
    /**
     * The y with tanh(y) = x; NaN outside [-1, 1]. Shape of `x`. PyTorch: `torch.atanh`, `torch.arctanh`.
     */
    atanh(): Tensor;
    /**
     * `atanh` in place: writes the result to this tensor and returns it. The y with tanh(y) = x; NaN outside
     * [-1, 1].
     */
    atanh_(): Tensor;
    /**
     * beta · x + alpha · (a[i] b[i]). Shapes: x broadcasts to [B, M, N]; [B, M, K], [B, K, N]. PyTorch:
     * `torch.baddbmm`.
     * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
     */
    baddbmm(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
    /**
     * `baddbmm` in place: writes the result to this tensor and returns it. beta · x + alpha · (a[i] b[i]).
     * @throws ShapeError for matrices that do not fit, and an `x` that does not broadcast to the result.
     */
    baddbmm_(a: Tensor, b: Tensor, options?: AddProductOptions): Tensor;
    /**
     * A tensor of the shape and dtype of `p` whose elements are 1 with the probability in `p`, else 0. Its
     * gradient is 0. PyTorch: `torch.bernoulli`.
     * @throws DTypeError for integers; ValueError for probabilities outside [0, 1].
     */
    bernoulli(options?: GeneratorOptions): Tensor;
    /**
     * Overwrites `x` with 1 with probability `p` (a number or a tensor), else 0. PyTorch:
     * `Tensor.bernoulli_`.
     */
    bernoulli_(p?: Tensor | number, options?: GeneratorOptions): Tensor;
    /**
     * J₀(x), the Bessel function of the first kind of order 0. Shape of `x`. PyTorch:
     * `torch.special.bessel_j0`.
     */
    besselJ0(): Tensor;
    /**
     * `besselJ0` in place: writes the result to this tensor and returns it. J₀(x), the Bessel function of
     * the first kind of order 0.
     */
    besselJ0_(): Tensor;
    /**
     * J₁(x), the Bessel function of the first kind of order 1. Shape of `x`. PyTorch:
     * `torch.special.bessel_j1`.
     */
    besselJ1(): Tensor;
    /**
     * `besselJ1` in place: writes the result to this tensor and returns it. J₁(x), the Bessel function of
     * the first kind of order 1.
     */
    besselJ1_(): Tensor;
    /**
     * Y₀(x), the Bessel function of the second kind of order 0; NaN below 0. Shape of `x`. PyTorch:
     * `torch.special.bessel_y0`.
     */
    besselY0(): Tensor;
    /**
     * `besselY0` in place: writes the result to this tensor and returns it. Y₀(x), the Bessel function of
     * the second kind of order 0; NaN below 0.
     */
    besselY0_(): Tensor;
    /**
     * Y₁(x), the Bessel function of the second kind of order 1; NaN below 0. Shape of `x`. PyTorch:
     * `torch.special.bessel_y1`.
     */
    besselY1(): Tensor;
    /**
     * `besselY1` in place: writes the result to this tensor and returns it. Y₁(x), the Bessel function of
     * the second kind of order 1; NaN below 0.
     */
    besselY1_(): Tensor;
    /**
     * The number of times that each of 0, 1, 2, … appears in a vector of integers, up to the largest one:
     * `int32`, or sums of `weights` as floats. The length depends on values, which are read here: inside
     * `compile` that is an error. PyTorch: `torch.bincount`.
     * @throws ShapeError unless `x` is a vector, and for weights of another length; DTypeError for floats
     * and `bool`; ValueError for negative numbers, and a negative `minlength`.
     */
    bincount(options?: BincountOptions): Tensor;
    /**
     * a & b: the bits set in both. Shapes broadcast. PyTorch: `torch.bitwise_and`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
     */
    bitwiseAnd(b: Operand): Tensor;
    /**
     * `bitwiseAnd` in place: writes the result to this tensor and returns it. a & b: the bits set in both.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
     */
    bitwiseAnd_(b: Operand): Tensor;
    /**
     * a · 2ᵇ; 0 where b is not in 0 … 31. Shapes broadcast. PyTorch: `torch.bitwise_left_shift`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
     */
    bitwiseLeftShift(b: Operand): Tensor;
    /**
     * `bitwiseLeftShift` in place: writes the result to this tensor and returns it. a · 2ᵇ; 0 where b is not
     * in 0 …
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
     */
    bitwiseLeftShift_(b: Operand): Tensor;
    /**
     * Integers with all bits inverted; for booleans, the logical inverse. Shape of `x`. PyTorch:
     * `torch.bitwise_not`.
     */
    bitwiseNot(): Tensor;
    /**
     * `bitwiseNot` in place: writes the result to this tensor and returns it. Integers with all bits
     * inverted; for booleans, the logical inverse.
     */
    bitwiseNot_(): Tensor;
    /**
     * a | b: the bits set in either. Shapes broadcast. PyTorch: `torch.bitwise_or`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
     */
    bitwiseOr(b: Operand): Tensor;
    /**
     * `bitwiseOr` in place: writes the result to this tensor and returns it. a | b: the bits set in either.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
     */
    bitwiseOr_(b: Operand): Tensor;
    /**
     * a / 2ᵇ, rounded down. Shapes broadcast. PyTorch: `torch.bitwise_right_shift`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
     */
    bitwiseRightShift(b: Operand): Tensor;
    /**
     * `bitwiseRightShift` in place: writes the result to this tensor and returns it. a / 2ᵇ, rounded down.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
     */
    bitwiseRightShift_(b: Operand): Tensor;
    /**
     * a ^ b: the bits set in one of both. Shapes broadcast. PyTorch: `torch.bitwise_xor`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
     */
    bitwiseXor(b: Operand): Tensor;
    /**
     * `bitwiseXor` in place: writes the result to this tensor and returns it. a ^ b: the bits set in one of
     * both.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats.
     */
    bitwiseXor_(b: Operand): Tensor;
    /**
     * The products of the matrices of two batches: [B, M, K], [B, K, N] → [B, M, N]. PyTorch: `torch.bmm`.
     * @throws ShapeError for other numbers of dims than 3, and for batches or inner dims that differ;
     * DTypeError for different dtypes.
     */
    bmm(b: Tensor): Tensor;
    /** True where elements of `x` are not 0; `x` itself where its dtype is bool. PyTorch: `Tensor.bool`. */
    bool(): Tensor;
    /**
     * A view of `x` expanded to `shape`: `expand` under NumPy's name. PyTorch: `torch.broadcast_to`.
     * @throws ShapeError for a dim of `x` that is neither 1 nor the size that is asked for.
     */
    broadcastTo(...shape: Sizes): Tensor;
    /** `x` in uint8; `x` itself where it has that dtype. PyTorch: `Tensor.byte`. */
    byte(): Tensor;
    /** Overwrites `x` with random numbers from the Cauchy distribution. PyTorch: `Tensor.cauchy_`. */
    cauchy_(median?: number, sigma?: number, options?: GeneratorOptions): Tensor;
    /**
     * Smallest integer >= x. Shape of `x`. PyTorch: `torch.ceil`.
     * @throws DTypeError for `bool`.
     */
    ceil(): Tensor;
    /**
     * `ceil` in place: writes the result to this tensor and returns it. Smallest integer >= x.
     * @throws DTypeError for `bool`.
     */
    ceil_(): Tensor;
    /**
     * Tₙ(a), n = b: Chebyshev's polynomial of the first kind of degree b at a; it has no gradient. Shapes
     * broadcast. PyTorch: `torch.special.chebyshev_polynomial_t`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    chebyshevPolynomialT(b: Operand): Tensor;
    /**
     * `chebyshevPolynomialT` in place: writes the result to this tensor and returns it. Tₙ(a), n = b:
     * Chebyshev's polynomial of the first kind of degree b at a; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    chebyshevPolynomialT_(b: Operand): Tensor;
    /**
     * Uₙ(a), n = b: Chebyshev's polynomial of the second kind of degree b at a; it has no gradient. Shapes
     * broadcast. PyTorch: `torch.special.chebyshev_polynomial_u`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    chebyshevPolynomialU(b: Operand): Tensor;
    /**
     * `chebyshevPolynomialU` in place: writes the result to this tensor and returns it. Uₙ(a), n = b:
     * Chebyshev's polynomial of the second kind of degree b at a; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    chebyshevPolynomialU_(b: Operand): Tensor;
    /**
     * Vₙ(a), n = b: Chebyshev's polynomial of the third kind of degree b at a; it has no gradient. Shapes
     * broadcast. PyTorch: `torch.special.chebyshev_polynomial_v`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    chebyshevPolynomialV(b: Operand): Tensor;
    /**
     * `chebyshevPolynomialV` in place: writes the result to this tensor and returns it. Vₙ(a), n = b:
     * Chebyshev's polynomial of the third kind of degree b at a; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    chebyshevPolynomialV_(b: Operand): Tensor;
    /**
     * Wₙ(a), n = b: Chebyshev's polynomial of the fourth kind of degree b at a; it has no gradient. Shapes
     * broadcast. PyTorch: `torch.special.chebyshev_polynomial_w`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    chebyshevPolynomialW(b: Operand): Tensor;
    /**
     * `chebyshevPolynomialW` in place: writes the result to this tensor and returns it. Wₙ(a), n = b:
     * Chebyshev's polynomial of the fourth kind of degree b at a; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    chebyshevPolynomialW_(b: Operand): Tensor;
    /**
     * The lower triangular L with A = L Lᵀ, for a symmetric positive definite matrix, of which one triangle
     * is read; `upper: true` gives Lᵀ. The gradient is symmetric.
     * Shape: [..., n, n]. PyTorch: `torch.linalg.cholesky`, `torch.cholesky`.
     * @throws SimdgradError `NOT_POSITIVE_DEFINITE`.
     */
    cholesky(options?: CholeskyOptions): Tensor;
    /**
     * The inverse of A, where A = L Lᵀ, or Lᵀ L with `upper: true`. Shape: [..., n, n]. PyTorch:
     * `torch.cholesky_inverse`.
     * @throws DTypeError for integers; ShapeError for a matrix that is not square.
     */
    choleskyInverse(options?: CholeskyOptions): Tensor;
    /**
     * The solution X of A X = B, where A = L Lᵀ, or Lᵀ L with `upper: true`. The other triangle is not read,
     * but has the gradient of a full L, as in PyTorch.
     * Shapes: B [..., n, k], L [..., n, n]; batch dims broadcast. PyTorch: `torch.cholesky_solve`.
     * @throws ShapeError for matrices that do not fit; DTypeError for integers and for different dtypes.
     */
    choleskySolve(L: Tensor, options?: CholeskyOptions): Tensor;
    /**
     * Views of at most `chunks` parts of equal size along `dim` (the last one may be smaller). If the dim is
     * empty, there are `chunks` empty parts. The dim is 0 by default. PyTorch: `torch.chunk`.
     * @throws ValueError for a number of chunks below 1.
     */
    chunk(chunks: number, dim?: OrNamed<number>): Tensor[];
    /**
     * min(max(x, min), max), where each limit is a number, a tensor that broadcasts, or left out:
     * `x.clamp(0, 1)`, `x.clamp({ max: y })`. Default: no limit. PyTorch: `torch.clamp`, `torch.clip`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    clamp(limits?: Limits | Tensor | number | null, max?: Limit | null): Tensor;
    /** min(x, max), where `max` is a number or a tensor that broadcasts. PyTorch: `torch.clamp_max`. */
    clampMax(max: Tensor | number | boolean): Tensor;
    /**
     * `clampMax` in place: writes the result to this tensor and returns it. min(x, max), where `max` is a
     * number or a tensor that broadcasts.
     */
    clampMax_(max: Tensor | number | boolean): Tensor;
    /** max(x, min), where `min` is a number or a tensor that broadcasts. PyTorch: `torch.clamp_min`. */
    clampMin(min: Tensor | number | boolean): Tensor;
    /**
     * `clampMin` in place: writes the result to this tensor and returns it. max(x, min), where `min` is a
     * number or a tensor that broadcasts.
     */
    clampMin_(min: Tensor | number | boolean): Tensor;
    /**
     * `clamp` in place: writes the result to this tensor and returns it. min(max(x, min), max), as `clamp`;
     * errors say `clamp_`.
     */
    clamp_(limits?: Limits | Tensor | number | null, max?: Limit | null): Tensor;
    /**
     * min(max(x, min), max), where each limit is a number, a tensor that broadcasts, or left out:
     * `x.clamp(0, 1)`, `x.clamp({ max: y })`. Default: no limit. PyTorch: `torch.clamp`, `torch.clip`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    clip(limits?: Limits | Tensor | number | null, max?: Limit | null): Tensor;
    /**
     * `clip` in place: writes the result to this tensor and returns it. min(max(x, min), max), as `clamp`;
     * errors say `clamp_`.
     */
    clip_(limits?: Limits | Tensor | number | null, max?: Limit | null): Tensor;
    /** A copy of `x` in new memory. Shape of `x`. PyTorch: `torch.clone`. */
    clone(): Tensor;
    /**
     * `x` itself, because there are no complex tensors. Shape of `x`. PyTorch: `torch.conj`,
     * `torch.conj_physical`, `torch.resolve_conj`, `torch.resolve_neg`.
     */
    conj(): Tensor;
    /**
     * `x` itself, because there are no complex tensors. Shape of `x`. PyTorch: `torch.conj`,
     * `torch.conj_physical`, `torch.resolve_conj`, `torch.resolve_neg`.
     */
    conjPhysical(): Tensor;
    /**
     * `conjPhysical` in place: writes the result to this tensor and returns it. `x` itself, because there
     * are no complex tensors.
     */
    conjPhysical_(): Tensor;
    /** `x` itself if its elements lie in order, else a copy. PyTorch: `Tensor.contiguous`. */
    contiguous(): Tensor;
    /** Copies `y`, broadcast and converted, into `x`, and returns `x`. PyTorch: `Tensor.copy_`. */
    copy_(y: Tensor): Tensor;
    /**
     * |a| with the sign of b. Shapes broadcast. PyTorch: `torch.copysign`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    copysign(b: Operand): Tensor;
    /**
     * `copysign` in place: writes the result to this tensor and returns it. |a| with the sign of b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    copysign_(b: Operand): Tensor;
    /**
     * The matrix of correlation coefficients of variables, in [-1, 1]: see `cov`. PyTorch: `torch.corrcoef`.
     * @throws ShapeError for more than 2 dims.
     */
    corrcoef(): Tensor;
    /** cos x, x in radians. Shape of `x`. PyTorch: `torch.cos`. */
    cos(): Tensor;
    /** `cos` in place: writes the result to this tensor and returns it. cos x, x in radians. */
    cos_(): Tensor;
    /** (eˣ + e⁻ˣ) / 2. Shape of `x`. PyTorch: `torch.cosh`. */
    cosh(): Tensor;
    /** `cosh` in place: writes the result to this tensor and returns it. (eˣ + e⁻ˣ) / 2. */
    cosh_(): Tensor;
    /**
     * The number of elements over `dim` that are not 0, `int32`. By default over all dims. PyTorch:
     * `torch.count_nonzero`.
     */
    countNonzero(dim?: OrNamed<Dims>): Tensor;
    /**
     * The covariance matrix of variables: rows are variables, columns are observations. A vector is one
     * variable, and one variable gives its variance, a scalar. Integers give float32. Shapes: [variables,
     * observations] → [variables, variables]. PyTorch: `torch.cov`.
     * @throws ShapeError for more than 2 dims, and for weights that are not one for each observation;
     * ValueError for a `correction` that is not an integer, and negative weights.
     */
    cov(options?: CovOptions): Tensor;
    /**
     * Cross products of vectors of 3 elements along `dim`, by default the first dim of size 3. Other dims
     * broadcast. PyTorch: `torch.cross`.
     * @throws ShapeError unless a dim of size 3 is there, and for different numbers of dims.
     */
    cross(b: Tensor, given?: OrNamed<number>): Tensor;
    /**
     * The largest elements so far along `dim`, and their positions: the last one among equals; the first NaN
     * stays. Gradients go to those elements. Shapes of `x`. PyTorch: `torch.cummax`.
     */
    cummax(dim: OrNamed<number>): Named<"values" | "indices", Tensor>;
    /**
     * The smallest elements so far along `dim`, and their positions: see `cummax`. PyTorch: `torch.cummin`.
     */
    cummin(dim: OrNamed<number>): Named<"values" | "indices", Tensor>;
    /**
     * The running products along `dim`. Shape of `x`. The gradient is right where elements are 0, too.
     * PyTorch: `torch.cumprod`.
     */
    cumprod(dim: number | WithDim<number, ScanOptions>, options?: ScanOptions): Tensor;
    /**
     * `cumprod` in place: writes the result to this tensor and returns it. The running products along `dim`.
     */
    cumprod_(dim: number | WithDim<number, ScanOptions>, options?: ScanOptions): Tensor;
    /** The running sums along `dim`. Shape of `x`. PyTorch: `torch.cumsum`. */
    cumsum(dim: number | WithDim<number, ScanOptions>, options?: ScanOptions): Tensor;
    /** `cumsum` in place: writes the result to this tensor and returns it. The running sums along `dim`. */
    cumsum_(dim: number | WithDim<number, ScanOptions>, options?: ScanOptions): Tensor;
    /** x · π / 180: degrees in radians. Shape of `x`. PyTorch: `torch.deg2rad`. */
    deg2rad(): Tensor;
    /**
     * `deg2rad` in place: writes the result to this tensor and returns it. x · π / 180: degrees in radians.
     */
    deg2rad_(): Tensor;
    /**
     * The determinant of each matrix; for singular matrices the gradient is that of the polynomial. Shapes:
     * [..., n, n] → [...]. PyTorch: `torch.linalg.det`, `torch.det`.
     * @throws DTypeError for integers; ShapeError for a matrix that is not square.
     */
    det(): Tensor;
    /**
     * Diagonal number `diagonal` of a matrix, or for a vector the matrix with that diagonal. The main
     * diagonal, 0, is the default. PyTorch: `torch.diag`.
     * @throws ShapeError for more than 2 dims, and for a scalar.
     */
    diag(diagonal?: number): Tensor;
    /**
     * Matrices in dims `dim1` and `dim2` whose diagonal number `offset` holds the vectors in the last dim of
     * `x`, and which are 0 elsewhere. Shapes: [..., n] → [..., n + |offset|, n + |offset|]. PyTorch:
     * `torch.diag_embed`.
     * @throws ShapeError for a scalar, for two equal dims, and a diagonal that is not an integer.
     */
    diagEmbed(...args: WhichDiagonal): Tensor;
    /** A matrix with the elements of `x` on diagonal number `offset`. PyTorch: `torch.diagflat`. */
    diagflat(...args: [offset?: number] | [{ offset?: number }]): Tensor;
    /**
     * Diagonal number `offset` of the matrices in dims `dim1` and `dim2`, as the last dim. A view. PyTorch:
     * `torch.diagonal`.
     * @throws ShapeError for two equal dims, and a diagonal that is not an integer.
     */
    diagonal(...args: WhichDiagonal): Tensor;
    /**
     * A copy of `x` with `src` written to what `diagonal` shows. Shape of `x`. PyTorch:
     * `torch.diagonal_scatter`.
     * @throws ShapeError unless `src` has the shape of the diagonal.
     */
    diagonalScatter(src: Tensor, ...args: WhichDiagonal): Tensor;
    /**
     * The differences between neighbours along `dim`, taken `n` times; for bools, true where neighbours
     * differ. Each time the dim gets smaller by 1. Defaults: `n` 1, `dim` -1. PyTorch: `torch.diff`.
     * @throws ValueError for a negative `n`; ShapeError for a scalar.
     */
    diff(n?: number, dim?: number, options?: DiffOptions): Tensor;
    /**
     * Derivative of ln Γ(x). Shape of `x`. PyTorch: `torch.digamma`, `torch.special.digamma`,
     * `torch.special.psi`.
     */
    digamma(): Tensor;
    /** `digamma` in place: writes the result to this tensor and returns it. Derivative of ln Γ(x). */
    digamma_(): Tensor;
    /** The number of dims: `ndim`. PyTorch: `Tensor.dim`. */
    dim(): number;
    /**
     * The `p`-norm (default 2) of x - y, which broadcast. PyTorch: `torch.dist`.
     * @throws DTypeError for integers; ValueError for an order that is not a number; ShapeError for shapes
     * that do not broadcast.
     */
    dist(y: Tensor, ...args: OrderArguments): Tensor;
    /**
     * a / b. With a rounding mode integers stay integers and the gradient is 0. Shapes broadcast. PyTorch:
     * `torch.div`, `torch.divide`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    div(b: Operand, options?: DivOptions): Tensor;
    /** x / y, written to `x`. PyTorch: `Tensor.div_`. */
    div_(y: Operand): Tensor;
    /**
     * a / b. With a rounding mode integers stay integers and the gradient is 0. Shapes broadcast. PyTorch:
     * `torch.div`, `torch.divide`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    divide(b: Operand, options?: DivOptions): Tensor;
    /**
     * `divide` in place: writes the result to this tensor and returns it. a / b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    divide_(b: Operand, options?: DivOptions): Tensor;
    /**
     * The sum of the products of the elements of two vectors: [K], [K] → []. PyTorch: `torch.dot`.
     * @throws ShapeError unless both are vectors of one length; DTypeError for different dtypes.
     */
    dot(b: Tensor): Tensor;
    /** `x` in float64; `x` itself where it has that dtype. PyTorch: `Tensor.double`. */
    double(): Tensor;
    /**
     * Equal parts along dim 2, or the parts between the given positions. Views. PyTorch: `torch.dsplit`.
     * @throws ShapeError for less than 3 dims, and for parts that are not equal.
     */
    dsplit(sections: Sections): Tensor[];
    /** x if x > 0, else alpha · (eˣ - 1). Default: alpha 1. Shape of `x`. PyTorch: `F.elu`. */
    elu(options?: { alpha?: number }): Tensor;
    /**
     * `elu` in place: writes the result to this tensor and returns it. x if x > 0, else alpha · (eˣ - 1).
     */
    elu_(options?: { alpha?: number }): Tensor;
    /** -x ln x, 0 at 0 and -Infinity below. Shape of `x`. PyTorch: `torch.special.entr`. */
    entr(): Tensor;
    /**
     * `entr` in place: writes the result to this tensor and returns it. -x ln x, 0 at 0 and -Infinity below.
     */
    entr_(): Tensor;
    /**
     * True where a = b. Shapes broadcast. PyTorch: `torch.eq`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    eq(b: Operand): Tensor;
    /**
     * `eq` in place: writes the result to this tensor and returns it. True where a = b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    eq_(b: Operand): Tensor;
    /**
     * True if both tensors have the same shape and equal elements. NaN equals nothing. PyTorch:
     * `torch.equal`.
     */
    equal(b: Tensor): boolean;
    /** Error function, 2/√π ∫₀ˣ e^(-t²) dt. Shape of `x`. PyTorch: `torch.erf`, `torch.special.erf`. */
    erf(): Tensor;
    /**
     * `erf` in place: writes the result to this tensor and returns it. Error function, 2/√π ∫₀ˣ e^(-t²) dt.
     */
    erf_(): Tensor;
    /**
     * 1 - erf(x), accurate where that is small. Shape of `x`. PyTorch: `torch.erfc`, `torch.special.erfc`.
     */
    erfc(): Tensor;
    /**
     * `erfc` in place: writes the result to this tensor and returns it. 1 - erf(x), accurate where that is
     * small.
     */
    erfc_(): Tensor;
    /** e^(x²) erfc(x). Shape of `x`. PyTorch: `torch.special.erfcx`. */
    erfcx(): Tensor;
    /** `erfcx` in place: writes the result to this tensor and returns it. e^(x²) erfc(x). */
    erfcx_(): Tensor;
    /**
     * Inverse of erf; ±Infinity at ±1, NaN outside. Shape of `x`. PyTorch: `torch.erfinv`,
     * `torch.special.erfinv`.
     */
    erfinv(): Tensor;
    /**
     * `erfinv` in place: writes the result to this tensor and returns it. Inverse of erf; ±Infinity at ±1,
     * NaN outside.
     */
    erfinv_(): Tensor;
    /** eˣ. Shape of `x`. PyTorch: `torch.exp`. */
    exp(): Tensor;
    /** 2ˣ. Shape of `x`. PyTorch: `torch.exp2`, `torch.special.exp2`. */
    exp2(): Tensor;
    /** `exp2` in place: writes the result to this tensor and returns it. 2ˣ. */
    exp2_(): Tensor;
    /** `exp` in place: writes the result to this tensor and returns it. eˣ. */
    exp_(): Tensor;
    /**
     * A view of `x` repeated along dims of size 1, and along new dims in front; -1 keeps a size. PyTorch:
     * `Tensor.expand`.
     */
    expand(...shape: Sizes): Tensor;
    /** A view of `x` expanded to the shape of `other`. PyTorch: `Tensor.expand_as`. */
    expandAs(other: Tensor): Tensor;
    /** eˣ - 1, accurate near 0. Shape of `x`. PyTorch: `torch.expm1`, `torch.special.expm1`. */
    expm1(): Tensor;
    /** `expm1` in place: writes the result to this tensor and returns it. eˣ - 1, accurate near 0. */
    expm1_(): Tensor;
    /**
     * Overwrites `x` with random numbers from the exponential distribution, whose density is lambda ·
     * e^(-lambda x). PyTorch: `Tensor.exponential_`.
     */
    exponential_(lambda?: number, options?: GeneratorOptions): Tensor;
    /**
     * A copy of `x` in which every element is `value`: a number, a boolean, or a tensor without dims. A
     * tensor as value gets the sum of the gradients; the gradient of `x` is 0. PyTorch: `torch.fill`.
     * @throws ShapeError for a value that is a tensor with dims; DTypeError for a value that is not bool,
     * for a `bool` tensor.
     */
    fill(value: Tensor | number | boolean): Tensor;
    /**
     * Sets every element of `x` to `value`, converted as `to` converts, and returns `x`. PyTorch:
     * `Tensor.fill_`.
     */
    fill_(value: number | boolean): Tensor;
    /**
     * x without its fraction: ⌊x⌋ where x >= 0, else -⌊-x⌋. Shape of `x`. PyTorch: `torch.trunc`,
     * `torch.fix`.
     * @throws DTypeError for `bool`.
     */
    fix(): Tensor;
    /**
     * `fix` in place: writes the result to this tensor and returns it. x without its fraction: ⌊x⌋ where x
     * >= 0, else -⌊-x⌋.
     * @throws DTypeError for `bool`.
     */
    fix_(): Tensor;
    /**
     * `x` with dims `startDim` to `endDim` (default: all) as one dim; by position or by name. PyTorch:
     * `torch.flatten`.
     * @throws ShapeError if `startDim` is after `endDim`.
     */
    flatten(...args: [startDim?: number, endDim?: number] | [{ startDim?: number; endDim?: number }]): Tensor;
    /**
     * A copy of `x` with the elements along dims in reverse order: `x.flip(0, 1)` or `x.flip([0, 1])`.
     * PyTorch: `Tensor.flip`.
     */
    flip(...dims: Sizes | [{ readonly dims: number | readonly number[] }]): Tensor;
    /**
     * A copy of `x` with its columns (dim 1) in reverse order. PyTorch: `torch.fliplr`.
     * @throws ShapeError for less than 2 dims.
     */
    fliplr(): Tensor;
    /**
     * A copy of `x` with its rows (dim 0) in reverse order. PyTorch: `torch.flipud`.
     * @throws ShapeError for a scalar.
     */
    flipud(): Tensor;
    /** `x` in float32; `x` itself where it has that dtype. PyTorch: `Tensor.float`. */
    float(): Tensor;
    /**
     * a to the power of b, computed in float64. Shapes broadcast. PyTorch: `torch.float_power`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    floatPower(b: Operand): Tensor;
    /**
     * `floatPower` in place: writes the result to this tensor and returns it. a to the power of b, computed
     * in float64.
     * @throws ShapeError for shapes that do not broadcast.
     */
    floatPower_(b: Operand): Tensor;
    /**
     * Largest integer <= x. Shape of `x`. PyTorch: `torch.floor`.
     * @throws DTypeError for `bool`.
     */
    floor(): Tensor;
    /**
     * Largest integer <= a / b; its gradient is 0. Shapes broadcast. PyTorch: `torch.floor_divide`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
     */
    floorDivide(b: Operand): Tensor;
    /**
     * `floorDivide` in place: writes the result to this tensor and returns it. Largest integer <= a / b; its
     * gradient is 0.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
     */
    floorDivide_(b: Operand): Tensor;
    /**
     * `floor` in place: writes the result to this tensor and returns it. Largest integer <= x.
     * @throws DTypeError for `bool`.
     */
    floor_(): Tensor;
    /**
     * max(a, b), or the one that is not NaN; the gradient of equal operands goes to a. Shapes broadcast.
     * PyTorch: `torch.fmax`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    fmax(b: Operand): Tensor;
    /**
     * `fmax` in place: writes the result to this tensor and returns it. max(a, b), or the one that is not
     * NaN; the gradient of equal operands goes to a.
     * @throws ShapeError for shapes that do not broadcast.
     */
    fmax_(b: Operand): Tensor;
    /**
     * min(a, b), or the one that is not NaN; the gradient of equal operands goes to a. Shapes broadcast.
     * PyTorch: `torch.fmin`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    fmin(b: Operand): Tensor;
    /**
     * `fmin` in place: writes the result to this tensor and returns it. min(a, b), or the one that is not
     * NaN; the gradient of equal operands goes to a.
     * @throws ShapeError for shapes that do not broadcast.
     */
    fmin_(b: Operand): Tensor;
    /**
     * a - b · trunc(a / b): the rest of a / b, with the sign of a. Shapes broadcast. PyTorch: `torch.fmod`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
     */
    fmod(b: Operand): Tensor;
    /**
     * `fmod` in place: writes the result to this tensor and returns it. a - b · trunc(a / b): the rest of a
     * / b, with the sign of a.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
     */
    fmod_(b: Operand): Tensor;
    /** x - trunc(x): the fraction of x, with its sign. Shape of `x`. PyTorch: `torch.frac`. */
    frac(): Tensor;
    /**
     * `frac` in place: writes the result to this tensor and returns it. x - trunc(x): the fraction of x,
     * with its sign.
     */
    frac_(): Tensor;
    /**
     * The `mantissa` and the `exponent` (`int32`) of each element, with x = mantissa · 2^exponent and 0.5 <=
     * |mantissa| < 1. Of 0, infinities and NaN the mantissa is x and the exponent 0. Shape of `x`, both.
     * PyTorch: `torch.frexp`.
     * @throws DTypeError for integers.
     */
    frexp(): Named<"mantissa" | "exponent", Tensor>;
    /**
     * The elements of `x` at the positions in `index` along `dim`: `out[i][j] = x[i][index[i][j]]` for `dim`
     * 1, and so on. In the other dims the index may be shorter than `x`. PyTorch: `torch.gather`.
     * @throws ValueError `INDEX_OUT_OF_RANGE`.
     * @throws ShapeError for an index that is larger than `x` outside `dim`; DTypeError for indices that are
     * not integers.
     */
    gather(dim: number, index: Tensor): Tensor;
    /**
     * The greatest common divisor of a and b, never negative: gcd(12, 18) = 6. Shapes broadcast. PyTorch:
     * `torch.gcd`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
     */
    gcd(b: Operand): Tensor;
    /**
     * `gcd` in place: writes the result to this tensor and returns it. The greatest common divisor of a and
     * b, never negative: gcd(12, 18) = 6.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
     */
    gcd_(b: Operand): Tensor;
    /**
     * a >= b. Shapes broadcast. PyTorch: `torch.ge`, `torch.greater_equal`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    ge(b: Operand): Tensor;
    /**
     * `ge` in place: writes the result to this tensor and returns it. a >= b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    ge_(b: Operand): Tensor;
    /** x · Φ(x), with the exact normal distribution function Φ. Shape of `x`. PyTorch: `F.gelu`. */
    gelu(): Tensor;
    /** 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))). Shape of `x`. PyTorch: `F.gelu(approximate='tanh')`. */
    geluTanh(): Tensor;
    /**
     * `geluTanh` in place: writes the result to this tensor and returns it. 0.5 x (1 + tanh(√(2/π) (x +
     * 0.044715 x³))).
     */
    geluTanh_(): Tensor;
    /**
     * `gelu` in place: writes the result to this tensor and returns it. x · Φ(x), with the exact normal
     * distribution function Φ.
     */
    gelu_(): Tensor;
    /**
     * Overwrites `x` with random numbers of trials up to the first success, where each trial succeeds with
     * probability `p`. PyTorch: `Tensor.geometric_`.
     */
    geometric_(p: number, options?: GeneratorOptions): Tensor;
    /**
     * The QR factorization as LAPACK stores it: R on and above the diagonal, the vectors of the reflections
     * below it, and the factors of the reflections. The first element of each vector is 1 and is left out.
     * No gradient.
     * Shapes: [..., m, n] → a [..., m, n], tau [..., min(m, n)]. PyTorch: `torch.geqrf`.
     * @throws DTypeError for integers; ShapeError for less than 2 dims.
     */
    geqrf(): Named<"a" | "tau", Tensor>;
    /**
     * The products of every element of one vector with every element of another: [M], [N] → [M, N]. PyTorch:
     * `torch.outer`, `torch.ger`.
     * @throws ShapeError unless both are vectors.
     */
    ger(b: Tensor): Tensor;
    /**
     * a > b. Shapes broadcast. PyTorch: `torch.gt`, `torch.greater`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    greater(b: Operand): Tensor;
    /**
     * a >= b. Shapes broadcast. PyTorch: `torch.ge`, `torch.greater_equal`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    greaterEqual(b: Operand): Tensor;
    /**
     * `greaterEqual` in place: writes the result to this tensor and returns it. a >= b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    greaterEqual_(b: Operand): Tensor;
    /**
     * `greater` in place: writes the result to this tensor and returns it. a > b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    greater_(b: Operand): Tensor;
    /**
     * a > b. Shapes broadcast. PyTorch: `torch.gt`, `torch.greater`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    gt(b: Operand): Tensor;
    /**
     * `gt` in place: writes the result to this tensor and returns it. a > b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    gt_(b: Operand): Tensor;
    /**
     * 0 where x < 0, 1 where x > 0, and `values` where x is 0. It has no gradient. Shapes broadcast.
     * PyTorch: `torch.heaviside`.
     * @throws DTypeError for different dtypes; ShapeError for shapes that do not broadcast.
     */
    heaviside(values: Tensor): Tensor;
    /**
     * `heaviside` in place: writes the result to this tensor and returns it. 0 where x < 0, 1 where x > 0,
     * and `values` where x is 0.
     * @throws DTypeError for different dtypes; ShapeError for shapes that do not broadcast.
     */
    heaviside_(values: Tensor): Tensor;
    /**
     * Hₙ(a), n = b: The physicists' Hermite polynomial of degree b at a; it has no gradient. Shapes
     * broadcast. PyTorch: `torch.special.hermite_polynomial_h`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    hermitePolynomialH(b: Operand): Tensor;
    /**
     * `hermitePolynomialH` in place: writes the result to this tensor and returns it. Hₙ(a), n = b: The
     * physicists' Hermite polynomial of degree b at a; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    hermitePolynomialH_(b: Operand): Tensor;
    /**
     * Heₙ(a), n = b: The probabilists' Hermite polynomial of degree b at a; it has no gradient. Shapes
     * broadcast. PyTorch: `torch.special.hermite_polynomial_he`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    hermitePolynomialHe(b: Operand): Tensor;
    /**
     * `hermitePolynomialHe` in place: writes the result to this tensor and returns it. Heₙ(a), n = b: The
     * probabilists' Hermite polynomial of degree b at a; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    hermitePolynomialHe_(b: Operand): Tensor;
    /**
     * The number of elements in each of `bins` equal bins from `min` to `max`, both included; other elements
     * are not counted. `x` must be floating-point; the counts have its dtype. `x.histc(10)` or
     * `x.histc({ bins: 10, min: 0, max: 1 })`. A vector of `bins` elements, by default 100; `x` has any
     * shape. PyTorch: `torch.histc`.
     * @throws DTypeError for integers; ValueError for a number of bins below 1, and a range that falls or is
     * not finite.
     */
    histc(bins?: number | HistcOptions, rest?: HistcOptions): Tensor;
    /**
     * The number of elements in each bin (the last one includes its right edge) and the edges of the bins:
     * `{ hist, binEdges }`. `bins` is the number of equal bins (default 100), or their edges in ascending
     * order. `x` must be floating-point. Both are vectors. PyTorch: `torch.histogram`.
     * @throws DTypeError for integers; ShapeError for a weight of another shape; ValueError for a number of
     * bins below 1, and a `range` beside edges.
     */
    histogram(bins?: number | Tensor, options?: HistogramOptions): Named<"hist" | "binEdges", Tensor>;
    /**
     * Equal parts along dim 1 (for a vector dim 0), or the parts between the given positions. Views.
     * PyTorch: `torch.hsplit`.
     * @throws ShapeError for a scalar, and for parts that are not equal.
     */
    hsplit(sections: Sections): Tensor[];
    /**
     * √(a² + b²). Shapes broadcast. PyTorch: `torch.hypot`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    hypot(b: Operand): Tensor;
    /**
     * `hypot` in place: writes the result to this tensor and returns it. √(a² + b²).
     * @throws ShapeError for shapes that do not broadcast.
     */
    hypot_(b: Operand): Tensor;
    /**
     * I₀(x), the modified Bessel function of the first kind of order 0. Shape of `x`. PyTorch: `torch.i0`,
     * `torch.special.i0`, `torch.special.modified_bessel_i0`.
     */
    i0(): Tensor;
    /**
     * `i0` in place: writes the result to this tensor and returns it. I₀(x), the modified Bessel function of
     * the first kind of order 0.
     */
    i0_(): Tensor;
    /** i0(x) e^(-|x|). Shape of `x`. PyTorch: `torch.special.i0e`. */
    i0e(): Tensor;
    /** `i0e` in place: writes the result to this tensor and returns it. i0(x) e^(-|x|). */
    i0e_(): Tensor;
    /**
     * I₁(x), the modified Bessel function of the first kind of order 1. Shape of `x`. PyTorch:
     * `torch.special.i1`, `torch.special.modified_bessel_i1`.
     */
    i1(): Tensor;
    /**
     * `i1` in place: writes the result to this tensor and returns it. I₁(x), the modified Bessel function of
     * the first kind of order 1.
     */
    i1_(): Tensor;
    /** i1(x) e^(-|x|). Shape of `x`. PyTorch: `torch.special.i1e`. */
    i1e(): Tensor;
    /** `i1e` in place: writes the result to this tensor and returns it. i1(x) e^(-|x|). */
    i1e_(): Tensor;
    /**
     * Lower incomplete gamma function of a up to b, over Γ(a); the gradient of b only. Shapes broadcast.
     * PyTorch: `torch.igamma`, `torch.special.gammainc`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    igamma(b: Operand): Tensor;
    /**
     * `igamma` in place: writes the result to this tensor and returns it. Lower incomplete gamma function of
     * a up to b, over Γ(a); the gradient of b only.
     * @throws ShapeError for shapes that do not broadcast.
     */
    igamma_(b: Operand): Tensor;
    /**
     * Upper incomplete gamma function of a from b on, over Γ(a); the gradient of b only. Shapes broadcast.
     * PyTorch: `torch.igammac`, `torch.special.gammaincc`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    igammac(b: Operand): Tensor;
    /**
     * `igammac` in place: writes the result to this tensor and returns it. Upper incomplete gamma function
     * of a from b on, over Γ(a); the gradient of b only.
     * @throws ShapeError for shapes that do not broadcast.
     */
    igammac_(b: Operand): Tensor;
    /**
     * The part of `x` that Python writes as `x[…]`: `x.index(0, "...", { start: 1, step: 2 })` is
     * `x[0, ..., 1::2]`, `x.index(mask)` is `x[mask]`. Positions count from the end where they are negative.
     * Tensors of positions broadcast against each other; their dims come where the first of them was, or
     * first of all where there is something between them. A view, unless there are tensors. PyTorch:
     * `Tensor.__getitem__`.
     * @throws `INDEX_OUT_OF_RANGE`; ShapeError for more subscripts than dims and for masks that do not fit.
     */
    index(...subscripts: Subscript[]): Tensor;
    /**
     * `x` with `alpha` times the rows of `source` added to the rows at the positions in `index` along `dim`.
     * PyTorch: `torch.index_add`.
     * @throws ShapeError for an index that is not a vector, and a source that does not have one row for each
     * index; DTypeError for a source of another dtype.
     */
    indexAdd(dim: number, index: Tensor, source: Tensor, options?: ScaledOptions): Tensor;
    /**
     * `indexAdd` in place: writes the result to this tensor and returns it. `x` with `alpha` times the rows
     * of `source` added to the rows at the positions in `index` along `dim`.
     * @throws ShapeError for an index that is not a vector, and a source that does not have one row for each
     * index; DTypeError for a source of another dtype.
     */
    indexAdd_(dim: number, index: Tensor, source: Tensor, options?: ScaledOptions): Tensor;
    /**
     * `x` with the rows of `source` written to the positions in `index` along `dim`; for equal positions,
     * the last row stays. PyTorch: `torch.index_copy`.
     * @throws ShapeError for an index that is not a vector, and a source that does not have one row for each
     * index; DTypeError for a source of another dtype.
     */
    indexCopy(dim: number, index: Tensor, source: Tensor): Tensor;
    /**
     * `indexCopy` in place: writes the result to this tensor and returns it. `x` with the rows of `source`
     * written to the positions in `index` along `dim`; for equal positions, the last row stays.
     * @throws ShapeError for an index that is not a vector, and a source that does not have one row for each
     * index; DTypeError for a source of another dtype.
     */
    indexCopy_(dim: number, index: Tensor, source: Tensor): Tensor;
    /**
     * `x` with `value` (a number or a tensor without dims) in the rows at the positions in `index` along
     * `dim`. PyTorch: `torch.index_fill`.
     * @throws ShapeError for an index that is not a vector, and a value with dims.
     */
    indexFill(dim: number, index: Tensor, value: Tensor | number | boolean): Tensor;
    /**
     * `indexFill` in place: writes the result to this tensor and returns it. `x` with `value` (a number or a
     * tensor without dims) in the rows at the positions in `index` along `dim`.
     * @throws ShapeError for an index that is not a vector, and a value with dims.
     */
    indexFill_(dim: number, index: Tensor, value: Tensor | number | boolean): Tensor;
    /**
     * `x` with `values` written to `x[indices[0], indices[1], …]`. Subscripts are those of `index`.
     * `values`, a number or a tensor, broadcasts to what they select. In place it is Python's
     * `x[…] = values`. PyTorch: `torch.index_put`.
     * @throws ShapeError for more indices than dims, and values that do not broadcast; DTypeError for values
     * of another dtype; ValueError for indices that are not an array, `VALUE_OUT_OF_RANGE`.
     */
    indexPut(
      indices: readonly Subscript[],
      values: Tensor | number | boolean,
      options?: AccumulateOptions,
    ): Tensor;
    /**
     * `indexPut` in place: writes the result to this tensor and returns it. `x` with `values` written to
     * `x[indices[0], indices[1], …]`.
     * @throws ShapeError for more indices than dims, and values that do not broadcast; DTypeError for values
     * of another dtype; ValueError for indices that are not an array, `VALUE_OUT_OF_RANGE`.
     */
    indexPut_(
      indices: readonly Subscript[],
      values: Tensor | number | boolean,
      options?: AccumulateOptions,
    ): Tensor;
    /**
     * `x` with the rows of `source` combined with the rows at the positions in `index` along `dim`. PyTorch:
     * `torch.index_reduce`.
     * @throws ValueError `INDEX_OUT_OF_RANGE`.
     * @throws ShapeError for a source that does not have one row for each index; DTypeError for indices that
     * are not integers.
     */
    indexReduce(
      dim: number,
      index: Tensor,
      source: Tensor,
      reduce: IndexReduction,
      options?: ScatterReduceOptions,
    ): Tensor;
    /**
     * `indexReduce` in place: writes the result to this tensor and returns it. `x` with the rows of `source`
     * combined with the rows at the positions in `index` along `dim`.
     * @throws ValueError `INDEX_OUT_OF_RANGE`.
     * @throws ShapeError for a source that does not have one row for each index; DTypeError for indices that
     * are not integers.
     */
    indexReduce_(
      dim: number,
      index: Tensor,
      source: Tensor,
      reduce: IndexReduction,
      options?: ScatterReduceOptions,
    ): Tensor;
    /**
     * The elements of `x` along `dim` at the positions in `index` (a vector of integers), in that order.
     * PyTorch: `torch.index_select`.
     * @throws ValueError `INDEX_OUT_OF_RANGE`.
     * @throws ShapeError for an index that is not a vector.
     */
    indexSelect(dim: number, index: Tensor): Tensor;
    /**
     * The dot products over the last dim of both operands; with a scalar, the product.
     * Shapes: [...a, K], [...b, K] → [...a, ...b]. PyTorch: `torch.inner`.
     * @throws ShapeError for last dims that differ.
     */
    inner(b: Tensor): Tensor;
    /** `x` in int32; `x` itself where it has that dtype. PyTorch: `Tensor.int`. */
    int(): Tensor;
    /**
     * The inverse of each matrix. Solve systems with `solve` instead: faster and nearer. PyTorch:
     * `torch.linalg.inv`, `torch.inverse`.
     * @throws SimdgradError `SINGULAR_MATRIX`.
     */
    inverse(): Tensor;
    /**
     * True where |a - b| <= atol + rtol |b|, or where both are the same infinity. `bool`. Shapes broadcast.
     * PyTorch: `torch.isclose`.
     * @throws DTypeError for different dtypes; ValueError for negative tolerances; ShapeError for shapes
     * that do not broadcast.
     */
    isclose(b: Tensor, options?: CloseOptions): Tensor;
    /**
     * True where elements are neither infinite nor NaN, as `bool`. Shape of `x`. PyTorch: `torch.isfinite`.
     */
    isfinite(): Tensor;
    /** True where elements are Infinity or -Infinity, as `bool`. Shape of `x`. PyTorch: `torch.isinf`. */
    isinf(): Tensor;
    /** True where elements are NaN, as `bool`. Shape of `x`. PyTorch: `torch.isnan`. */
    isnan(): Tensor;
    /** True where elements are -Infinity, as `bool`. Shape of `x`. PyTorch: `torch.isneginf`. */
    isneginf(): Tensor;
    /** True where elements are Infinity, as `bool`. Shape of `x`. PyTorch: `torch.isposinf`. */
    isposinf(): Tensor;
    /**
     * True for every element, because there are no complex tensors. Shape of `x`. PyTorch: `torch.isreal`.
     */
    isreal(): Tensor;
    /**
     * The Kronecker product: for each element of `a`, a copy of `b` multiplied by it. Dims multiply, aligned
     * at the last. Shapes [a1, …] and [b1, …] → [a1·b1, …]. PyTorch: `torch.kron`.
     */
    kron(b: Tensor): Tensor;
    /**
     * The `k`-th smallest element along `dim` (counted from 1) and its position. Shapes of `x` without `dim`
     * (`keepdim`: with size 1). PyTorch: `torch.kthvalue`.
     * @throws ValueError `INVALID_VALUE` unless 1 <= k <= the size of the dim.
     */
    kthvalue(
      k: number,
      dim?: number | WithDim<number, ReduceOptions>,
      options?: ReduceOptions,
    ): ValuesAndIndices;
    /**
     * Lₙ(a), n = b: Laguerre's polynomial of degree b at a; it has no gradient. Shapes broadcast. PyTorch:
     * `torch.special.laguerre_polynomial_l`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    laguerrePolynomialL(b: Operand): Tensor;
    /**
     * `laguerrePolynomialL` in place: writes the result to this tensor and returns it. Lₙ(a), n = b:
     * Laguerre's polynomial of degree b at a; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    laguerrePolynomialL_(b: Operand): Tensor;
    /**
     * The least common multiple of a and b, never negative: lcm(4, 6) = 12. Shapes broadcast. PyTorch:
     * `torch.lcm`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
     */
    lcm(b: Operand): Tensor;
    /**
     * `lcm` in place: writes the result to this tensor and returns it. The least common multiple of a and b,
     * never negative: lcm(4, 6) = 12.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for floats and `bool`.
     */
    lcm_(b: Operand): Tensor;
    /**
     * a · 2ᵇ. Shapes broadcast. PyTorch: `torch.ldexp`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    ldexp(b: Operand): Tensor;
    /**
     * `ldexp` in place: writes the result to this tensor and returns it. a · 2ᵇ.
     * @throws ShapeError for shapes that do not broadcast.
     */
    ldexp_(b: Operand): Tensor;
    /**
     * a <= b. Shapes broadcast. PyTorch: `torch.le`, `torch.less_equal`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    le(b: Operand): Tensor;
    /**
     * `le` in place: writes the result to this tensor and returns it. a <= b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    le_(b: Operand): Tensor;
    /**
     * x if x > 0, else negativeSlope · x. Default: negativeSlope 0.01. Shape of `x`. PyTorch:
     * `F.leaky_relu`.
     */
    leakyRelu(options?: { negativeSlope?: number }): Tensor;
    /**
     * `leakyRelu` in place: writes the result to this tensor and returns it. x if x > 0, else negativeSlope
     * · x.
     */
    leakyRelu_(options?: { negativeSlope?: number }): Tensor;
    /**
     * Pₙ(a), n = b: Legendre's polynomial of degree b at a; it has no gradient. Shapes broadcast. PyTorch:
     * `torch.special.legendre_polynomial_p`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    legendrePolynomialP(b: Operand): Tensor;
    /**
     * `legendrePolynomialP` in place: writes the result to this tensor and returns it. Pₙ(a), n = b:
     * Legendre's polynomial of degree b at a; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    legendrePolynomialP_(b: Operand): Tensor;
    /**
     * start + weight · (end - start), exact at both ends. Shapes broadcast. PyTorch: `torch.lerp`.
     * @throws DTypeError for integers; ShapeError for shapes that do not broadcast.
     */
    lerp(end: Tensor, given: Tensor | number): Tensor;
    /**
     * `lerp` in place: writes the result to this tensor and returns it. start + weight · (end - start),
     * exact at both ends.
     * @throws DTypeError for integers; ShapeError for shapes that do not broadcast.
     */
    lerp_(end: Tensor, given: Tensor | number): Tensor;
    /**
     * a < b. Shapes broadcast. PyTorch: `torch.lt`, `torch.less`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    less(b: Operand): Tensor;
    /**
     * a <= b. Shapes broadcast. PyTorch: `torch.le`, `torch.less_equal`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    lessEqual(b: Operand): Tensor;
    /**
     * `lessEqual` in place: writes the result to this tensor and returns it. a <= b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    lessEqual_(b: Operand): Tensor;
    /**
     * `less` in place: writes the result to this tensor and returns it. a < b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    less_(b: Operand): Tensor;
    /**
     * ln |Γ(x)|; Infinity at 0, -1, -2, … Shape of `x`. PyTorch: `torch.lgamma`, `torch.special.gammaln`.
     */
    lgamma(): Tensor;
    /**
     * `lgamma` in place: writes the result to this tensor and returns it. ln |Γ(x)|; Infinity at 0, -1, -2,
     * …
     */
    lgamma_(): Tensor;
    /** ln(x), the natural logarithm; -Infinity at 0, NaN below. Shape of `x`. PyTorch: `torch.log`. */
    log(): Tensor;
    /** log₁₀(x), the logarithm to base 10. Shape of `x`. PyTorch: `torch.log10`. */
    log10(): Tensor;
    /**
     * `log10` in place: writes the result to this tensor and returns it. log₁₀(x), the logarithm to base 10.
     */
    log10_(): Tensor;
    /** ln(1 + x), accurate near 0. Shape of `x`. PyTorch: `torch.log1p`, `torch.special.log1p`. */
    log1p(): Tensor;
    /** `log1p` in place: writes the result to this tensor and returns it. ln(1 + x), accurate near 0. */
    log1p_(): Tensor;
    /** log₂(x), the logarithm to base 2. Shape of `x`. PyTorch: `torch.log2`. */
    log2(): Tensor;
    /**
     * `log2` in place: writes the result to this tensor and returns it. log₂(x), the logarithm to base 2.
     */
    log2_(): Tensor;
    /** ln(ndtr(x)), accurate where ndtr(x) underflows. Shape of `x`. PyTorch: `torch.special.log_ndtr`. */
    logNdtr(): Tensor;
    /**
     * `logNdtr` in place: writes the result to this tensor and returns it. ln(ndtr(x)), accurate where
     * ndtr(x) underflows.
     */
    logNdtr_(): Tensor;
    /**
     * Overwrites `x` with e to the power of random numbers from the normal distribution with `mean` and
     * `std`. PyTorch: `Tensor.log_normal_`.
     */
    logNormal_(mean?: number, std?: number, options?: GeneratorOptions): Tensor;
    /** ln(sigmoid(x)), accurate where sigmoid(x) underflows. Shape of `x`. PyTorch: `F.logsigmoid`. */
    logSigmoid(): Tensor;
    /**
     * `logSigmoid` in place: writes the result to this tensor and returns it. ln(sigmoid(x)), accurate where
     * sigmoid(x) underflows.
     */
    logSigmoid_(): Tensor;
    /**
     * x - log Σ exp(x) along `dim`: more accurate than the logarithm of `softmax`. Shape of `x`. PyTorch:
     * `F.log_softmax`, `torch.log_softmax`, `torch.special.log_softmax`.
     * @throws DTypeError for integers, unless `dtype` is a float.
     */
    logSoftmax(dim: number | WithDim<number, SoftmaxOptions>, options?: SoftmaxOptions): Tensor;
    /**
     * `log` in place: writes the result to this tensor and returns it. ln(x), the natural logarithm;
     * -Infinity at 0, NaN below.
     */
    log_(): Tensor;
    /**
     * ln(eᵃ + eᵇ), without overflow. Shapes broadcast. PyTorch: `torch.logaddexp`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    logaddexp(b: Operand): Tensor;
    /**
     * log2(2ᵃ + 2ᵇ), without overflow. Shapes broadcast. PyTorch: `torch.logaddexp2`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    logaddexp2(b: Operand): Tensor;
    /**
     * `logaddexp2` in place: writes the result to this tensor and returns it. log2(2ᵃ + 2ᵇ), without
     * overflow.
     * @throws ShapeError for shapes that do not broadcast.
     */
    logaddexp2_(b: Operand): Tensor;
    /**
     * `logaddexp` in place: writes the result to this tensor and returns it. ln(eᵃ + eᵇ), without overflow.
     * @throws ShapeError for shapes that do not broadcast.
     */
    logaddexp_(b: Operand): Tensor;
    /**
     * The logarithms of the running sums of exp(x) along `dim`, without overflow. Shape of `x`. PyTorch:
     * `torch.logcumsumexp`.
     * @throws DTypeError for integers.
     */
    logcumsumexp(dim: OrNamed<number>): Tensor;
    /**
     * The logarithm of the determinant. It is NaN where the determinant is negative, and -Infinity where it
     * is 0.
     * Shape: [..., n, n] → [...]. PyTorch: `torch.logdet`.
     */
    logdet(): Tensor;
    /** True where both operands are not 0, as `bool`. Operands broadcast. PyTorch: `torch.logical_and`. */
    logicalAnd(b: Operand): Tensor;
    /**
     * `logicalAnd` in place: writes the result to this tensor and returns it. True where both operands are
     * not 0, as `bool`.
     */
    logicalAnd_(b: Operand): Tensor;
    /** True where elements are 0, as `bool`. Shape of `x`. PyTorch: `torch.logical_not`. */
    logicalNot(): Tensor;
    /**
     * `logicalNot` in place: writes the result to this tensor and returns it. True where elements are 0, as
     * `bool`.
     */
    logicalNot_(): Tensor;
    /**
     * True where at least one operand is not 0, as `bool`. Operands broadcast. PyTorch: `torch.logical_or`.
     */
    logicalOr(b: Operand): Tensor;
    /**
     * `logicalOr` in place: writes the result to this tensor and returns it. True where at least one operand
     * is not 0, as `bool`.
     */
    logicalOr_(b: Operand): Tensor;
    /**
     * True where exactly one operand is not 0, as `bool`. Operands broadcast. PyTorch: `torch.logical_xor`.
     */
    logicalXor(b: Operand): Tensor;
    /**
     * `logicalXor` in place: writes the result to this tensor and returns it. True where exactly one operand
     * is not 0, as `bool`.
     */
    logicalXor_(b: Operand): Tensor;
    /**
     * ln(x / (1 - x)), with x first limited to [eps, 1 - eps] if `eps` is given: `x.logit(1e-6)` or
     * `x.logit({ eps: 1e-6 })`. Default: none, x is not limited. Shape of `x`. PyTorch: `torch.logit`,
     * `torch.special.logit`.
     */
    logit(given?: number | { eps?: number | null } | null): Tensor;
    /**
     * `logit` in place: writes the result to this tensor and returns it. ln(x / (1 - x)), with x first
     * limited to [eps, 1 - eps] if `eps` is given: `x.logit(1e-6)` or `x.logit({ eps: 1e-6 })`.
     */
    logit_(given?: number | { eps?: number | null } | null): Tensor;
    /**
     * log Σ exp(x) over `dim`, without overflow. Over no elements it is -Infinity. Integers give float32.
     * PyTorch: `torch.logsumexp`, `torch.special.logsumexp`.
     */
    logsumexp(dim?: DimsOr<ReduceOptions>, options?: ReduceOptions): Tensor;
    /**
     * `x` in int32 (PyTorch has int64 here); `x` itself where it has that dtype. PyTorch: `Tensor.long`.
     */
    long(): Tensor;
    /**
     * a < b. Shapes broadcast. PyTorch: `torch.lt`, `torch.less`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    lt(b: Operand): Tensor;
    /**
     * `lt` in place: writes the result to this tensor and returns it. a < b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    lt_(b: Operand): Tensor;
    /**
     * LU and pivots of `linalg.luFactor`, and with `getInfos` also `info`: `lu(a, true, true)` or
     * `lu(a, { getInfos: true })`.
     * Shapes: A [..., m, n] → LU [..., m, n], pivots [..., min(m, n)]. PyTorch: `torch.lu`.
     */
    lu(
      ...args: [pivot?: boolean, getInfos?: boolean] | [options: LuOptions & { getInfos?: boolean }]
    ): Named<"LU" | "pivots", Tensor> | Named<"LU" | "pivots" | "info", Tensor>;
    /**
     * The solution X of A X = B as `linalg.luSolve` computes it, with B as the first argument.
     * Shapes: B [..., n, k], LU [..., n, n] → [..., n, k]. PyTorch: `torch.lu_solve`.
     * @throws ShapeError, ValueError and DTypeError as `linalg.luSolve`.
     */
    luSolve(LU: Tensor, pivots: Tensor): Tensor;
    /**
     * The adjoints of the matrices in the last two dims: `mT`, because numbers are real here. PyTorch:
     * `Tensor.mH`.
     * @throws ShapeError for a vector.
     */
    readonly mH: Tensor;
    /**
     * The matrices in the last two dims transposed. PyTorch: `Tensor.mT`.
     * @throws ShapeError for a vector.
     */
    readonly mT: Tensor;
    /**
     * `x` with `value` (a number or a tensor without dims) where `mask` is true. Both broadcast. PyTorch:
     * `torch.masked_fill`.
     * @throws ShapeError for a value with dims, and a mask that does not broadcast; ValueError
     * `VALUE_OUT_OF_RANGE`.
     */
    maskedFill(mask: Tensor, value: Tensor | number | boolean): Tensor;
    /**
     * `maskedFill` in place: writes the result to this tensor and returns it. `x` with `value` (a number or
     * a tensor without dims) where `mask` is true.
     * @throws ShapeError for a value with dims, and a mask that does not broadcast; ValueError
     * `VALUE_OUT_OF_RANGE`.
     */
    maskedFill_(mask: Tensor, value: Tensor | number | boolean): Tensor;
    /**
     * `x` with the elements of `source`, in their order, where `mask` is true. The mask broadcasts; `source`
     * has any shape. PyTorch: `torch.masked_scatter`.
     * @throws DTypeError for a mask that is not `bool`, and a source of another dtype; ShapeError for a mask
     * that does not broadcast.
     */
    maskedScatter(mask: Tensor, source: Tensor): Tensor;
    /**
     * `maskedScatter` in place: writes the result to this tensor and returns it. `x` with the elements of
     * `source`, in their order, where `mask` is true.
     * @throws DTypeError for a mask that is not `bool`, and a source of another dtype; ShapeError for a mask
     * that does not broadcast.
     */
    maskedScatter_(mask: Tensor, source: Tensor): Tensor;
    /**
     * A vector of the elements of `x` where `mask` is true; both broadcast. PyTorch: `torch.masked_select`.
     * @throws DTypeError for a mask that is not `bool`; ShapeError for shapes that do not broadcast.
     */
    maskedSelect(mask: Tensor): Tensor;
    /**
     * The matrix product with NumPy's rules: the last two dims are matrices, and dims before them broadcast.
     * A 1-d operand is a row on the left or a column on the right, and its dim is dropped from the result.
     * Integers are multiplied and added up exactly. PyTorch: `torch.matmul`, `torch.linalg.matmul`.
     * @throws ShapeError when inner dimensions differ or batch dims do not broadcast.
     * @throws ValueError `INTEGER_OVERFLOW` when a sum of integers does not fit the dtype.
     */
    matmul(b: Tensor): Tensor;
    /**
     * The exponential of each matrix, Σ Aⁱ / i!, computed in float64 by scaling, a Padé approximation and
     * repeated squaring. Shape: [..., n, n]. PyTorch: `torch.linalg.matrix_exp`, `torch.matrix_exp`.
     * @throws DTypeError for integers; ShapeError for a matrix that is not square.
     */
    matrixExp(): Tensor;
    /**
     * Aⁿ for an integer n, computed by repeated squaring; negative n are powers of A⁻¹. Shape: [..., m, m].
     * PyTorch: `torch.linalg.matrix_power`, `torch.matrix_power`.
     * @throws SimdgradError `SINGULAR_MATRIX` for a negative power of a singular matrix.
     * @throws ShapeError for a matrix that is not square.
     */
    matrixPower(n: number): Tensor;
    /**
     * The largest element of `x`, or with `dim` the largest along it and where it is, `{ values, indices }`;
     * or with a tensor the larger of each two elements (`maximum`). If an element is NaN, the result is NaN.
     * Among equal elements the first is taken and gets the gradient; over all elements, equal ones share it.
     * Shapes of `x` without `dim` (`keepdim`: with size 1). Values alone, and over several dims: `amax`.
     * PyTorch: `torch.max`.
     * @throws ShapeError `EMPTY_REDUCTION` where there is nothing to choose from.
     */
    max(): Tensor;
    /**
     * The largest element of `x`, or with `dim` the largest along it and where it is, `{ values, indices }`;
     * or with a tensor the larger of each two elements (`maximum`). If an element is NaN, the result is NaN.
     * Among equal elements the first is taken and gets the gradient; over all elements, equal ones share it.
     * Shapes of `x` without `dim` (`keepdim`: with size 1). Values alone, and over several dims: `amax`.
     * PyTorch: `torch.max`.
     * @throws ShapeError `EMPTY_REDUCTION` where there is nothing to choose from.
     */
    max(other: Tensor): Tensor;
    /**
     * The largest element of `x`, or with `dim` the largest along it and where it is, `{ values, indices }`;
     * or with a tensor the larger of each two elements (`maximum`). If an element is NaN, the result is NaN.
     * Among equal elements the first is taken and gets the gradient; over all elements, equal ones share it.
     * Shapes of `x` without `dim` (`keepdim`: with size 1). Values alone, and over several dims: `amax`.
     * PyTorch: `torch.max`.
     * @throws ShapeError `EMPTY_REDUCTION` where there is nothing to choose from.
     */
    max(dim: Along, options?: ReduceOptions): ValuesAndIndices;
    /**
     * max(a, b), NaN if either is; equal operands share the gradient. Shapes broadcast. PyTorch:
     * `torch.maximum`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    maximum(b: Operand): Tensor;
    /**
     * `maximum` in place: writes the result to this tensor and returns it. max(a, b), NaN if either is;
     * equal operands share the gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    maximum_(b: Operand): Tensor;
    /**
     * The mean over `dim`, by default over all dims, of a float tensor. The mean of nothing is NaN. PyTorch:
     * `torch.mean`.
     * @throws DTypeError for integers, unless `dtype` is a float.
     */
    mean(dim?: DimsOr<ConvertingReduceOptions>, options?: ConvertingReduceOptions): Tensor;
    /**
     * The middle element along `dim` (the lower of two) and where it is; over all elements only the value.
     * If an element is NaN, the result is NaN. Gradients go to that element; over all elements, equals
     * share. Shapes of `x` without `dim`. PyTorch: `torch.median`.
     * @throws DTypeError for `bool`; ShapeError `EMPTY_REDUCTION` along an empty dim.
     */
    median(): Tensor;
    /**
     * The middle element along `dim` (the lower of two) and where it is; over all elements only the value.
     * If an element is NaN, the result is NaN. Gradients go to that element; over all elements, equals
     * share. Shapes of `x` without `dim`. PyTorch: `torch.median`.
     * @throws DTypeError for `bool`; ShapeError `EMPTY_REDUCTION` along an empty dim.
     */
    median(dim: number | WithDim<number, ReduceOptions>, options?: ReduceOptions): ValuesAndIndices;
    /**
     * The smallest element of `x`, over all or along `dim`, or the smaller of each two: see `max`. Without
     * `dim` it is that of all elements. PyTorch: `torch.min`.
     */
    min(): Tensor;
    /**
     * The smallest element of `x`, over all or along `dim`, or the smaller of each two: see `max`. Without
     * `dim` it is that of all elements. PyTorch: `torch.min`.
     */
    min(other: Tensor): Tensor;
    /**
     * The smallest element of `x`, over all or along `dim`, or the smaller of each two: see `max`. Without
     * `dim` it is that of all elements. PyTorch: `torch.min`.
     */
    min(dim: Along, options?: ReduceOptions): ValuesAndIndices;
    /**
     * min(a, b), NaN if either is; equal operands share the gradient. Shapes broadcast. PyTorch:
     * `torch.minimum`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    minimum(b: Operand): Tensor;
    /**
     * `minimum` in place: writes the result to this tensor and returns it. min(a, b), NaN if either is;
     * equal operands share the gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    minimum_(b: Operand): Tensor;
    /**
     * The product of two matrices: [M, K], [K, N] → [M, N]. PyTorch: `torch.mm`.
     * @throws ShapeError unless both are matrices, and for inner dims that differ; DTypeError for different
     * dtypes.
     */
    mm(b: Tensor): Tensor;
    /**
     * The most frequent element along `dim` (the smallest of equally frequent ones) and its last position.
     * Shapes of `x` without `dim`. PyTorch: `torch.mode`.
     * @throws ShapeError `EMPTY_REDUCTION` along an empty dim.
     */
    mode(dim?: number | WithDim<number, ReduceOptions>, options?: ReduceOptions): ValuesAndIndices;
    /**
     * K₀(x), the modified Bessel function of the second kind of order 0; NaN below 0. Shape of `x`. PyTorch:
     * `torch.special.modified_bessel_k0`.
     */
    modifiedBesselK0(): Tensor;
    /**
     * `modifiedBesselK0` in place: writes the result to this tensor and returns it. K₀(x), the modified
     * Bessel function of the second kind of order 0; NaN below 0.
     */
    modifiedBesselK0_(): Tensor;
    /**
     * K₁(x), the modified Bessel function of the second kind of order 1; NaN below 0. Shape of `x`. PyTorch:
     * `torch.special.modified_bessel_k1`.
     */
    modifiedBesselK1(): Tensor;
    /**
     * `modifiedBesselK1` in place: writes the result to this tensor and returns it. K₁(x), the modified
     * Bessel function of the second kind of order 1; NaN below 0.
     */
    modifiedBesselK1_(): Tensor;
    /**
     * `x` with dims `source` moved to `destination` and the others in their order. A view. PyTorch:
     * `torch.movedim`, `torch.moveaxis`.
     * @throws ShapeError unless there are as many sources as destinations, each once.
     */
    moveaxis(source: number | readonly number[], destination: number | readonly number[]): Tensor;
    /**
     * `x` with dims `source` moved to `destination` and the others in their order. A view. PyTorch:
     * `torch.movedim`, `torch.moveaxis`.
     * @throws ShapeError unless there are as many sources as destinations, each once.
     */
    movedim(source: number | readonly number[], destination: number | readonly number[]): Tensor;
    /** The elements along the first dim in ascending order. Shape of `x`. PyTorch: `torch.msort`. */
    msort(): Tensor;
    /**
     * a · b. Shapes broadcast. PyTorch: `torch.mul`, `torch.multiply`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    mul(b: Operand): Tensor;
    /** x · y, written to `x`. PyTorch: `Tensor.mul_`. */
    mul_(y: Operand): Tensor;
    /**
     * `count` random positions for each row of weights, drawn with probabilities in proportion to the
     * weights: [classes] or [rows, classes] → `int32` [count] or [rows, count]. A weight of 0 is not drawn
     * as long as there are others.
     *
     * The class with the largest ln(weight) + Gumbel noise has its weight for a probability (Gumbel, 1954).
     * PyTorch: `torch.multinomial`.
     * @throws ShapeError for other numbers of dims than 1 and 2; DTypeError for integers; ValueError for a
     * number of draws below 1, or above the number of classes without `replacement`.
     */
    multinomial(count: number, options?: MultinomialOptions): Tensor;
    /**
     * a · b. Shapes broadcast. PyTorch: `torch.mul`, `torch.multiply`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    multiply(b: Operand): Tensor;
    /**
     * `multiply` in place: writes the result to this tensor and returns it. a · b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    multiply_(b: Operand): Tensor;
    /**
     * The product of a matrix and a vector: [M, K], [K] → [M]. PyTorch: `torch.mv`.
     * @throws ShapeError unless these are a matrix and a vector that fit; DTypeError for different dtypes.
     */
    mv(vector: Tensor): Tensor;
    /**
     * The logarithm of the multivariate gamma function, ln Γₚ(x), for x > (p - 1) / 2. Shape of `x`.
     * PyTorch: `torch.mvlgamma`, `torch.special.multigammaln`.
     * @throws ValueError for a `p` below 1.
     */
    mvlgamma(p: number): Tensor;
    /**
     * `mvlgamma` in place: writes the result to this tensor and returns it. The logarithm of the
     * multivariate gamma function, ln Γₚ(x), for x > (p - 1) / 2.
     * @throws ValueError for a `p` below 1.
     */
    mvlgamma_(p: number): Tensor;
    /**
     * `x` with numbers instead of NaN and infinities; the gradient is 0 there. Shape of `x`. PyTorch:
     * `torch.nan_to_num`.
     */
    nanToNum(options?: NanToNumOptions): Tensor;
    /**
     * `nanToNum` in place: writes the result to this tensor and returns it. `x` with numbers instead of NaN
     * and infinities; the gradient is 0 there.
     */
    nanToNum_(options?: NanToNumOptions): Tensor;
    /**
     * The mean over `dim` of the elements that are not NaN; NaN where there are none. By default over all
     * dims. PyTorch: `torch.nanmean`.
     */
    nanmean(dim?: DimsOr<ConvertingReduceOptions>, options?: ConvertingReduceOptions): Tensor;
    /**
     * As `median`, but NaN is ignored; the result is NaN where there is nothing else. Shapes as there.
     * Without `dim` it is that of all elements. PyTorch: `torch.nanmedian`.
     * @throws DTypeError for `bool`; ShapeError `EMPTY_REDUCTION` along an empty dim.
     */
    nanmedian(): Tensor;
    /**
     * As `median`, but NaN is ignored; the result is NaN where there is nothing else. Shapes as there.
     * Without `dim` it is that of all elements. PyTorch: `torch.nanmedian`.
     * @throws DTypeError for `bool`; ShapeError `EMPTY_REDUCTION` along an empty dim.
     */
    nanmedian(dim: number | WithDim<number, ReduceOptions>, options?: ReduceOptions): ValuesAndIndices;
    /**
     * As `quantile`, but NaN is ignored; the result is NaN where there is nothing else. Shapes and defaults
     * as there. PyTorch: `torch.nanquantile`.
     * @throws DTypeError for integers; ShapeError `EMPTY_REDUCTION` where there are no elements.
     */
    nanquantile(
      q: number | Tensor,
      dim?: number | null | WithDim<number, QuantileOptions>,
      options?: QuantileOptions,
    ): Tensor;
    /**
     * The sum over `dim` of the elements that are not NaN. By default over all dims. PyTorch:
     * `torch.nansum`.
     */
    nansum(dim?: DimsOr<ConvertingReduceOptions>, options?: ConvertingReduceOptions): Tensor;
    /**
     * A view of `length` elements along `dim`, beginning at position `from` (a number or a tensor of one
     * integer; negative ones count from the end). PyTorch: `torch.narrow`.
     * @throws ShapeError `INDEX_OUT_OF_RANGE` for a part that is not in the dim.
     */
    narrow(dim: number, from: number | Tensor, length: number): Tensor;
    /** A copy of the `length` elements along `dim` that begin at `from`. PyTorch: `torch.narrow_copy`. */
    narrowCopy(dim: number, from: number | Tensor, length: number): Tensor;
    /**
     * Φ(x), the probability that a normal number is below x. Shape of `x`. PyTorch: `torch.special.ndtr`.
     */
    ndtr(): Tensor;
    /**
     * `ndtr` in place: writes the result to this tensor and returns it. Φ(x), the probability that a normal
     * number is below x.
     */
    ndtr_(): Tensor;
    /**
     * The y with Φ(y) = x, the inverse of ndtr; NaN outside [0, 1]. Shape of `x`. PyTorch:
     * `torch.special.ndtri`.
     */
    ndtri(): Tensor;
    /**
     * `ndtri` in place: writes the result to this tensor and returns it. The y with Φ(y) = x, the inverse of
     * ndtr; NaN outside [0, 1].
     */
    ndtri_(): Tensor;
    /**
     * True where a ≠ b; NaN differs from all. Shapes broadcast. PyTorch: `torch.ne`, `torch.not_equal`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    ne(b: Operand): Tensor;
    /**
     * `ne` in place: writes the result to this tensor and returns it. True where a ≠ b; NaN differs from
     * all.
     * @throws ShapeError for shapes that do not broadcast.
     */
    ne_(b: Operand): Tensor;
    /**
     * -x. Shape of `x`. PyTorch: `torch.neg`, `torch.negative`.
     * @throws DTypeError for `bool`.
     */
    neg(): Tensor;
    /**
     * `neg` in place: writes the result to this tensor and returns it. -x.
     * @throws DTypeError for `bool`.
     */
    neg_(): Tensor;
    /**
     * -x. Shape of `x`. PyTorch: `torch.neg`, `torch.negative`.
     * @throws DTypeError for `bool`.
     */
    negative(): Tensor;
    /**
     * `negative` in place: writes the result to this tensor and returns it. -x.
     * @throws DTypeError for `bool`.
     */
    negative_(): Tensor;
    /**
     * A tensor of `shape` and of the dtype of `x` whose values are not specified. PyTorch:
     * `Tensor.new_empty`.
     */
    newEmpty(shape: Shape, options?: TensorOptions): Tensor;
    /**
     * A tensor of `shape` and of the dtype of `x` whose elements are all `value`. PyTorch:
     * `Tensor.new_full`.
     */
    newFull(shape: Shape, value: number | boolean, options?: TensorOptions): Tensor;
    /** A tensor of ones with the given `shape` and the dtype of `x`. PyTorch: `Tensor.new_ones`. */
    newOnes(shape: Shape, options?: TensorOptions): Tensor;
    /**
     * What `tensor(values, options)` returns, by default in the dtype of `x`. PyTorch: `Tensor.new_tensor`.
     */
    newTensor(values: NestedArray | Data, options?: TensorOptions): Tensor;
    /** A tensor of zeros with the given `shape` and the dtype of `x`. PyTorch: `Tensor.new_zeros`. */
    newZeros(shape: Shape, options?: TensorOptions): Tensor;
    /**
     * The number next to a on the way to b; a where a = b. Shapes broadcast. PyTorch: `torch.nextafter`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
     */
    nextafter(b: Operand): Tensor;
    /**
     * `nextafter` in place: writes the result to this tensor and returns it. The number next to a on the way
     * to b; a where a = b.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
     */
    nextafter_(b: Operand): Tensor;
    /**
     * The positions of all elements that are not 0, in row-major order: `int32` [count, dims], or with
     * `asTuple` one vector [count] per dim. A scalar counts as one dim. PyTorch: `torch.nonzero`.
     */
    nonzero<const O extends NonzeroOptions>(options?: O): Nonzero<O>;
    /**
     * The first `size` rows of `nonzero`; missing rows are filled with `fillValue`. [size, dims], `int32`.
     * PyTorch: `torch.nonzero_static`.
     * @throws ValueError for a negative size.
     */
    nonzeroStatic(options: NonzeroStaticOptions): Tensor;
    /**
     * The norm of order `p` (default "fro", which is 2) over `dim` (default: all dims); "nuc" is the nuclear
     * norm of a matrix, or of those in two dims. PyTorch: `torch.norm`.
     * @throws ShapeError for `"nuc"` without a dim unless there are 2 dims; ValueError for another word;
     * DTypeError for integers.
     */
    norm(...args: NormArguments<"p", number | "fro" | "nuc">): Tensor;
    /**
     * Overwrites `x` with random numbers from the normal distribution with `mean` and `std`. PyTorch:
     * `Tensor.normal_`.
     */
    normal_(mean?: number, std?: number, options?: GeneratorOptions): Tensor;
    /**
     * True where a ≠ b; NaN differs from all. Shapes broadcast. PyTorch: `torch.ne`, `torch.not_equal`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    notEqual(b: Operand): Tensor;
    /**
     * `notEqual` in place: writes the result to this tensor and returns it. True where a ≠ b; NaN differs
     * from all.
     * @throws ShapeError for shapes that do not broadcast.
     */
    notEqual_(b: Operand): Tensor;
    /**
     * The first n columns of the product of the reflections that `geqrf` returns: the Q of `linalg.qr`.
     * Shapes: [..., m, n], [..., k] → [..., m, n], with k <= n <= m. PyTorch:
     * `torch.linalg.householder_product`, `torch.orgqr`.
     * @throws ShapeError for more columns than rows, and for factors that do not fit.
     */
    orgqr(tau: Tensor): Tensor;
    /**
     * The product Q C, where Q [..., m, m] is the product of the reflections that `geqrf` returns. Shapes: a
     * [..., m, n], tau [..., k], C [..., m, l], or with `left: false` [..., l, m]. PyTorch: `torch.ormqr`.
     * @throws ShapeError for Q and C that do not fit; DTypeError for different dtypes.
     */
    ormqr(tau: Tensor, c: Tensor, options?: OrmqrOptions): Tensor;
    /**
     * The products of every element of one vector with every element of another: [M], [N] → [M, N]. PyTorch:
     * `torch.outer`, `torch.ger`.
     * @throws ShapeError unless both are vectors.
     */
    outer(b: Tensor): Tensor;
    /**
     * A view of `x` with its dims in another order: `permute(x, [2, 0, 1])`. PyTorch: `torch.permute`.
     * @throws ShapeError unless every dim is there once.
     */
    permute(...dims: Sizes): Tensor;
    /**
     * The pseudoinverse as `linalg.pinv` computes it; singular values up to `rcond` times the largest count
     * as 0. Default 1e-15.
     * Shape: [..., m, n] → [..., n, m]. PyTorch: `torch.pinverse`.
     */
    pinverse(...args: [rcond?: number] | [options: { rcond?: number }]): Tensor;
    /**
     * The b-th derivative of digamma at a: `x.polygamma(n)`. Shapes broadcast. PyTorch: `torch.polygamma`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    polygamma(b: Operand): Tensor;
    /**
     * `polygamma` in place: writes the result to this tensor and returns it. The b-th derivative of digamma
     * at a: `x.polygamma(n)`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    polygamma_(b: Operand): Tensor;
    /**
     * `x` itself; booleans are refused. Shape of `x`. PyTorch: `torch.positive`.
     * @throws DTypeError for `bool`.
     */
    positive(): Tensor;
    /**
     * a to the power of b. Integers stay integers: with a negative whole number as exponent that is an
     * error. Shapes broadcast. PyTorch: `torch.pow`.
     * @throws ValueError `INVALID_VALUE`
     */
    pow(b: Operand): Tensor;
    /**
     * `pow` in place: writes the result to this tensor and returns it. a to the power of b.
     * @throws ValueError `INVALID_VALUE`
     */
    pow_(b: Operand): Tensor;
    /**
     * The product over `dim`, by default over all dims. The gradient of an element is the product of the
     * others, also where elements are 0. PyTorch: `torch.prod`.
     */
    prod(dim?: DimsOr<ConvertingReduceOptions>, options?: ConvertingReduceOptions): Tensor;
    /**
     * `x` with the elements of `source` written to the positions in `index`, which count through the
     * flattened `x`. `index` and `source` have one shape. PyTorch: `Tensor.put`.
     * @throws ShapeError unless there is one element for each index.
     */
    put(index: Tensor, source: Tensor, options?: AccumulateOptions): Tensor;
    /**
     * `put` in place: writes the result to this tensor and returns it. `x` with the elements of `source`
     * written to the positions in `index`, which count through the flattened `x`.
     * @throws ShapeError unless there is one element for each index.
     */
    put_(index: Tensor, source: Tensor, options?: AccumulateOptions): Tensor;
    /**
     * Q and R as `linalg.qr` computes them; `some: false` is its mode `complete`.
     * Shapes: A [..., m, n] → Q [..., m, k], R [..., k, n], with k = min(m, n). PyTorch: `torch.qr`.
     * @throws ShapeError for less than 2 dims; DTypeError for integers.
     */
    qr(options?: { some?: boolean }): Named<"Q" | "R", Tensor>;
    /**
     * The q-quantiles along `dim` (default: of all elements), for q from 0 to 1: a number, a tensor without
     * dims, or a vector, whose length becomes the first dim of the result. If an element is NaN, the result
     * is NaN. Gradients go to the elements between which the quantile lies, and to q. PyTorch:
     * `torch.quantile`.
     * @throws ValueError `INVALID_VALUE` for q outside [0, 1]; ShapeError `EMPTY_REDUCTION` where there are
     * no elements.
     */
    quantile(
      q: number | Tensor,
      dim?: number | null | WithDim<number, QuantileOptions>,
      options?: QuantileOptions,
    ): Tensor;
    /** x · 180 / π: radians in degrees. Shape of `x`. PyTorch: `torch.rad2deg`. */
    rad2deg(): Tensor;
    /**
     * `rad2deg` in place: writes the result to this tensor and returns it. x · 180 / π: radians in degrees.
     */
    rad2deg_(): Tensor;
    /**
     * Overwrites `x` with random integers from `low` (default 0) to `high` - 1: `x.random_(10)`,
     * `x.random_(5, 10)`. PyTorch: `Tensor.random_`.
     */
    random_(...args: [...number[], GeneratorOptions] | number[]): Tensor;
    /** A vector of all elements. A view where strides allow. PyTorch: `torch.ravel`. */
    ravel(): Tensor;
    /** `x` itself, because there are no complex tensors. Shape of `x`. PyTorch: `torch.real`. */
    real(): Tensor;
    /** 1 / x. Shape of `x`. PyTorch: `torch.reciprocal`. */
    reciprocal(): Tensor;
    /** `reciprocal` in place: writes the result to this tensor and returns it. 1 / x. */
    reciprocal_(): Tensor;
    /**
     * max(x, 0); NaN stays NaN, the derivative at 0 is 0. Shape of `x`. PyTorch: `F.relu`.
     * @throws DTypeError for `bool`.
     */
    relu(): Tensor;
    /**
     * `relu` in place: writes the result to this tensor and returns it. max(x, 0); NaN stays NaN, the
     * derivative at 0 is 0.
     * @throws DTypeError for `bool`.
     */
    relu_(): Tensor;
    /**
     * a - b · ⌊a / b⌋: the rest of a / b, with the sign of b, as Python's `%`. Shapes broadcast. PyTorch:
     * `torch.remainder`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
     */
    remainder(b: Operand): Tensor;
    /**
     * `remainder` in place: writes the result to this tensor and returns it. a - b · ⌊a / b⌋: the rest of a
     * / b, with the sign of b, as Python's `%`.
     * @throws ShapeError for shapes that do not broadcast; DTypeError for two operands of `bool`.
     */
    remainder_(b: Operand): Tensor;
    /**
     * `x` with every slice along `dim` whose `p`-norm is above `maxnorm` scaled down to `maxnorm`. Shape of
     * `x`, at least 2 dims. PyTorch: `torch.renorm`.
     * @throws ShapeError for less than 2 dims; ValueError for a `p` of 0 or less, and a negative `maxnorm`;
     * DTypeError for integers.
     */
    renorm(
      ...args:
        | [p: number, dim: number, maxnorm: number]
        | [options: { p: number; dim: number; maxnorm: number }]
    ): Tensor;
    /**
     * `renorm` in place: writes the result to this tensor and returns it. `x` with every slice along `dim`
     * whose `p`-norm is above `maxnorm` scaled down to `maxnorm`.
     * @throws ShapeError for less than 2 dims; ValueError for a `p` of 0 or less, and a negative `maxnorm`;
     * DTypeError for integers.
     */
    renorm_(
      ...args:
        | [p: number, dim: number, maxnorm: number]
        | [options: { p: number; dim: number; maxnorm: number }]
    ): Tensor;
    /**
     * Copies of the whole tensor side by side, `repeats[d]` of them along dim `d`; more repeats than dims
     * add dims in front. PyTorch: `Tensor.repeat`.
     */
    repeat(...repeats: Sizes): Tensor;
    /**
     * `x` with every element (without `dim`: of the flattened tensor) repeated `repeats` times in a row
     * along `dim`; `repeats` may be a number for each element. With one argument, the position of each
     * element as often as it says. PyTorch: `torch.repeat_interleave`.
     * @throws ShapeError for another number of repeats than elements, and an `outputSize` that is not their
     * sum; DTypeError and ValueError for repeats that are not integers.
     */
    repeatInterleave(
      repeats?: number | Tensor,
      dim?: number | WithDim<number, { outputSize?: number }>,
      options?: { outputSize?: number },
    ): Tensor;
    /**
     * The same elements in another shape; one size may be -1. A view where strides allow, else a copy.
     * PyTorch: `torch.reshape`.
     * @throws ShapeError for a shape that does not hold as many elements.
     */
    reshape(...shape: Sizes): Tensor;
    /** `x` in the shape of `other`. PyTorch: `Tensor.reshape_as`. */
    reshapeAs(other: Tensor): Tensor;
    /**
     * `x` itself, because there are no complex tensors. Shape of `x`. PyTorch: `torch.conj`,
     * `torch.conj_physical`, `torch.resolve_conj`, `torch.resolve_neg`.
     */
    resolveConj(): Tensor;
    /**
     * `x` itself, because there are no complex tensors. Shape of `x`. PyTorch: `torch.conj`,
     * `torch.conj_physical`, `torch.resolve_conj`, `torch.resolve_neg`.
     */
    resolveNeg(): Tensor;
    /**
     * A copy of `x` with elements shifted by `shifts` along `dims`, where those shifted past the end come in
     * at the front; without `dims`, those of the flattened tensor. Shape of `x`. PyTorch: `torch.roll`.
     * @throws ShapeError unless there are as many shifts as dims; ValueError for shifts that are not
     * integers.
     */
    roll(shifts: number | readonly number[], dims?: OrNamed<number | readonly number[], "dims">): Tensor;
    /**
     * `x` rotated `k` times by 90 degrees, from the first of `dims` towards the second. Defaults: `k` 1,
     * `dims` [0, 1]. PyTorch: `torch.rot90`.
     * @throws ShapeError unless there are two different dims.
     */
    rot90(k?: number, dims?: readonly [number, number]): Tensor;
    /**
     * The nearest integer, with halves rounded to even, or the nearest multiple of 10^-decimals. Shape of
     * `x`. PyTorch: `torch.round`, `torch.special.round`.
     */
    round(options?: RoundOptions): Tensor;
    /**
     * `round` in place: writes the result to this tensor and returns it. The nearest integer, with halves
     * rounded to even, or the nearest multiple of 10^-decimals.
     */
    round_(options?: RoundOptions): Tensor;
    /** 1 / √x. Shape of `x`. PyTorch: `torch.rsqrt`. */
    rsqrt(): Tensor;
    /** `rsqrt` in place: writes the result to this tensor and returns it. 1 / √x. */
    rsqrt_(): Tensor;
    /**
     * b - alpha · a, where `a` is a tensor. `alpha` is 1 by default. Shapes broadcast. PyTorch:
     * `torch.rsub`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    rsub(b: Operand, options?: ScaledOptions): Tensor;
    /** eˣ modifiedBesselK0(x). Shape of `x`. PyTorch: `torch.special.scaled_modified_bessel_k0`. */
    scaledModifiedBesselK0(): Tensor;
    /**
     * `scaledModifiedBesselK0` in place: writes the result to this tensor and returns it. eˣ
     * modifiedBesselK0(x).
     */
    scaledModifiedBesselK0_(): Tensor;
    /** eˣ modifiedBesselK1(x). Shape of `x`. PyTorch: `torch.special.scaled_modified_bessel_k1`. */
    scaledModifiedBesselK1(): Tensor;
    /**
     * `scaledModifiedBesselK1` in place: writes the result to this tensor and returns it. eˣ
     * modifiedBesselK1(x).
     */
    scaledModifiedBesselK1_(): Tensor;
    /**
     * `x` with `src` (a tensor or a number) written to the positions in `index` along `dim`. Where several
     * are written to one element the last one stays. PyTorch: `torch.scatter`.
     * @throws ValueError `INDEX_OUT_OF_RANGE`.
     */
    scatter(dim: number, index: Tensor, src: Tensor | number | boolean, options?: ScatterOptions): Tensor;
    /**
     * `x` with `src` added at the positions in `index` along `dim`, in order. PyTorch: `torch.scatter_add`.
     */
    scatterAdd(dim: number, index: Tensor, src: Tensor | number | boolean): Tensor;
    /**
     * `scatterAdd` in place: writes the result to this tensor and returns it. `x` with `src` added at the
     * positions in `index` along `dim`, in order.
     */
    scatterAdd_(dim: number, index: Tensor, src: Tensor | number | boolean): Tensor;
    /**
     * `x` with `src` combined with the elements at the positions in `index` along `dim`. The gradient of
     * amax and amin is shared evenly by ties. PyTorch: `torch.scatter_reduce`.
     * @throws DTypeError for a `src` of another dtype; ShapeError for an index that is larger than `src`, or
     * than `x` outside `dim`.
     */
    scatterReduce(
      dim: number,
      index: Tensor,
      src: Tensor,
      reduce: ScatterReduction,
      options?: ScatterReduceOptions,
    ): Tensor;
    /**
     * `scatterReduce` in place: writes the result to this tensor and returns it. `x` with `src` combined
     * with the elements at the positions in `index` along `dim`.
     * @throws DTypeError for a `src` of another dtype; ShapeError for an index that is larger than `src`, or
     * than `x` outside `dim`.
     */
    scatterReduce_(
      dim: number,
      index: Tensor,
      src: Tensor,
      reduce: ScatterReduction,
      options?: ScatterReduceOptions,
    ): Tensor;
    /**
     * `scatter` in place: writes the result to this tensor and returns it. `x` with `src` (a tensor or a
     * number) written to the positions in `index` along `dim`.
     * @throws ValueError `INDEX_OUT_OF_RANGE`.
     */
    scatter_(dim: number, index: Tensor, src: Tensor | number | boolean, options?: ScatterOptions): Tensor;
    /**
     * A view of element `index` along `dim`, without that dim. PyTorch: `torch.select`.
     * @throws ShapeError `INDEX_OUT_OF_RANGE` for a position that is not in the dim.
     */
    select(dim: number, index: number): Tensor;
    /**
     * A copy of `x` with `src` written to what `select(dim, index)` shows. Shape of `x`. PyTorch:
     * `torch.select_scatter`.
     * @throws ShapeError unless `src` has the shape of the part.
     */
    selectScatter(src: Tensor, dim: number, index: number): Tensor;
    /**
     * -1 where x < 0, 1 where x > 0, else 0, also for NaN. Shape of `x`. PyTorch: `torch.sign`, `torch.sgn`.
     */
    sgn(): Tensor;
    /**
     * `sgn` in place: writes the result to this tensor and returns it. -1 where x < 0, 1 where x > 0, else
     * 0, also for NaN.
     */
    sgn_(): Tensor;
    /**
     * Tₙ(2a - 1), n = b: Chebyshev's polynomial of the first kind of degree b at 2a - 1; it has no gradient.
     * Shapes broadcast. PyTorch: `torch.special.shifted_chebyshev_polynomial_t`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    shiftedChebyshevPolynomialT(b: Operand): Tensor;
    /**
     * `shiftedChebyshevPolynomialT` in place: writes the result to this tensor and returns it. Tₙ(2a - 1), n
     * = b: Chebyshev's polynomial of the first kind of degree b at 2a - 1; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    shiftedChebyshevPolynomialT_(b: Operand): Tensor;
    /**
     * Uₙ(2a - 1), n = b: Chebyshev's polynomial of the second kind of degree b at 2a - 1; it has no
     * gradient. Shapes broadcast. PyTorch: `torch.special.shifted_chebyshev_polynomial_u`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    shiftedChebyshevPolynomialU(b: Operand): Tensor;
    /**
     * `shiftedChebyshevPolynomialU` in place: writes the result to this tensor and returns it. Uₙ(2a - 1), n
     * = b: Chebyshev's polynomial of the second kind of degree b at 2a - 1; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    shiftedChebyshevPolynomialU_(b: Operand): Tensor;
    /**
     * Vₙ(2a - 1), n = b: Chebyshev's polynomial of the third kind of degree b at 2a - 1; it has no gradient.
     * Shapes broadcast. PyTorch: `torch.special.shifted_chebyshev_polynomial_v`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    shiftedChebyshevPolynomialV(b: Operand): Tensor;
    /**
     * `shiftedChebyshevPolynomialV` in place: writes the result to this tensor and returns it. Vₙ(2a - 1), n
     * = b: Chebyshev's polynomial of the third kind of degree b at 2a - 1; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    shiftedChebyshevPolynomialV_(b: Operand): Tensor;
    /**
     * Wₙ(2a - 1), n = b: Chebyshev's polynomial of the fourth kind of degree b at 2a - 1; it has no
     * gradient. Shapes broadcast. PyTorch: `torch.special.shifted_chebyshev_polynomial_w`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    shiftedChebyshevPolynomialW(b: Operand): Tensor;
    /**
     * `shiftedChebyshevPolynomialW` in place: writes the result to this tensor and returns it. Wₙ(2a - 1), n
     * = b: Chebyshev's polynomial of the fourth kind of degree b at 2a - 1; it has no gradient.
     * @throws ShapeError for shapes that do not broadcast.
     */
    shiftedChebyshevPolynomialW_(b: Operand): Tensor;
    /** 1 / (1 + e⁻ˣ). Shape of `x`. PyTorch: `torch.sigmoid`, `torch.special.expit`. */
    sigmoid(): Tensor;
    /** `sigmoid` in place: writes the result to this tensor and returns it. 1 / (1 + e⁻ˣ). */
    sigmoid_(): Tensor;
    /**
     * -1 where x < 0, 1 where x > 0, else 0, also for NaN. Shape of `x`. PyTorch: `torch.sign`, `torch.sgn`.
     */
    sign(): Tensor;
    /**
     * `sign` in place: writes the result to this tensor and returns it. -1 where x < 0, 1 where x > 0, else
     * 0, also for NaN.
     */
    sign_(): Tensor;
    /**
     * True where the sign bit is set: for negative numbers and for -0. A NaN counts as positive. Shape of
     * `x`. PyTorch: `torch.signbit`.
     */
    signbit(): Tensor;
    /** x · sigmoid(x). Shape of `x`. PyTorch: `F.silu`. */
    silu(): Tensor;
    /** `silu` in place: writes the result to this tensor and returns it. x · sigmoid(x). */
    silu_(): Tensor;
    /** sin x, x in radians. Shape of `x`. PyTorch: `torch.sin`. */
    sin(): Tensor;
    /** `sin` in place: writes the result to this tensor and returns it. sin x, x in radians. */
    sin_(): Tensor;
    /** sin(πx) / (πx), 1 at 0. Shape of `x`. PyTorch: `torch.sinc`, `torch.special.sinc`. */
    sinc(): Tensor;
    /** `sinc` in place: writes the result to this tensor and returns it. sin(πx) / (πx), 1 at 0. */
    sinc_(): Tensor;
    /** (eˣ - e⁻ˣ) / 2. Shape of `x`. PyTorch: `torch.sinh`. */
    sinh(): Tensor;
    /** `sinh` in place: writes the result to this tensor and returns it. (eˣ - e⁻ˣ) / 2. */
    sinh_(): Tensor;
    /** The shape of `x`, or the size of one dim. PyTorch: `Tensor.size`. */
    size(): Shape;
    /** The shape of `x`, or the size of one dim. PyTorch: `Tensor.size`. */
    size(dim: number): number;
    /**
     * A view of a part of `x`, given by one range per dim. Ranges are given for the dims from the front.
     * `x.slice([0, 2])` is Python's `x[0:2]`, `x.slice(null, [1, null, 2])` is `x[:, 1::2]`. Negative
     * positions count from the end; ranges are cut to the dim. PyTorch: `Tensor.__getitem__`.
     */
    slice(...ranges: SliceRange[]): Tensor;
    /**
     * A copy of `x` with `src` written to the positions from `start` to `end`, `step` apart, along `dim`.
     * Positions may be negative and are cut to the dim. Shape of `x`. Defaults: `dim` 0, `start` null for
     * the first, `end` null for the end, `step` 1. PyTorch: `torch.slice_scatter`.
     * @throws ShapeError unless `src` has the shape of the part.
     */
    sliceScatter(
      src: Tensor,
      dim?: number,
      start?: number | null,
      end?: number | null,
      step?: number,
    ): Tensor;
    /**
     * The sign of the determinant and the logarithm of its absolute value, which do not overflow. A singular
     * matrix gives sign 0 and -Infinity. Shapes: [..., n, n] → [...], [...]. PyTorch:
     * `torch.linalg.slogdet`, `torch.slogdet`.
     */
    slogdet(): Named<"sign" | "logabsdet", Tensor>;
    /**
     * exp(x) / Σ exp(x) along `dim`. Shape of `x`. PyTorch: `F.softmax`, `torch.softmax`,
     * `torch.special.softmax`.
     * @throws DTypeError for integers, unless `dtype` is a float.
     */
    softmax(dim: number | WithDim<number, SoftmaxOptions>, options?: SoftmaxOptions): Tensor;
    /**
     * ln(1 + e^(beta x)) / beta; x itself where beta x > threshold. Default: beta 1, threshold 20. Shape of
     * `x`. PyTorch: `F.softplus`.
     */
    softplus(options?: { beta?: number; threshold?: number }): Tensor;
    /**
     * `softplus` in place: writes the result to this tensor and returns it. ln(1 + e^(beta x)) / beta; x
     * itself where beta x > threshold.
     */
    softplus_(options?: { beta?: number; threshold?: number }): Tensor;
    /**
     * The elements along `dim` in ascending order, and their positions in `x`. NaN is larger than every
     * number; equal elements keep their order. Shapes of `x`. The dim is -1 by default. PyTorch:
     * `torch.sort`.
     */
    sort(dim?: number | WithDim<number, SortOptions>, options?: SortOptions): ValuesAndIndices;
    /** sin(x) / x, 1 at 0. Shape of `x`. PyTorch: `torch.special.spherical_bessel_j0`. */
    sphericalBesselJ0(): Tensor;
    /**
     * `sphericalBesselJ0` in place: writes the result to this tensor and returns it. sin(x) / x, 1 at 0.
     */
    sphericalBesselJ0_(): Tensor;
    /**
     * Views of parts of `size` elements along `dim` (the last one may be smaller), or of the given sizes.
     * The dim is 0 by default. PyTorch: `torch.split`.
     * @throws ValueError for a size below 1; ShapeError for sizes that do not add up to the dim.
     */
    split(size: number | readonly number[], dim?: OrNamed<number>): Tensor[];
    /**
     * Parts of the given sizes along `dim`: `split` with a list. Views. The dim is 0 by default. PyTorch:
     * `torch.split_with_sizes`.
     * @throws ShapeError for sizes that are not an array, or do not add up to the dim.
     */
    splitWithSizes(sizes: readonly number[], dim?: OrNamed<number>): Tensor[];
    /** √x; NaN below 0. Shape of `x`. PyTorch: `torch.sqrt`. */
    sqrt(): Tensor;
    /** `sqrt` in place: writes the result to this tensor and returns it. √x; NaN below 0. */
    sqrt_(): Tensor;
    /** x². Shape of `x`. PyTorch: `torch.square`. */
    square(): Tensor;
    /** `square` in place: writes the result to this tensor and returns it. x². */
    square_(): Tensor;
    /**
     * A view of `x` without its dims of size 1, or without the given ones if they have size 1. PyTorch:
     * `torch.squeeze`.
     */
    squeeze(where?: number | readonly number[] | { dim?: number | readonly number[] }): Tensor;
    /**
     * The standard deviation over `dim`: the square root of the variance. Where it is 0 its gradient is 0,
     * as in PyTorch. By default over all dims. PyTorch: `torch.std`.
     */
    std(dim?: DimsOr<VarianceOptions>, options?: VarianceOptions): Tensor;
    /** The strides of `x` in elements, or the stride of one dim. PyTorch: `Tensor.stride`. */
    stride(): Strides;
    /** The strides of `x` in elements, or the stride of one dim. PyTorch: `Tensor.stride`. */
    stride(dim: number): number;
    /**
     * a - alpha · b. `alpha` is 1 by default. Shapes broadcast. PyTorch: `torch.sub`, `torch.subtract`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    sub(b: Operand, options?: ScaledOptions): Tensor;
    /** x - alpha · y, written to `x`. PyTorch: `Tensor.sub_`. */
    sub_(y: Operand, options?: ScaledOptions): Tensor;
    /**
     * a - alpha · b. `alpha` is 1 by default. Shapes broadcast. PyTorch: `torch.sub`, `torch.subtract`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    subtract(b: Operand, options?: ScaledOptions): Tensor;
    /**
     * `subtract` in place: writes the result to this tensor and returns it. a - alpha · b.
     * @throws ShapeError for shapes that do not broadcast.
     */
    subtract_(b: Operand, options?: ScaledOptions): Tensor;
    /**
     * The sum over `dim`, by default over all dims. `bool` and `uint8` are summed in `int32`. PyTorch:
     * `torch.sum`.
     * @throws ShapeError for a dim that is listed twice.
     */
    sum(dim?: DimsOr<ConvertingReduceOptions>, options?: ConvertingReduceOptions): Tensor;
    /**
     * `x` summed over the dims that have size 1 in `shape`, or are missing there: the reverse of `expand`.
     * PyTorch: `Tensor.sum_to_size`.
     */
    sumToSize(...shape: Sizes): Tensor;
    /**
     * U, S and V with A = U diag(S) Vᵀ: see `linalg.svd`, which gives Vᵀ.
     * Shapes: A [..., m, n] → U [..., m, k], S [..., k], V [..., n, k], with k = min(m, n). PyTorch:
     * `torch.svd`.
     */
    svd(options?: SvdOfOptions): Named<"U" | "S" | "V", Tensor>;
    /**
     * `x` with two dims swapped: `transpose` under NumPy's name. PyTorch: `torch.swapaxes`,
     * `torch.swapdims`.
     */
    swapaxes(axis0: number, axis1: number): Tensor;
    /**
     * `x` with two dims swapped: `transpose` under NumPy's name. PyTorch: `torch.swapaxes`,
     * `torch.swapdims`.
     */
    swapdims(axis0: number, axis1: number): Tensor;
    /**
     * The transpose of a matrix; a vector or scalar stays as it is. PyTorch: `torch.t`.
     * @throws ShapeError for more than 2 dims.
     */
    t(): Tensor;
    /**
     * The elements of the flattened `x` at the positions in `index`, in the shape of `index`. Negative
     * positions count from the end. PyTorch: `torch.take`.
     * @throws ValueError `INDEX_OUT_OF_RANGE`.
     */
    take(index: Tensor): Tensor;
    /**
     * The elements of `x` along `dim` at the positions that `argsort` or `argmax` give: `gather` with an
     * index that broadcasts and may be negative. Without `dim`, `x` and the index are flattened. PyTorch:
     * `torch.take_along_dim`.
     * @throws ValueError `INDEX_OUT_OF_RANGE`.
     * @throws ShapeError for an index with other dims than `x`; DTypeError for indices that are not
     * integers.
     */
    takeAlongDim(index: Tensor, given?: OrNamed<number>): Tensor;
    /** tan x, x in radians. Shape of `x`. PyTorch: `torch.tan`. */
    tan(): Tensor;
    /** `tan` in place: writes the result to this tensor and returns it. tan x, x in radians. */
    tan_(): Tensor;
    /** tanh(x), the hyperbolic tangent. Shape of `x`. PyTorch: `torch.tanh`. */
    tanh(): Tensor;
    /**
     * `tanh` in place: writes the result to this tensor and returns it. tanh(x), the hyperbolic tangent.
     */
    tanh_(): Tensor;
    /**
     * Parts of `x` along `dim`: `sections` parts whose sizes differ by at most 1, or the parts between the
     * given positions. Views. The dim is 0 by default. PyTorch: `torch.tensor_split`.
     * @throws ValueError for a number of sections below 1, and positions that are not integers; ShapeError
     * for positions that are not a vector.
     */
    tensorSplit(sections: Sections, dim?: OrNamed<number>): Tensor[];
    /**
     * As `repeat`, but fewer numbers than dims apply to the last dims. PyTorch: `torch.tile`.
     * @throws ValueError for repeats that are not integers of 0 or more.
     */
    tile(...dims: Sizes): Tensor;
    /**
     * `x` converted to another dtype; gradients come back in the dtype of `x`. Floats become integers by
     * truncation, `bool` is `x != 0`. What the integers do not hold wraps around, and NaN and infinities
     * become 0 (in PyTorch that differs by machine); where that would be a mistake,
     * `tensor(data, { dtype })` checks. PyTorch: `Tensor.to`.
     */
    to(dtype: DType): Tensor;
    /**
     * The `k` largest elements along `dim`, largest first, and their positions; among equals the first ones.
     * Shapes of `x` with `k` at `dim`. The dim is -1 by default. PyTorch: `torch.topk`.
     * @throws ValueError `INVALID_VALUE` unless 0 <= k <= the size of the dim.
     */
    topk(k: number, dim?: number | WithDim<number, TopkOptions>, options?: TopkOptions): ValuesAndIndices;
    /**
     * The sum of the main diagonal of a matrix; integers are summed in int32. PyTorch: `torch.trace`.
     * @throws ShapeError unless there are 2 dims.
     */
    trace(): Tensor;
    /** A view of `x` with two dims swapped. PyTorch: `torch.transpose`. */
    transpose(dim0: number, dim1: number): Tensor;
    /**
     * The solution X of A X = B for a triangular A, and a copy of A: `linalg.solveTriangular` with B as the
     * first argument.
     * Shapes: B [..., n, k], A [..., n, n] → [..., n, k]. PyTorch: `torch.triangular_solve`.
     * @throws ShapeError for A and B that do not fit; DTypeError for integers and for different dtypes.
     */
    triangularSolve(
      a: Tensor,
      options?: TriangularSolveOptions,
    ): Named<"solution" | "clonedCoefficient", Tensor>;
    /**
     * The lower triangle of each matrix, with 0 elsewhere. Elements on `diagonal` are kept: 0 is the main
     * one, above it they are positive. Shape [..., rows, columns]. Default 0. PyTorch: `torch.tril`.
     * @throws ShapeError for less than 2 dims.
     */
    tril(diagonal?: number): Tensor;
    /**
     * `tril` in place: writes the result to this tensor and returns it. The lower triangle of each matrix,
     * with 0 elsewhere.
     * @throws ShapeError for less than 2 dims.
     */
    tril_(diagonal?: number): Tensor;
    /**
     * The upper triangle of each matrix, with 0 elsewhere: see `tril`. Default 0. PyTorch: `torch.triu`.
     * @throws ShapeError for less than 2 dims.
     */
    triu(diagonal?: number): Tensor;
    /**
     * `triu` in place: writes the result to this tensor and returns it. The upper triangle of each matrix,
     * with 0 elsewhere: see `tril`.
     * @throws ShapeError for less than 2 dims.
     */
    triu_(diagonal?: number): Tensor;
    /**
     * a / b; on integers the quotient without its fraction. Shapes broadcast. PyTorch: `torch.div`,
     * `torch.true_divide`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    trueDivide(b: Operand): Tensor;
    /**
     * `trueDivide` in place: writes the result to this tensor and returns it. a / b; on integers the
     * quotient without its fraction.
     * @throws ShapeError for shapes that do not broadcast.
     */
    trueDivide_(b: Operand): Tensor;
    /**
     * x without its fraction: ⌊x⌋ where x >= 0, else -⌊-x⌋. Shape of `x`. PyTorch: `torch.trunc`,
     * `torch.fix`.
     * @throws DTypeError for `bool`.
     */
    trunc(): Tensor;
    /**
     * `trunc` in place: writes the result to this tensor and returns it. x without its fraction: ⌊x⌋ where x
     * >= 0, else -⌊-x⌋.
     * @throws DTypeError for `bool`.
     */
    trunc_(): Tensor;
    /** `x` converted to the dtype of `other`. PyTorch: `Tensor.type_as`. */
    typeAs(other: Tensor): Tensor;
    /**
     * Views of all elements along `dim`, without that dim. The dim is 0 by default. PyTorch: `torch.unbind`.
     */
    unbind(dim?: OrNamed<number>): Tensor[];
    /**
     * `x` with one dim as several of these sizes, one of which may be -1: the reverse of `flatten`. PyTorch:
     * `torch.unflatten`.
     * @throws ShapeError for sizes that do not hold the elements of the dim.
     */
    unflatten(dim: number, sizes: Shape): Tensor;
    /**
     * The windows of `size` elements along `dim`, `step` apart: `dim` counts the windows, and a new last dim
     * holds their elements. A copy.
     * Shapes: [..., n, ...] → [..., ⌊(n - size) / step⌋ + 1, ..., size]. PyTorch: `Tensor.unfold`.
     */
    unfold(dim: number, size: number, step: number): Tensor;
    /**
     * Overwrites `x` with random numbers from the uniform distribution on [low, high). PyTorch:
     * `Tensor.uniform_`.
     */
    uniform_(low?: number, high?: number, options?: GeneratorOptions): Tensor;
    /**
     * The distinct elements of `x` in ascending order, or its distinct slices along `dim`. Every NaN is
     * distinct. With `returnInverse` or `returnCounts` it returns an array `[unique, inverse?, counts?]`,
     * where the last two are `int32`. PyTorch: `torch.unique`.
     */
    unique<const O extends UniqueOptions>(options?: O): Unique<O>;
    /**
     * `x` without the elements (or slices along `dim`) that equal their predecessor: see `unique`. PyTorch:
     * `torch.unique_consecutive`.
     */
    uniqueConsecutive<const O extends UniqueConsecutiveOptions>(options?: O): Unique<O>;
    /**
     * The parts that `chunk` returns; its views are safe here. The dim is 0 by default. Shapes as there.
     * PyTorch: `torch.unsafe_chunk`.
     */
    unsafeChunk(chunks: number, dim?: OrNamed<number>): Tensor[];
    /**
     * The parts that `split` returns; its views are safe here. The dim is 0 by default. Shapes as there.
     * PyTorch: `torch.unsafe_split`.
     */
    unsafeSplit(size: number, dim?: OrNamed<number>): Tensor[];
    /**
     * The parts that `splitWithSizes` returns; its views are safe here. The dim is 0 by default. Shapes as
     * there. PyTorch: `torch.unsafe_split_with_sizes`.
     */
    unsafeSplitWithSizes(sizes: readonly number[], dim?: OrNamed<number>): Tensor[];
    /** A view of `x` with a new dim of size 1 at `dim`. PyTorch: `torch.unsqueeze`. */
    unsqueeze(dim: OrNamed<number>): Tensor;
    /**
     * The variance over `dim`: the mean squared distance from the mean, with n - `correction` as divisor. By
     * default over all dims. PyTorch: `torch.var`.
     */
    var(dim?: DimsOr<VarianceOptions>, options?: VarianceOptions): Tensor;
    /** The dot product of two vectors, which is `dot` for real numbers. PyTorch: `torch.vdot`. */
    vdot(b: Tensor): Tensor;
    /**
     * A view of `x` in another shape of as many elements; one size may be -1. PyTorch: `Tensor.view`.
     * @throws ShapeError `VIEW_NEEDS_COPY` where the memory of `x` does not allow a view.
     */
    view(...shape: Sizes): Tensor;
    /** A view of `x` in the shape of `other`. PyTorch: `Tensor.view_as`. */
    viewAs(other: Tensor): Tensor;
    /**
     * Equal parts along dim 0, or the parts between the given positions. Views. PyTorch: `torch.vsplit`.
     * @throws ShapeError for less than 2 dims, and for parts that are not equal.
     */
    vsplit(sections: Sections): Tensor[];
    /** `x` where the condition is true, `other` elsewhere; all three broadcast. PyTorch: `Tensor.where`. */
    where(condition: Tensor, other: Tensor | number): Tensor;
    /**
     * a ln(1 + b), 0 where a is 0 and b no NaN. Shapes broadcast. PyTorch: `torch.special.xlog1py`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    xlog1py(b: Operand): Tensor;
    /**
     * `xlog1py` in place: writes the result to this tensor and returns it. a ln(1 + b), 0 where a is 0 and b
     * no NaN.
     * @throws ShapeError for shapes that do not broadcast.
     */
    xlog1py_(b: Operand): Tensor;
    /**
     * a ln(b), 0 where a is 0 and b no NaN. Shapes broadcast. PyTorch: `torch.xlogy`, `torch.special.xlogy`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    xlogy(b: Operand): Tensor;
    /**
     * `xlogy` in place: writes the result to this tensor and returns it. a ln(b), 0 where a is 0 and b no
     * NaN.
     * @throws ShapeError for shapes that do not broadcast.
     */
    xlogy_(b: Operand): Tensor;
    /** Sets every element of `x` to 0 and returns `x`. PyTorch: `Tensor.zero_`. */
    zero_(): Tensor;
    /**
     * Hurwitz' zeta function, Σ (b + i)^(-a) over i = 0, 1, …; the gradient of b only. Shapes broadcast.
     * PyTorch: `torch.special.zeta`.
     * @throws ShapeError for shapes that do not broadcast.
     */
    zeta(b: Operand): Tensor;
    /**
     * `zeta` in place: writes the result to this tensor and returns it. Hurwitz' zeta function, Σ (b +
     * i)^(-a) over i = 0, 1, …; the gradient of b only.
     * @throws ShapeError for shapes that do not broadcast.
     */
    zeta_(b: Operand): Tensor;
  }
}
