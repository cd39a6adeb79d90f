/** What the ground can tell of an argument without knowing its class. */

/** Whether it is a tensor. The ground knows them by what they are made of. */
export const isTensor = (given: unknown): given is { shape: readonly number[]; dtype: string } =>
  typeof given === "object" && given !== null && (given as { storage?: unknown }).storage !== undefined;

/** Whether it is an object of options, and no tensor, array or number. */
export const isOptions = (given: unknown): boolean =>
  typeof given === "object" && given !== null && Object.getPrototypeOf(given) === Object.prototype;
