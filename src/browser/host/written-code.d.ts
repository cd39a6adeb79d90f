/** Written by the build for browsers (tools/bundle/browser.js). */
type Table = Readonly<Record<string, (...values: any[]) => unknown>>;
export const run: Table;
export const derivative: Table;
