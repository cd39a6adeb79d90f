/**
 * The Workers that run the module's threads. Their start needs the event loop of the thread that starts them,
 * and a policy may forbid them. So `backend.load()` starts them, and those count that have said that they
 * run.
 *
 * They need shared memory, so a page that is cross-origin isolated. The page's own thread may not wait for
 * others; so the library has threads in a Worker of the page.
 */
import { mostCores, serveThreads, type Thread } from "../../../kernels/wasm/worker-code.js";

/** What is used of a Worker of a browser. */
interface PageWorker {
  onmessage: (() => void) | null;
  onerror: ((event: { preventDefault(): void }) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

interface Page {
  readonly Worker?: new (address: string) => PageWorker;
  readonly navigator?: { readonly hardwareConcurrency?: number };
}

const { Worker: WorkerOfPage, navigator } = globalThis as unknown as Page;

const code = `${serveThreads}onmessage = ({ data }) => serve(data);
postMessage("ready");`;

/** How long a Worker may take to start, in milliseconds. A browser may hold back Workers beyond a limit. */
const patience = 2000;

let workers: PageWorker[] = [];
let why: string | undefined;

export const usableCores = (): number => workers.length + 1;

export const whyOneThread = (): string | undefined => why;

/** Whether this thread may wait for others: a page's own may not. */
function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/** A Worker that runs, or null. */
function start(address: string): Promise<PageWorker | null> {
  return new Promise((resolve) => {
    try {
      const worker = new WorkerOfPage!(address);
      const end = (started: PageWorker | null) => {
        clearTimeout(timer);
        worker.onmessage = null;
        if (started === null) worker.terminate();
        resolve(started);
      };
      const timer = setTimeout(end, patience, null);
      worker.onmessage = () => end(worker);
      worker.onerror = (event) => {
        event.preventDefault();
        end(null);
      };
    } catch {
      resolve(null);
    }
  });
}

/** Starts a Worker for each core but this one. */
export async function startWorkers(): Promise<void> {
  if (workers.length > 0) return;
  const cores = Math.min(navigator?.hardwareConcurrency ?? 1, mostCores);
  why =
    typeof SharedArrayBuffer === "undefined"
      ? "SharedArrayBuffer is not available, because the page is not cross-origin isolated"
      : WorkerOfPage === undefined || !mayWait()
        ? "the thread of a page may not wait for others, that of a Worker may"
        : cores === 1
          ? "there is one core"
          : undefined;
  if (why !== undefined) return;
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const started = await Promise.all(Array.from({ length: cores - 1 }, () => start(address)));
  URL.revokeObjectURL(address);
  workers = started.filter((worker) => worker !== null);
  if (workers.length === 0) why = "no Worker started; a content security policy needs worker-src blob:";
}

/** Has the Worker at a place run a thread, after those that it was given before. False if there is none. */
export function giveThread(place: number, thread: Thread): boolean {
  try {
    workers[place].postMessage(thread);
    return true;
  } catch {
    return false;
  }
}
