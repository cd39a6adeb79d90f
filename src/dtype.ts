/** Element types of tensors. `bool` takes one byte per value, 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

/** Memory of a tensor: a plain typed array. */
export type Data = Float32Array | Float64Array | Int32Array | Uint8Array;

/** The typed array that stores each dtype. */
export const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** PyTorch's order of promotion: bool < uint8 < int32 < float32 < float64. */
const rank: Record<DType, number> = { bool: 0, uint8: 1, int32: 2, float32: 3, float64: 4 };

/** The dtype that can hold both (PyTorch's `promote_types`). */
export function promote(a: DType, b: DType): DType {
  return rank[a] >= rank[b] ? a : b;
}

export function isFloating(dtype: DType): dtype is "float32" | "float64" {
  return dtype === "float32" || dtype === "float64";
}

/** The dtype of a bare typed array. A Uint8Array is `uint8` unless the caller says `bool`. */
export function dtypeOf(data: Data): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  return "uint8";
}
