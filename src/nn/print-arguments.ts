/**
 * @internal Arguments and options of a layer as printing the layer shows them: `kernelSize=[2,3], stride=1`.
 * Omitted arguments are not shown.
 */
export function listed(values: object): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? JSON.stringify(value) : value}`)
    .join(", ");
}
