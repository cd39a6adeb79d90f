/** Copies saved values into a model: either all of them or none. */
import { noGrad } from "../autograd/grad-mode.js";
import { busy, checkFree } from "../busy.js";
import { formatShape, ValueError } from "../errors.js";
import { clone } from "../ops/shape/views.js";
import { copy_ } from "../ops/write/in-place.js";
import { quoted } from "../quote.js";
import { mismatch } from "../saved-state.js";
import { sameShape } from "../shape.js";
import { isDetached } from "../tensor/detached.js";
import { Tensor } from "../tensor/tensor.js";

/** Tensors by name: the state of a model. They share the memory of the model. */
export type StateDict = Record<string, Tensor>;

/** The names that `loadStateDict` with `strict: false` did not match. */
export interface LoadResult {
  /** Names of the model that the dict lacks. */
  missingKeys: string[];
  /** Names of the dict that the model lacks. */
  unexpectedKeys: string[];
}

/**
 * Checks the values of `dict` for the tensors of a model, `own`, and returns a function that loads them and
 * cannot fail.
 * @throws ValueError `NOT_A_STATE_DICT`; SimdgradError `STATE_DICT_MISMATCH`, which names the model, and
 * `TENSOR_IN_USE`.
 */
export function prepareLoad(
  name: string,
  own: ReadonlyMap<string, Tensor>,
  dict: Readonly<Record<string, Tensor>>,
  strict: boolean,
): { result: LoadResult; load: () => void } {
  if (typeof dict !== "object" || dict === null || dict instanceof Map || dict instanceof Promise)
    throw new ValueError(
      `loadStateDict: a record of tensors by name is needed: ${dict instanceof Promise ? "a promise, await it" : typeof dict === "string" ? `${quoted(dict)}; read the file first, io.loadSafetensors(path)` : quoted(dict)}`,
      "NOT_A_STATE_DICT",
    );
  const missingKeys = [...own.keys()].filter((key) => !Object.hasOwn(dict, key));
  const unexpectedKeys = Object.keys(dict).filter((key) => !own.has(key));
  const problems: string[] = [];
  if (strict && missingKeys.length > 0) problems.push(`missing keys: ${missingKeys.join(", ")}`);
  if (strict && unexpectedKeys.length > 0) problems.push(`unexpected keys: ${unexpectedKeys.join(", ")}`);
  const given = [...own].flatMap(([key, target]) =>
    Object.hasOwn(dict, key) ? [{ key, target, source: dict[key] }] : [],
  );
  for (const { key, target, source } of given) {
    const problem =
      source instanceof Tensor
        ? whyNotCopied(key, source, target)
        : `${key} is not a tensor: ${quoted(source)}`;
    if (problem !== null) problems.push(problem);
  }
  if (problems.length > 0) throw mismatch(name, problems.join("; "));
  const copies = noGrad(() =>
    apartFrom(
      given.map(({ target }) => target),
      given,
    ),
  );
  return {
    result: { missingKeys, unexpectedKeys },
    load: () => noGrad(() => copies.forEach(({ target, source }) => void copy_(target, source))),
  };
}

/**
 * The reason why the values of one tensor cannot be copied into another; null if there is none.
 * @throws SimdgradError `TENSOR_IN_USE`.
 */
function whyNotCopied(key: string, source: Tensor, target: Tensor): string | null {
  if (!sameShape(source.shape, target.shape))
    return `size mismatch for ${key}: ${formatShape(source.shape)} in the dict, ${formatShape(target.shape)} in the model`;
  if (isDetached(source)) return `${key} is no longer there: its memory was transferred`;
  if (isDetached(target)) return `${key} is no longer there in the model: its memory was transferred`;
  if (target.dtype === "bool" && source.dtype !== "bool")
    return `${key} is bool in the model: ${source.dtype} in the dict; use ne(0)`;
  if (target.strides.some((stride, d) => stride === 0 && target.shape[d] > 1))
    return `${key} is an expanded view in the model, whose elements share memory: ${formatShape(target.shape)}; use clone()`;
  if (busy) {
    checkFree("loadStateDict", source.storage, "read");
    checkFree("loadStateDict", target.storage, "write");
  }
  return null;
}

interface CopyTo {
  readonly target: Tensor;
  readonly source: Tensor;
}

/** Sources that no copy into a target changes: a source that shares memory with the model is copied first. */
function apartFrom(targets: readonly Tensor[], copies: readonly CopyTo[]): CopyTo[] {
  const buffers = new Set(targets.map(({ array }) => array.buffer));
  return copies.map(({ target, source }) => {
    const inside = buffers.has(source.array.buffer);
    return { target, source: inside ? clone(source.detach()) : source };
  });
}
