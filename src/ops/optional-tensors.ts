import { checkOptions } from "../options.js";
import { Tensor } from "../tensor/tensor.js";

/** A tensor that may be left out, by position: null, or the options in its place. */
export type Optional<Options> = Tensor | null | undefined | Options;

/**
 * Tensors that may be given by position or by name, as in Python: `layerNorm(x, 3, weight, bias, { eps })`, `layerNorm(x, 3, { weight, eps })`.
 * Returns the options with all of the tensors, null where there is none.
 */
export function optionalTensors<Name extends string, Options extends object>(
  op: string,
  positions: Record<Name, Optional<Options>>,
  options: Options,
  known: readonly (keyof Options & string)[],
): Options & Record<Name, Tensor | null> {
  const names = Object.keys(positions) as Name[];
  const given = Object.values<Optional<Options>>(positions);
  const last = given.find((v): v is Options => v !== undefined && v !== null && !(v instanceof Tensor));
  const named = (last ?? options) as Options & Partial<Record<Name, Tensor | null>>;
  checkOptions(op, named, [...new Set([...names, ...known])]);
  const tensors = names.map((name, i) => {
    const value = given[i];
    return [name, value instanceof Tensor ? value : (named[name] ?? null)];
  });
  return { ...named, ...Object.fromEntries(tensors) };
}

/** `optionalTensors` as options that were all given by name: those that are null are left out. */
export function namedOptions<Name extends string, Options extends object>(
  op: string,
  positions: Record<Name, Optional<Options>>,
  options: Options,
  known: readonly (keyof Options & string)[],
): Options {
  const all = Object.entries(optionalTensors(op, positions, options, known));
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as Options;
}
