import { checkFree } from "../busy.js";
import { regionsOf } from "./calls.js";
import type { KernelName, Kernels } from "./schema.js";

/** A table that checks before each call that no native thread is using the memory that the call accesses. */
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
