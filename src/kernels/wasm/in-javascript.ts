/**
 * The kernels that stay in JavaScript on the backend of WebAssembly: their JavaScript gives the same bits as the
 * C++, and copying their operands to the module and back takes longer than the work.
 */
export const inJavaScript = {
  kernels: new Set<string>(["fill", "copy", "increment"]),
};
