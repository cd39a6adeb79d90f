/** The Worker of the page: it is asked for at most one frame at a time, when the browser is ready to draw. */
import { startWorker } from "../start-worker.js";
import type { Reply, Request, RunProgress } from "../worker/messages.js";
import { addMarks } from "./curve.js";
import { changeRun, set, shownRun, speeds, state, subscribe } from "./store.js";

export type FrameReply = Reply & { type: "frame" };

let worker: Worker | undefined;
/** When the frame was asked for that has not come yet. */
let asked: number | undefined;
let lastAsked = 0;
/** Something is to be drawn although nothing trains. */
let wanted = true;
let stepsDue = 0;
let lastDiagnosis = 0;
let lastSurface = 0;
let surfaceStale = true;
/** Whether the last frame is on the screen. */
let drawn = true;
const frameListeners = new Set<(frame: FrameReply) => void>();

/** The frame before this one, for components that are drawn later. */
export let lastFrame: FrameReply | undefined;

let noteFirstFrame: () => void;
/** Resolves when the first frame is on the screen: what can wait is loaded then. */
export const firstFrame = new Promise<void>((resolve) => {
  noteFirstFrame = resolve;
});

/** Calls back with every frame; the last one is given at once. */
export function onFrame(listener: (frame: FrameReply) => void): () => void {
  frameListeners.add(listener);
  if (lastFrame !== undefined) listener(lastFrame);
  return () => void frameListeners.delete(listener);
}

/** Milliseconds between two writings of numbers while the page plays: nobody reads faster. */
const readable = 100;

/** As `onFrame`, for what writes texts: while the page plays only ten times a second. */
export function onReadableFrame(listener: (frame: FrameReply) => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return onFrame((frame) => {
    const now = performance.now();
    if (state.playing && now - last < readable) return;
    last = now;
    listener(frame);
  });
}

const send = (request: Request) => worker?.postMessage(request);

/** Milliseconds between two diagnoses, and between two loss surfaces, which take longer. */
const diagnosisEvery = 200;
const surfaceEvery = 500;

export const calm = matchMedia("(prefers-reduced-motion: reduce)");
/** Milliseconds between two frames where motion is unwelcome. */
const calmEvery = 250;

export function start(): void {
  try {
    worker = startWorker("index");
  } catch (error) {
    set({ dead: `the browser did not start the Worker: ${(error as Error).message}` });
    return;
  }
  worker.onmessage = ({ data }: MessageEvent<Reply>) => receive(data);
  worker.onerror = (event) => {
    event.preventDefault();
    died(event.message || "it did not say why");
  };
  configured = "";
  asked = undefined;
  configure();
  if (state.playing && isFree()) send({ type: "free", on: true });
  wanted = true;
}

/** The Worker ended by itself. What it had trained is lost; the settings are not. */
function died(why: string): void {
  worker?.terminate();
  worker = undefined;
  set({ dead: `the Worker that trains has ended: ${why}`, playing: false });
}

/** Ends the Worker, if it still runs, and starts all runs anew in another. */
export function restartWorker(): void {
  worker?.terminate();
  set({ dead: undefined });
  start();
}

const isFree = () => speeds[state.speed].epochs === Number.POSITIVE_INFINITY;

let configured = "";
/** Tells the Worker the runs, if they are others than it knows. */
function configure(): void {
  const { runs, axes, plan } = state;
  const key = JSON.stringify([runs.map(({ id }) => id), shownRun().id, axes]);
  if (key === configured) return;
  configured = key;
  send({
    ...{ type: "configure", runs: runs.map(({ id, settings }) => ({ id, settings })), shown: shownRun().id },
    ...{ axes, file: plan },
  });
  wanted = true;
}

/** The state as of the last change. */
let before = state;
function changed(): void {
  const was = before;
  before = state;
  configure();
  const freeBefore = was.playing && speeds[was.speed].epochs === Number.POSITIVE_INFINITY;
  const free = state.playing && isFree();
  if (free !== freeBefore) send({ type: "free", on: free });
  if (was.view !== state.view || was.pair !== state.pair || was.shown !== state.shown) surfaceStale = true;
  if (was !== state) wanted = true;
}
subscribe(changed);

