import { ValueError } from "../errors.js";
import { quoted } from "../quote.js";

/** Checks sizes of a layer: positive integers. The error names the layer and the argument. */
export function checkSizes(layer: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes))
    if (!Number.isSafeInteger(size) || size < 1)
      throw new ValueError(`${layer}: ${name} is an integer >= 1: ${quoted(size)}`, "INVALID_SIZE");
}

/** Checks a probability: 0 to 1, both included. */
export function checkProbability(layer: string, name: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`${layer}: ${name} is between 0 and 1: ${quoted(p)}`);
}

/** The error message for a value that is not a module: the value, and what to do about it. */
export function notAModule(given: unknown): string {
  if (Array.isArray(given)) return `an array of ${given.length}; spread it: ...layers`;
  if (typeof given !== "function") return quoted(given);
  const { name, prototype } = given as { name: string; prototype?: { parameters?: unknown } };
  return typeof prototype?.parameters === "function"
    ? `the class ${name}; new nn.${name}()`
    : "a function; put it into the forward of a class that extends nn.Module";
}
