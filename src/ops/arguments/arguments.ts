import { checkOptionKind } from "../../option-kinds.js";
import { checkOptions } from "../../options.js";
import { isOptions } from "../../recognize.js";

/**
 * Arguments that PyTorch accepts by position or by name: `vectorNorm(x, 1, 0, { keepdim: true })` and
 * `vectorNorm(x, { ord: 1, dim: 0, keepdim: true })`. Positional arguments come first; null or undefined
 * means the default. The options come last and may contain the remaining `names` and those of `others`.
 * @throws ValueError as `checkOptions` does.
 */
export function byPositionOrName(
  op: string,
  args: readonly unknown[],
  names: readonly string[],
  others: readonly string[] = [],
): Record<string, unknown> {
  const at = args.findIndex(isOptions);
  const count = at < 0 ? names.length : Math.min(at, names.length);
  checkOptions(op, args[count], [...names.slice(count), ...others]);
  const given = { ...(args[count] as Record<string, unknown>) };
  for (const [i, name] of names.entries()) {
    given[name] = (i < count ? args[i] : given[name]) ?? undefined;
    checkOptionKind(op, name, given[name]);
  }
  return given;
}
