/** The stated error bounds of the elementary functions, read from where they are stated. */
import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../native/numerics/ulp.h", import.meta.url), "utf8");

export const ulpBounds: Record<string, number> = Object.fromEntries(
  [...text.matchAll(/\{"(\w+)", ([\d.]+)\}/g)].map(([, name, bound]) => [name, Number(bound)]),
);
