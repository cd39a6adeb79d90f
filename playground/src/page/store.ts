/** What the page shows, apart from the numbers of each frame, which are drawn without it. */
import { useEffect, useState } from "preact/hooks";
import type { CsvPlan } from "../experiment/csv-plan.js";
import type { Ending, Mark } from "../experiment/experiment.js";
import type { Unit } from "../experiment/sides.js";
import { decode } from "../state/address.js";
import type { Settings } from "../state/settings.js";
import type { RunFacts } from "../worker/messages.js";

export interface Run {
  /** Another id is another run: the Worker starts it from the beginning. */
  readonly id: number;
  readonly settings: Settings;
  readonly facts?: RunFacts;
  readonly error?: string;
  readonly ending?: Ending;
  /** The losses, thinned when there are many. */
  readonly marks: Mark[];
}

export const speeds = {
  slow: { title: "10 epochs a second", epochs: 1, every: 100 },
  one: { title: "1 epoch a frame", epochs: 1, every: 0 },
  ten: { title: "10 epochs a frame", epochs: 10, every: 0 },
  free: { title: "as fast as it can", epochs: Number.POSITIVE_INFINITY, every: 0 },
  blind: { title: "fastest, no pictures", epochs: Number.POSITIVE_INFINITY, every: 250 },
} as const;
export type Speed = keyof typeof speeds;

export const views = {
  plane: "Plane",
  solid: "3-D",
  space: "Hidden space",
  surface: "Loss surface",
} as const;
export type View = keyof typeof views;

export interface PageState {
  readonly runs: readonly Run[];
  /** Position of the run whose network and settings are shown. */
  readonly shown: number;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly view: View;
  readonly discretize: boolean;
  readonly showTest: boolean;
  readonly axes: readonly [number, number];
  /** The unit whose answers the large picture shows: while the pointer is on it, or kept by a click. */
  readonly hovered?: Unit;
  readonly kept?: Unit;
  /** Positions of the two weights of the loss surface among all parameters. */
  readonly pair: readonly [number, number];
  readonly notes: readonly string[];
  readonly backend: string;
  readonly reason: string;
  /** Why there is no Worker any more. */
  readonly dead?: string;
  readonly plan?: CsvPlan;
  readonly theme: "light" | "dark";
}

let lastId = 0;
export const freshRun = (settings: Settings): Run => ({ id: ++lastId, settings, marks: [] });

function firstTheme(): "light" | "dark" {
  const chosen = readKept("theme");
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** localStorage, which a browser may refuse. */
function readKept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Not kept: the page works without.
  }
}

const { runs, notes } = decode(location.hash);

export let state: PageState = {
  ...{ runs: runs.map(freshRun), shown: 0, playing: false, speed: "one", view: "plane" },
  ...{
    discretize: false,
    showTest: false,
    axes: runs[0]!.data === "iris" ? [2, 3] : [0, 1],
    pair: [0, 1],
    notes,
    backend: "",
    reason: "",
  },
  theme: firstTheme(),
};

const listeners = new Set<() => void>();

/** Changes parts of the state; components are drawn again. */
export function set(patch: Partial<PageState>): void {
  state = { ...state, ...patch };
  for (const listener of [...listeners]) listener();
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The state in a component, which is drawn again when it changes. */
export function useStore(): PageState {
  const [, draw] = useState(0);
  useEffect(() => subscribe(() => draw((n) => n + 1)), []);
  return state;
}

export const shownRun = (): Run => state.runs[state.shown] ?? state.runs[0]!;

export function changeRun(id: number, patch: Partial<Run>): void {
  set({ runs: state.runs.map((run) => (run.id === id ? { ...run, ...patch } : run)) });
}
