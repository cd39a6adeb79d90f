/** Lines for the user, in the console of the browser. */

export function warn(text: string, code: string): void {
  console.warn(`[${code}] ${text}`);
}

const told = new Set<string>();

/** Prints a line once for each page or Worker. */
export function tellOnce(line: string): void {
  if (told.has(line)) return;
  told.add(line);
  console.warn(line);
}
