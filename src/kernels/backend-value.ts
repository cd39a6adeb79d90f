import type { Allocator } from "../allocator.js";
import type { Addon } from "./addon.js";
import type { Kernels } from "./schema.js";

export type BackendName = "js" | "native";

/** What runs recorded programs. Numbers are handed over in `block`: see native.ts. */
export interface Replay {
  readonly programs: Pick<
    Addon,
    "kernelNames" | "ops" | "createProgram" | "replay" | "profile" | "releaseProgram"
  > &
    // Only where there are threads for it.
    Partial<Pick<Addon, "startJob">>;
  readonly block: Float64Array;
}

/**
 * What runs kernels. The rest of the library asks the backend in use (in-use.ts) for these parts and knows
 * none by its name.
 */
export interface Backend {
  readonly name: BackendName;
  /** What it lacks is taken from the JavaScript core, which defines the table. */
  readonly kernels: Kernels;
  /** Memory of tensors. */
  readonly allocate: Allocator;
  /** Null: recorded programs are replayed call by call through `kernels`. */
  readonly replay: Replay | null;
}
