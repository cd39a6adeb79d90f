import { checkFree } from "../busy.js";
import { regionsOf } from "./calls.js";
import type { KernelName, Kernels } from "./schema.js";

/** A table that asks before each call whether a native thread works on what the call touches. */
export function guarded(kernels: Kernels): Kernels {
  const guard =
    (name: KernelName, kernel: (...args: unknown[]) => number) =>
    (...args: unknown[]) => {
      for (const region of regionsOf({ name, args })) checkFree(name, region, region.access);
      return kernel(...args);
    };
  return Object.fromEntries(
    Object.entries(kernels).map(([name, kernel]) => [
      name,
      guard(name as KernelName, kernel as () => number),
    ]),
  ) as unknown as Kernels;
}
