import { ValueError } from "./errors.js";
import { nearest } from "./nearest.js";
import { checkOptionKind } from "./option-kinds.js";
import { quoted } from "./quote.js";
import { isOptions, isTensor } from "./recognize.js";

/**
 * Checks the names and types of options. Every public function with options calls it first, because
 * JavaScript would convert an option of the wrong type to a number. `undefined` means no options.
 * @throws ValueError as `checkOptionNames`, or `INVALID_OPTION` for a value of the wrong type.
 */
export function checkOptions(op: string, options: unknown, known: readonly string[]): void {
  if (options !== undefined) checkEach(op, options, known, checkOptionKind);
}

/**
 * `checkOptions` for names only. Hyperparameters use it: their values have their own checks, which come after
 * it.
 */
export function checkOptionNames(op: string, options: unknown, known: readonly string[]): void {
  if (options !== undefined) checkEach(op, options, known, null);
}

function checkEach(
  op: string,
  options: unknown,
  known: readonly string[],
  checkValue: typeof checkOptionKind | null,
): void {
  const needed = (given: string) =>
    new ValueError(
      `${op}: options are an object${known.length > 0 ? ` { ${known.join(", ")} }` : ""}: ${given}`,
      "INVALID_OPTIONS",
    );
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw needed(quoted(options));
  // An object of another class that has no fields, such as a Date or a Map, cannot contain options.
  if (
    isTensor(options) ||
    ArrayBuffer.isView(options) ||
    (!isOptions(options) && Object.keys(options).length === 0 && Object.getPrototypeOf(options) !== null)
  )
    throw needed(quoted(options));
  for (const key of Object.keys(options)) {
    if (known.includes(key)) {
      checkValue?.(op, key, (options as Record<string, unknown>)[key]);
      continue;
    }
    // A tensor in the place of options is not a misspelt option.
    const { name } = options.constructor ?? Object;
    if (name !== "Object") throw needed(`a ${name}`);
    // The most common mistake is PyTorch's spelling: weight_decay instead of weightDecay.
    const near = nearest(key.replaceAll("_", ""), known);
    const hint =
      near === undefined
        ? known.length > 0
          ? `known are ${known.join(", ")}`
          : "there are none"
        : `did you mean ${near}?`;
    throw new ValueError(`${op}: unknown option: ${key}; ${hint}`, "UNKNOWN_OPTION");
  }
}

/** A dim, or `{ dim }`: the last argument may be given by name, as in Python. */
export type OrNamed<D, Name extends string = "dim"> = D | { readonly [N in Name]?: D };

/** The dim of `op(x, 1)` and of `op(x, { dim: 1 })`. @throws ValueError `UNKNOWN_OPTION` for another name. */
export function dimOf<D, Name extends string = "dim">(op: string, given: OrNamed<D, Name>, name?: Name): D {
  if (typeof given === "number" || !isOptions(given)) return given as D;
  checkOptions(op, given, [name ?? "dim"]);
  return (given as Record<string, D>)[name ?? "dim"];
}

/** Options that may contain the dim. */
export type WithDim<D, O> = O & { readonly dim?: D | null };

/**
 * A dim and the options after it. The dim may be omitted, null, undefined, or one of the options:
 * `x.sum({ keepdim: true })` is `x.sum(undefined, { keepdim: true })`, and
 * `x.sum({ dim: 1, keepdim: true })` is `x.sum(1, { keepdim: true })`.
 * @throws ValueError for options that are not `known`.
 */
export function dimAndOptions<D, O extends object>(
  op: string,
  known: readonly (keyof O & string)[],
  dim: D | WithDim<D, O> | null | undefined,
  options: O | undefined,
): [dim: D | undefined, options: Partial<O>] {
  if (options !== undefined || !isOptions(dim)) {
    checkOptions(op, options, known);
    return [(dim ?? undefined) as D | undefined, options ?? {}];
  }
  const { dim: named, ...rest } = dim as WithDim<D, Partial<O>>;
  checkOptions(op, rest, known);
  return [named ?? undefined, rest as Partial<O>];
}
