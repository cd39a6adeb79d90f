/** The Worker of the page. The network looks at the drawing at most once a frame, and always at the newest. */
import { startWorker } from "../start-worker.js";
import { drawnImage, onDrawing } from "./drawing.js";
import type { Named, Reply, Request } from "./messages.js";
import { type PageState, set, state } from "./store.js";

let worker: Worker | undefined;
/** The drawing or the network has changed since the last look. */
let stale = true;
let looking = false;
/** What another Worker has to be told, if this one dies. */
let lastImages: Request | undefined;
let lastModel: Request | undefined;

const send = (request: Request) => worker?.postMessage(request);

function died(why: string): void {
  worker?.terminate();
  worker = undefined;
  set({ dead: `the Worker that runs the network has ended: ${why}`, training: false, busy: undefined });
}

export function start(): void {
  set({ dead: undefined, network: undefined, images: undefined, progress: undefined, seen: undefined });
  try {
    worker = startWorker("digits");
  } catch (error) {
    died((error as Error).message);
    return;
  }
  looking = false;
  worker.onmessage = ({ data }: MessageEvent<Reply>) => set(changeBy(data));
  worker.onerror = (event) => {
    event.preventDefault();
    died(event.message || "it did not say why");
  };
  send({ type: "start" });
  for (const request of [lastImages, lastModel]) if (request !== undefined) send(request);
}

/** What the server of the page gives beside it: `simdgrad playground --data DIR --model FILE`. */
export async function findServed(): Promise<void> {
  const served: PageState["served"] = await fetch("files.json")
    .then((response) => (response.ok ? response.json() : {}))
    .catch(() => ({}));
  set({ served });
  if (typeof served.model === "string") openModel({ name: served.model, source: addressOf(served.model) });
}

const addressOf = (path: string) => new URL(path, document.baseURI).href;

function openModel(file: Named): void {
  lastModel = { type: "model", file };
  set({ busy: `Reading ${file.name}…`, refused: undefined, training: false });
  send(lastModel);
  // A drawing is compared with the training images.
  if (state.images === undefined && isServed()) openServedImages();
}

const isServed = () => (state.served.mnist?.length ?? 0) > 0;
const openServedImages = () =>
  openImages(state.served.mnist!.map((name) => ({ name, source: addressOf(name) })));

function openImages(files: readonly Named[]): void {
  lastImages = { type: "images", files };
  set({ busy: "Reading the images…", refused: undefined, training: false });
  send(lastImages);
}

/** Files that the visitor chose or dropped: a network, or the files of MNIST. */
export function openFiles(files: readonly File[]): void {
  const named = files.map((file) => ({ name: file.name, source: file }));
  const models = named.filter(({ name }) => name.endsWith(".safetensors"));
  const others = named.filter(({ name }) => !name.endsWith(".safetensors"));
  if (models.length > 1) {
    set({ refused: `one network at a time: ${models.map(({ name }) => name).join(" and ")}` });
    return;
  }
  if (others.length > 0) openImages(others);
  if (models[0]) openModel(models[0]);
}

/** Reads the images that the server gives, if there are no others, and trains. */
export function train(): void {
  if (state.images === undefined && isServed()) openServedImages();
  lastModel = undefined;
  set({ training: true, progress: undefined, tested: undefined, refused: undefined });
  send({ type: "train", kind: state.kind, epochs: state.epochs });
}

export const stop = () => send({ type: "stop" });
export const save = () => send({ type: "save" });

/** What of the page a message changes. */
function changeBy(reply: Reply): Partial<PageState> {
  switch (reply.type) {
    case "backend":
      return { backend: reply.name, reason: reply.reason };
    case "images":
      return { images: { train: reply.train, test: reply.test }, busy: undefined };
    case "network":
      stale = true;
      return { network: reply.network, busy: undefined, compared: undefined, seen: undefined };
    case "progress":
      stale = true;
      return { progress: reply.progress, tested: reply.progress.testAccuracy ?? state.tested };
    case "trained":
      stale = true;
      return { training: false };
    case "compared":
      stale ||= reply.done === reply.of;
      return { compared: { done: reply.done, of: reply.of } };
    case "seen":
      looking = false;
      // The drawing may be gone by now.
      return { seen: state.pixels && reply.seen };
    case "saved":
      download(reply.bytes);
      return {};
    case "failed":
      return { refused: reply.message, training: false, busy: undefined };
  }
}

function download(bytes: Uint8Array): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  link.download = "digits.safetensors";
  link.click();
  URL.revokeObjectURL(link.href);
}

onDrawing(() => {
  stale = true;
});

/** Called by the browser before it draws. */
function tick(): void {
  requestAnimationFrame(tick);
  if (!stale || looking) return;
  stale = false;
  const pixels = drawnImage();
  set({ pixels, seen: pixels && state.seen });
  if (pixels === undefined || state.network === undefined || worker === undefined) return;
  looking = true;
  send({ type: "look", pixels });
}
requestAnimationFrame(tick);
