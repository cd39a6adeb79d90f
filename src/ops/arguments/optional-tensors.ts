import { checkOptions } from "../../options.js";
import { isTensor } from "../../recognize.js";
import type { Tensor } from "../../tensor/tensor.js";

/** An optional tensor in a positional argument: null, or the options instead. */
export type Optional<Options> = Tensor | null | undefined | Options;

/**
 * Tensors that may be given by position or by name, as in Python: `layerNorm(x, 3, weight, bias, { eps })`,
 * `layerNorm(x, 3, { weight, eps })`. Returns the options with all of the tensors; missing tensors are null.
 */
export function optionalTensors<Name extends string, Options extends object>(
  op: string,
  positions: Record<Name, Optional<Options>>,
  options: Options,
  known: readonly (keyof Options & string)[],
): Options & Record<Name, Tensor | null> {
  const names = Object.keys(positions) as Name[];
  const isNamed = (v: Optional<Options>) => v !== undefined && v !== null && !isTensor(v);
  const last = names.find((name) => isNamed(positions[name]));
  const named = (last === undefined ? options : positions[last]) as Options &
    Partial<Record<Name, Tensor | null>>;
  checkOptions(op, named, (known as readonly string[]).includes(names[0]) ? known : [...names, ...known]);
  const all = { ...named } as Options & Record<Name, Tensor | null>;
  for (const name of names) {
    const value = positions[name];
    (all as Record<Name, Tensor | null>)[name] = isTensor(value) ? (value as Tensor) : (named[name] ?? null);
  }
  return all;
}

/** `optionalTensors` as options with all arguments by name; null tensors are left out. */
export function namedOptions<Name extends string, Options extends object>(
  op: string,
  positions: Record<Name, Optional<Options>>,
  options: Options,
  known: readonly (keyof Options & string)[],
): Options {
  const all: Record<string, unknown> = optionalTensors(op, positions, options, known);
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(all)) if (all[name] !== null) given[name] = all[name];
  return given as Options;
}
