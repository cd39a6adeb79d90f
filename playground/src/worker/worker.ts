/**
 * Trains the runs of the page. Between two slices of training the Worker reads messages; a frame is sent only
 * when the page has asked for one, so a slow page never gets frames that it cannot draw.
 */
import { backend } from "simdgrad";
import { fixKernels } from "../experiment/compiled-later.js";
import { planOf } from "../experiment/csv-plan.js";
import { load } from "../load-backend.js";
import type { FrameRequest, Reply, Request } from "./messages.js";
import { Pictured } from "./pictured.js";

/** Milliseconds of training between two looks at the messages: half of a frame at 60 frames a second. */
const slice = 8;

const runs = new Map<number, Pictured>();
let order: readonly number[] = [];
let shown = 0;
let free = false;
let asked: FrameRequest | undefined;
/** Epochs that the frame asked for still needs. */
let due = 0;
let [steps, milliseconds] = [0, 0];

const say = (reply: Reply, transfer: Transferable[] = []) =>
  (postMessage as (reply: Reply, transfer: Transferable[]) => void)(reply, transfer);
const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const turn = new MessageChannel();
turn.port1.onmessage = work;
let turning = false;
function takeTurn(): void {
  if (turning) return;
  turning = true;
  turn.port2.postMessage(0);
}

/** One slice of training, then the frame if it is due. */
function work(): void {
  turning = false;
  const begin = performance.now();
  const before = total();
  while ((due > 0 || free) && alive() && performance.now() - begin < slice) {
    for (const run of runs.values()) run.experiment?.trainEpoch();
    if (due > 0) due--;
  }
  if (!alive()) due = 0;
  steps += total() - before;
  milliseconds += performance.now() - begin;
  if (asked !== undefined && due === 0) answer(asked);
  if (due > 0 || (free && alive())) takeTurn();
}

const total = () => [...runs.values()].reduce((sum, run) => sum + (run.experiment?.steps ?? 0), 0);
const alive = () =>
  [...runs.values()].some(({ experiment }) => experiment !== undefined && experiment.ending === undefined);

function answer(request: FrameRequest): void {
  asked = undefined;
  const run = runs.get(shown);
  const pictures = request.pictures ? run?.pictures(request) : undefined;
  const surface = request.surface && run?.surface(request.surface);
  const transfer = [
    ...(pictures === undefined ? [] : [pictures.small, pictures.large, pictures.weights]),
    ...(pictures?.space === undefined ? [] : [pictures.space.outputs]),
    ...(surface === undefined ? [] : [surface.losses, surface.path]),
  ].map(({ buffer }) => buffer as ArrayBuffer);
  const progress = order.flatMap((id) => runs.get(id)?.progress() ?? []);
  const diagnosis = request.diagnosis ? run?.diagnosis() : undefined;
  say({ type: "frame", shown, runs: progress, pictures, diagnosis, surface, steps, milliseconds }, transfer);
  [steps, milliseconds] = [0, 0];
  if (!ready) handled = handled.then(begin);
}

type Configuration = Request & { type: "configure" };
let configuration: Configuration | undefined;

async function configure(request: Configuration): Promise<void> {
  configuration = request;
  order = request.runs.map(({ id }) => id);
  shown = request.shown;
  for (const id of [...runs.keys()]) if (!order.includes(id)) runs.delete(id);
  for (const { id, settings } of request.runs) {
    try {
      const known = runs.get(id);
      if (known === undefined) runs.set(id, await Pictured.make(id, settings, request.file));
      const facts = runs.get(id)!.factsFor(request.axes);
      if (facts !== undefined) say({ type: "ready", id, facts });
    } catch (error) {
      runs.delete(id);
      say({ type: "failed", id, message: wordsOf(error) });
    }
  }
}

/** Messages are handled one after another, because reading a file takes a while. */
let handled: Promise<void> = Promise.resolve();

/**
 * Whether it is known which kernels train. Until then the JavaScript core draws the first picture, and the
 * module of WebAssembly is not even fetched: compiling it would take the core on which the page draws.
 */
let ready = false;
fixKernels(false);

/** Makes the runs anew if WebAssembly trains: the last bits of its numbers are others. */
async function begin(): Promise<void> {
  await load();
  if (ready) return;
  ready = true;
  fixKernels(true);
  if (backend.name !== "js" && configuration !== undefined) {
    runs.clear();
    await configure(configuration);
  }
  say({ type: "backend", name: backend.name, isa: backend.isa, reason: backend.reason });
}

let isPictured = false;
/** What is done before it is known which kernels train: all that the first picture needs. */
function isForFirstPicture(request: Request): boolean {
  if (request.type === "configure") return true;
  if (request.type !== "frame" || request.epochs > 0 || isPictured) return false;
  isPictured = true;
  return true;
}

async function handle(request: Request): Promise<void> {
  if (!ready && !isForFirstPicture(request)) await begin();
  switch (request.type) {
    case "configure":
      return configure(request);
    case "free":
      free = request.on;
      return takeTurn();
    case "frame":
      asked = request;
      due += request.epochs;
      return takeTurn();
    case "set": {
      const { name, index, value } = request;
      runs.get(request.id)?.experiment?.set(name, index, value);
      return;
    }
    case "plan":
      try {
        return say({ type: "planned", plan: await planOf(request.file, request.name, request.answer) });
      } catch (error) {
        return say({ type: "refused", message: wordsOf(error) });
      }
  }
}

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  handled = handled.then(() => handle(data));
});
