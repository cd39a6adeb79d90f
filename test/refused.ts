import { expect } from "vitest";
import type { SimdgradError } from "../src/index.js";

/** The call throws an error with this code and message; both are shown when it does not. */
export function expectRefused(call: () => unknown, code: string, message: RegExp): void {
  let error: SimdgradError | undefined;
  try {
    call();
  } catch (thrown) {
    error = thrown as SimdgradError;
  }
  expect(error?.message).toMatch(message);
  expect(error?.code).toBe(code);
}
