/** The text of each C++ header by its path. `entries`: texts of native/entries/*.cc. */
export function nativeHeaders(
  schema: Record<string, object>,
  formOf: (extent: string) => object,
  entries: readonly string[],
): Record<string, string>;
