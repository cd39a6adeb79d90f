/**
 * The Worker of a page, which vite.config.js builds. It is an entry of the same build as the pages: by
 * `new URL("…", import.meta.url)` each Worker would have the library for itself.
 */

/** What early-worker.js has left: a Worker, or why it ended. */
const early = globalThis as { earlyWorker?: { worker?: Worker; why?: string } | undefined };

/** @throws Error if the browser does not start it */
export function startWorker(page: "index" | "digits"): Worker {
  const { worker, why } = early.earlyWorker ?? {};
  early.earlyWorker = undefined;
  if (why !== undefined) throw new Error(why);
  return worker ?? new Worker(`${page}-worker.js${location.search}`, { type: "module" });
}
