/** The result of an example in a doc comment, as its comment writes it. */
import { Tensor } from "../../src/index.js";

/** At most four digits, so that backends agree. */
const short = (x: number): string => String(Number.isFinite(x) ? Number(x.toPrecision(4)) + 0 : x);

export function shown(value: unknown): string {
  if (value instanceof Tensor) return shown(value.toArray());
  if (ArrayBuffer.isView(value)) return shown([...(value as unknown as Iterable<number>)]);
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (typeof value === "number") return short(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const entries = Object.entries(value).map(([key, field]) => `${key}: ${shown(field)}`);
  return `{ ${entries.join(", ")} }`;
}
