/** What the controls do. */
import type { CsvPlan } from "../experiment/csv-plan.js";
import { encode } from "../state/address.js";
import type { DataName } from "../state/choices.js";
import { changed, restarted, type Settings } from "../state/settings.js";
import { lastFrame, onPlanned, setNumber } from "./engine.js";
import { freshRun, keep, type PageState, type Run, set, shownRun, state, subscribe } from "./store.js";

const replaceShown = (run: Run, more: Partial<PageState> = {}) =>
  set({ runs: state.runs.map((old, i) => (i === state.shown ? run : old)), ...more });

/** Epochs that the run that is shown has made. */
export const shownEpoch = () => lastFrame?.runs.find(({ id }) => id === shownRun().id)?.epoch ?? 0;

/** The columns that the plane shows first: of the irises the petals, which tell the species apart. */
const firstAxes = (data: DataName): [number, number] => (data === "iris" ? [2, 3] : [0, 1]);

/** Changes a setting. All but the learning rate start the run again. */
export function change<Key extends keyof Settings>(key: Key, value: Settings[Key]): void {
  const { settings } = shownRun();
  if (settings[key] === value) return;
  if (key === "lr" && shownEpoch() > 0) {
    setNumber("lr", 0, value as number);
    return;
  }
  const next = restarted(changed(settings, key, value));
  const more =
    key === "data"
      ? { kept: undefined, axes: firstAxes(value as DataName) }
      : key === "hidden"
        ? { kept: undefined }
        : {};
  replaceShown(freshRun(next), { hovered: undefined, ...more });
}

/** The learning rate as it is now: the last one that was set. */
export const presentRate = ({ lr, changes }: Settings): number =>
  changes.findLast(({ name }) => name === "lr")?.value ?? lr;

/** Starts all runs again. What was set by hand before the first epoch stays, and so does the learning rate. */
export function reset(): void {
  set({
    runs: state.runs.map(({ settings }) => freshRun({ ...restarted(settings), lr: presentRate(settings) })),
    playing: false,
  });
}

/** Other first weights. */
export function reseed(): void {
  const { settings } = shownRun();
  const seed = (settings.seed % 999_999) + 1;
  replaceShown(freshRun({ ...settings, seed, changes: [], lr: presentRate(settings) }));
}

/** A further run with the settings of the one that is shown. */
export function addRun(): void {
  if (state.runs.length === 4) return;
  // All begin at epoch 0: curves side by side are of equal epochs.
  const { settings } = shownRun();
  const runs = [...state.runs.map((run) => freshRun(restarted(run.settings))), freshRun(restarted(settings))];
  set({ runs, shown: runs.length - 1, playing: false });
}

export function removeRun(position: number): void {
  if (state.runs.length === 1) return;
  const runs = state.runs.filter((_, i) => i !== position);
  set({ runs, shown: Math.min(state.shown > position ? state.shown - 1 : state.shown, runs.length - 1) });
}

/** Shows settings from elsewhere: a preset, an address. */
export function show(
  runs: readonly Settings[],
  notes: readonly string[] = [],
  more: Partial<PageState> = {},
): void {
  set({
    ...{ runs: runs.map(freshRun), shown: 0, playing: false, notes, kept: undefined, hovered: undefined },
    ...{ axes: firstAxes(runs[0]!.data), pair: [0, 1], ...more },
  });
}

onPlanned((plan: CsvPlan) => {
  const inputs = plan.columns.filter(({ type }) => type === "number" || type === "category");
  const settings = changed(shownRun().settings, "data", "file");
  replaceShown(freshRun({ ...settings, inputs: inputs.slice(0, 8).map((_, i) => String(i)) }), {
    ...{ plan, axes: [0, Math.min(1, inputs.length - 1)], kept: undefined, notes: [], playing: false },
  });
});

export function setTheme(theme: "light" | "dark"): void {
  keep("theme", theme);
  set({ theme });
}

/** The address follows the settings, without an entry in the history for each. */
let written = location.hash.replace(/^#/, "");
export const address = () => encode(state.runs.map(({ settings }) => settings));
subscribe(() => {
  document.documentElement.dataset["theme"] = state.theme;
  const next = address();
  if (next === written) return;
  written = next;
  history.replaceState(null, "", `#${next}`);
});
document.documentElement.dataset["theme"] = state.theme;
export const isOwnAddress = (hash: string) => hash.replace(/^#/, "") === written;
