import { ValueError } from "../errors.js";

/** Sizes of a layer: positive integers, or an error that names the layer and the argument. */
export function checkSizes(layer: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes))
    if (!Number.isSafeInteger(size) || size < 1)
      throw new ValueError(`${layer}: ${name} is an integer >= 1: ${String(size)}`, "INVALID_SIZE");
}

/** A probability: 0 to 1, both included. */
export function checkProbability(layer: string, name: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`${layer}: ${name} is between 0 and 1: ${String(p)}`);
}
