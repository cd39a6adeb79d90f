import type { Operation } from "./read.js";

/** The generated files, by their paths. */
export function generatedFiles(operations: readonly Operation[]): Record<string, string>;
