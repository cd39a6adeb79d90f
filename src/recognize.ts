/** Recognizes kinds of arguments without importing their classes. */

/** Whether it is a tensor, judged by its fields: modules at this level must not import Tensor. */
export const isTensor = (given: unknown): given is { shape: readonly number[]; dtype: string } =>
  typeof given === "object" && given !== null && (given as { storage?: unknown }).storage !== undefined;

/** Whether it is an object of options, and not a tensor, an array or a number. */
export const isOptions = (given: unknown): boolean =>
  typeof given === "object" && given !== null && Object.getPrototypeOf(given) === Object.prototype;
