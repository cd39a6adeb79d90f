/**
 * The boundary between the library and its heavy work: one flat table of functions on typed arrays, element offsets,
 * strides and numbers. The JavaScript core is the interface; the native table is laid over it, and recording and
 * profiling wrap it. No Tensor crosses this line and no kernel knows what a gradient is.
 *
 * Outputs are allocated by the caller and passed last, dense and row-major unless the kernel takes their strides.
 * An elementwise output may be exactly the memory of an input when both are dense and start at the same element;
 * any other overlap is forbidden. A kernel that adds to its output says so. Every kernel returns a number: OK, or the position
 * of the first label or index that is out of range.
 */
import type * as js from "./js/index.js";

export type Kernels = typeof js;
export type KernelName = keyof Kernels;
