/** The text of each file by its path. */
export function kernelFiles(
  schema: Record<string, object>,
  formOf: (extent: string) => object,
): Record<string, string>;