/** Makes epochs while the page is paused. */
export function step(epochs = 1): void {
  set({ playing: false });
  stepsDue += epochs;
  wanted = true;
}

export function setNumber(name: string, index: number, value: number): void {
  send({ type: "set", id: shownRun().id, name, index, value });
  surfaceStale = true;
  wanted = true;
}

export const planFile = (file: File, answer?: string) =>
  send({ type: "plan", file, name: file.name, answer });

/** The browser is about to draw: the Worker makes the next frame, if one is due, while the page draws the last. */
function tick(now: number): void {
  requestAnimationFrame(tick);
  ask(now);
  if (!drawn) draw();
}

function draw(): void {
  drawn = true;
  for (const listener of frameListeners) listener(lastFrame!);
  noteFirstFrame();
}

/** Asks for a frame, if one is due. */
function ask(now: number): void {
  if (worker === undefined || asked !== undefined) return;
  const { epochs, every } = speeds[state.speed];
  const wait = state.playing ? Math.max(every, calm.matches ? calmEvery : 0) : 0;
  if (now - lastAsked < wait || !(state.playing || wanted || stepsDue > 0)) return;
  // Where frames are fewer, each is of more epochs, so that training is as fast.
  const more = calm.matches && every === 0 ? Math.round((calmEvery * 60) / 1000) : 1;
  const playing = state.playing && !isFree() ? epochs * more : 0;
  const unit = state.hovered ?? state.kept;
  const diagnosis = now - lastDiagnosis > diagnosisEvery || !state.playing;
  const surface = state.view === "surface" && (surfaceStale || now - lastSurface > surfaceEvery);
  if (diagnosis) lastDiagnosis = now;
  if (surface) {
    lastSurface = now;
    surfaceStale = false;
  }
  const space = state.view === "space" ? spaceLayer() : undefined;
  send({
    ...{ type: "frame", epochs: playing + stepsDue, pictures: !(state.playing && state.speed === "blind") },
    ...{ unit, space, surface: surface ? state.pair : undefined, diagnosis },
  });
  stepsDue = 0;
  wanted = false;
  asked = now;
  lastAsked = now;
}

/** The hidden layer before the unit that is shown; the last one before the output. */
export function spaceLayer(): number | undefined {
  const unit = state.kept;
  const { hidden } = shownRun().settings;
  const layer = (unit?.layer ?? hidden.length + 1) - 2;
  return layer < 0 ? undefined : Math.min(layer, hidden.length - 1);
}

function receive(reply: Reply): void {
  if (reply.type === "backend") set({ backend: reply.name, reason: reply.reason });
  else if (reply.type === "ready") changeRun(reply.id, { facts: reply.facts, error: undefined });
  else if (reply.type === "failed") changeRun(reply.id, { error: reply.message });
  else if (reply.type === "frame") receiveFrame(reply);
  else if (reply.type === "planned") planned(reply.plan);
  else set({ notes: [reply.message] });
}

let planned: (plan: (Reply & { type: "planned" })["plan"]) => void = () => {};
/** What happens when a CSV file has been understood. */
export function onPlanned(listener: typeof planned): void {
  planned = listener;
}

function receiveFrame(frame: FrameReply): void {
  asked = undefined;
  for (const progress of frame.runs) follow(progress);
  if (frame.shown === shownRun().id) {
    lastFrame = {
      ...frame,
      surface: frame.surface ?? lastFrame?.surface,
      pictures: frame.pictures ?? lastFrame?.pictures,
    };
    drawn = false;
    if (!state.playing) draw();
  } else wanted = true;
  const alive = frame.runs.some(({ ending }) => ending === undefined);
  if (state.playing && !alive && frame.runs.length > 0) set({ playing: false });
}

function follow({ id, marks, ending, changes }: RunProgress): void {
  const run = state.runs.find((one) => one.id === id);
  if (run === undefined) return;
  addMarks(run.marks, marks);
  if (ending?.why !== run.ending?.why || ending?.step !== run.ending?.step) changeRun(id, { ending });
  if (JSON.stringify(run.settings.changes) !== JSON.stringify(changes))
    changeRun(id, { settings: { ...run.settings, changes } });
}

requestAnimationFrame(tick);
