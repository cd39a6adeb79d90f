/** The index of the JavaScript core. `sources`: texts of src/kernels/js/*.ts by name of the file. */
export function jsCore(kernels: readonly string[], sources: Record<string, string>): string;
