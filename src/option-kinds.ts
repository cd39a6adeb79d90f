import { arrayTypes } from "./dtype.js";
import { ValueError } from "./errors.js";
import { quoted } from "./quote.js";
import { isTensor } from "./recognize.js";

/*
 * The type of every option, by its name: a name has one meaning in the whole library. The functions that take
 * an option check its range, word or size themselves. They also check the few names that have two meanings
 * (`bias` of a layer and of a function, `p` of a norm and of a dropout).
 */

interface Kind {
  readonly needed: string;
  readonly holds: (value: unknown) => boolean;
}

const boolean: Kind = { needed: "true or false", holds: (v) => typeof v === "boolean" };
const number: Kind = { needed: "a number", holds: (v) => typeof v === "number" };
const integer: Kind = { needed: "an integer", holds: (v) => Number.isSafeInteger(v) };
const tensor: Kind = { needed: "a tensor", holds: isTensor };
const aFunction: Kind = { needed: "a function", holds: (v) => typeof v === "function" };
const text: Kind = { needed: "a string", holds: (v) => typeof v === "string" };
const orNull = ({ needed, holds }: Kind): Kind => ({
  needed: `${needed} or null`,
  holds: (v) => v === null || holds(v),
});
const factor: Kind = { needed: "a number", holds: (v) => typeof v === "number" || typeof v === "boolean" };
const generator: Kind = {
  needed: "a Generator, new Generator(seed)",
  holds: (v) => typeof v === "object" && v !== null && "state" in v,
};
const dtype: Kind = {
  needed: `one of ${Object.keys(arrayTypes).join(", ")}`,
  holds: (v) => typeof v === "string" && Object.hasOwn(arrayTypes, v),
};

const isNumbers = (v: unknown) => Array.isArray(v) && v.every((n) => typeof n === "number");
const numberOrTensor: Kind = { needed: "a number", holds: (v) => typeof v === "number" || isTensor(v) };
const booleanOrTensor: Kind = {
  needed: "true or false, or a tensor",
  holds: (v) => v === null || typeof v === "boolean" || isTensor(v),
};
const booleanOrNumber: Kind = {
  needed: "true or false, or a number",
  holds: (v) => typeof v === "boolean" || typeof v === "number",
};
/** The order of a norm. Matrices have two norms with names. */
const order: Kind = {
  needed: 'a number, "fro" or "nuc"',
  holds: (v) => v === null || typeof v === "number" || v === "fro" || v === "nuc",
};
const sizes: Kind = {
  needed: "a number or an array of numbers",
  holds: (v) =>
    v === null ||
    typeof v === "number" ||
    isTensor(v) ||
    v === "same" ||
    v === "valid" ||
    // In a window of adaptive pooling a size may be null: the size of the input.
    (Array.isArray(v) && v.every((n) => n === null || typeof n === "number")),
};
/** One dim, or several. Whether these dims exist is checked where the shape is known. */
const dims: Kind = {
  needed: "a number or an array of numbers",
  holds: (v) => v === null || typeof v === "number" || isNumbers(v),
};
const words: Kind = {
  needed: "none, mean or sum",
  holds: (v) => v === "mean" || v === "sum" || v === "none" || v === "batchmean",
};

const names: readonly (readonly [Kind, string])[] = [
  [
    boolean,
    `accumulate addBiasKv addZeroAttn adjoint affine allowUnused antialias asTuple assumeUnique averageAttnWeights batchFirst
    bidirectional ceilMode center checkErrors compile computeUv countIncludePad createGraph cycleMomentum density descending dropLast
    elementwiseAffine enableGqa equalAspect equalNan errorIfNonfinite freeze full fullMatrices half hard headBias hermitian includeLastOffset
    includeSelf increasing invert isCausal keepGrads keepdim largest left log logInput logTarget memoryIsCausal needWeights normFirst
    outInt32 persistent pivot replacement requiresGrad resume retainGraph returnCounts returnIndices returnInverse right
    scaleGradByFreq shuffle some sorted srcIsCausal stable strict swap tgtIsCausal threePhase trackRunningStats training transpose
    unbiased unitriangular unpackData unpackPivots useInputStats useSeparateProjWeight withReplacement zeroInfinity`,
  ],
  [orNull(boolean), "alignCorners recomputeScaleFactor"],
  [
    number,
    `a b base beta correction delta divValue dropout dropoutP dx endFactor fill fillValue gain gamma high k labelSmoothing lambd layerNormEps
    low lower margin maxVal mean minDelta minVal nan negativeSlope neginf noise normType posinf startFactor std tau threshold`,
  ],
  [orNull(number), "eps maxNorm scale value"],
  [factor, "alpha"],
  [
    integer,
    `blank decimals dim1 dim2 dimFeedforward directions edgeOrder endDim groups ignoreIndex ind niter numDecoderLayers numEncoderLayers
    numLayers numParameters offset projSize startDim`,
  ],
  [orNull(integer), "divisorOverride kdim paddingIdx vdim"],
  [tensor, "sorter"],
  [
    orNull(tensor),
    `M append attnMask aweights fweights kProjWeight keyPaddingMask linearBias mask memoryKeyPaddingMask memoryMask offsets
    perSampleWeights posWeight prepend qProjWeight randomSamples runningMean runningVar srcKeyPaddingMask srcMask staticK staticV
    tgtKeyPaddingMask tgtMask vProjWeight weight weights`,
  ],
  [orNull(numberOrTensor), "momentum rcond"],
  [booleanOrTensor, "bias"],
  [booleanOrNumber, "upper"],
  [order, "p"],
  [sizes, "dilation kernelSize outputPadding outputRatio outputSize padding size stride"],
  [dims, "dim"],
  [words, "reduction"],
  [aFunction, "distanceFunction onProgress scaleFn"],
  [text, "title xLabel yLabel zLabel"],
  [generator, "generator"],
  [dtype, "dtype"],
];

const kinds = new Map<string, Kind>();
for (const [kind, list] of names) for (const name of list.split(/\s+/)) kinds.set(name, kind);

/** The error codes that these arguments also have when they are given by position. */
const codes: Readonly<Record<string, string>> = { dtype: "UNKNOWN_DTYPE", dim: "INVALID_DIM" };

/**
 * Checks the type of one option; `undefined` counts as omitted.
 * @throws ValueError `INVALID_OPTION`: `op: keepdim is true or false: 1`.
 */
export function checkOptionKind(op: string, name: string, value: unknown): void {
  const kind = kinds.get(name);
  if (value === undefined || kind === undefined || kind.holds(value)) return;
  throw new ValueError(`${op}: ${name} is ${kind.needed}: ${quoted(value)}`, codes[name] ?? "INVALID_OPTION");
}
