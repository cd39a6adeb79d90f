import { setImmediate } from "node:timers/promises";

/** Resolves after the event loop has turned: timers, requests and signals have run. */
export const nextTurn = (): Promise<void> => setImmediate();
