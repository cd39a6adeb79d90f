/** A page is alone: no collective operation waits for another rank. */
import type { SimdgradError } from "../../errors.js";
import type { Others } from "../../kernels/collective.js";
import { notInBrowser } from "../not-here.js";

export type { Exchange, ExchangeStart, ExchangeWait } from "../../kernels/collective.js";

export const others: Others | null = null;

export const setOthers = (_given: Others): void => {};

export const keep = (_memory: unknown): void => {};

export const NOT_STARTED = 3;

export const collectiveError = (op: string, _status: number): SimdgradError =>
  notInBrowser(`${op}: MPI`, "train on many machines in Node");
