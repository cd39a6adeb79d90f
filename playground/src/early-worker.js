// Stands in the head of each page (vite.config.js puts it there): starts the Worker before the page's scripts
// have come, because both take a fifth of a second. src/start-worker.ts takes it from here.
try {
  const worker = new Worker(`WORKER${location.search}`, { type: "module" });
  globalThis.earlyWorker = { worker };
  worker.onerror = (event) => {
    globalThis.earlyWorker = { why: event.message };
  };
} catch {
  // src/start-worker.ts tries again, and the page says why.
}
