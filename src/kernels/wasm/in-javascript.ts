/**
 * The kernels that stay in JavaScript on the backend of WebAssembly when they are called one by one: their
 * JavaScript gives the same bits as the C++, and copying their operands to the module and back takes longer
 * than the work. A lookup would copy the whole table for the few rows that it reads.
 */
export const inJavaScript: ReadonlySet<string> = new Set([
  ...["fill", "copy", "increment"],
  ...["indexSelect", "gather", "takeRows", "indexAdd", "scatterAdd"],
]);
