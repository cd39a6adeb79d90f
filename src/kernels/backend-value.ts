import type { Allocator } from "../allocator.js";
import type { Addon } from "./addon.js";
import type { Kernels } from "./schema.js";

export type BackendName = "js" | "wasm" | "native";

/** The part of a backend that runs recorded programs. Numbers are passed in `block`: see native.ts. */
export interface Replay {
  readonly programs: Pick<
    Addon,
    "kernelNames" | "ops" | "createProgram" | "replay" | "profile" | "releaseProgram"
  > &
    // Absent if the backend has no threads to run it on.
    Partial<Pick<Addon, "startJob">>;
  readonly block: Float64Array;
}

/**
 * A backend. The rest of the library uses the backend in use (in-use.ts) through these fields and never by
 * its name.
 */
export interface Backend {
  readonly name: BackendName;
  /** If a backend lacks a kernel, it takes it from the JavaScript core, which defines the table. */
  readonly kernels: Kernels;
  /** Allocates the memory of tensors. */
  readonly allocate: Allocator;
  /** Null: recorded programs are replayed call by call through `kernels`. */
  readonly replay: Replay | null;
}
