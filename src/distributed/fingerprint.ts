/** A number that tells whether two ranks train the same model. */
import { formatShape } from "../errors.js";
import type { Module } from "../nn/module.js";

/** FNV-1a over two halves, as an integer below 2^52. */
export function fingerprint(text: string): number {
  const halves = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++)
    for (const half of [0, 1])
      halves[half] = Math.imul(halves[half] ^ text.charCodeAt(i), 0x01000193 + 2 * half * 0x3ca7);
  return (halves[0] >>> 0) * 2 ** 20 + ((halves[1] >>> 0) % 2 ** 20);
}

/** The names, shapes and dtypes of parameters and buffers. */
export function structureOf(model: Module): string {
  const tensors = [...model.namedParameters(), ...model.namedBuffers()];
  return tensors.map(([name, x]) => `${name} ${formatShape(x.shape)} ${x.dtype}`).join("; ");
}
