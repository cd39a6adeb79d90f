/**
 * Starts the Worker of a page, which vite.config.js builds. It is an entry of the same build as
 * the pages: by `new URL("…", import.meta.url)` each Worker would have the library for itself.
 */
export const startWorker = (page: "index" | "digits"): Worker =>
  new Worker(new URL(`${page}-worker.js`, document.baseURI), { type: "module" });
