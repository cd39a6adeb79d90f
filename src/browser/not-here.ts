import { SimdgradError } from "../errors.js";

/** The error for what only Node can do. `instead`: what to do in a browser. */
export const notInBrowser = (what: string, instead: string): SimdgradError =>
  new SimdgradError("NOT_IN_BROWSER", `${what} is not possible in a browser: ${instead}`);
