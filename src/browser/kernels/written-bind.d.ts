/** Written by the build for browsers (tools/bundle/browser.js). */
export const bind: Readonly<Record<string, (...values: any[]) => unknown>>;
