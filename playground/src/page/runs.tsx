/** Up to four runs side by side. */
import { runNames } from "../state/address.js";
import type { Settings } from "../state/settings.js";
import { runColors } from "../views/palette.js";
import { addRun, presentRate, removeRun } from "./actions.js";
import { set, useStore } from "./store.js";

/** In which settings a run differs from others, in words. */
export function differences(settings: Settings, all: readonly Settings[]): string {
  const words: string[] = [];
  const differs = (key: keyof Settings) =>
    all.some((other) => JSON.stringify(other[key]) !== JSON.stringify(settings[key]));
  if (differs("data")) words.push(settings.data);
  if (differs("hidden"))
    words.push(settings.hidden.length === 0 ? "no hidden layer" : settings.hidden.join(" + "));
  if (differs("activation")) words.push(settings.activation);
  if (differs("optimizer") || differs("lr") || differs("options") || words.length === 0)
    words.push(`${settings.optimizer} ${presentRate(settings)}`);
  if (differs("options"))
    words.push(...Object.entries(settings.options).map(([name, value]) => `${name} ${value}`));
  if (differs("penalty") || differs("rate"))
    words.push(
      settings.penalty === "none" ? "no penalty" : `${settings.penalty.toUpperCase()} ${settings.rate}`,
    );
  if (differs("dropout")) words.push(`dropout ${settings.dropout}`);
  if (differs("init")) words.push(settings.init);
  if (differs("batch")) words.push(`batch ${settings.batch}`);
  if (differs("seed")) words.push(`seed ${settings.seed}`);
  if (differs("noise")) words.push(`noise ${settings.noise}`);
  return words.join(", ");
}

export function Runs() {
  const { runs, shown } = useStore();
  const all = runs.map(({ settings }) => settings);
  return (
    <fieldset class="runs" aria-label="Runs">
      {runs.map(({ settings, id }, i) => (
        <span class={`run${i === shown ? " shown" : ""}`} key={id}>
          <button
            type="button"
            aria-pressed={i === shown}
            onClick={() => set({ shown: i, kept: undefined, hovered: undefined })}
          >
            <i style={{ background: runColors[i] }} />
            <strong>{runNames[i]!.toUpperCase()}</strong> {differences(settings, all)}
          </button>
          {runs.length > 1 && (
            <button
              type="button"
              class="close"
              aria-label={`Remove run ${runNames[i]!.toUpperCase()}`}
              onClick={() => removeRun(i)}
            >
              ×
            </button>
          )}
        </span>
      ))}
      {runs.length < 4 && (
        <button type="button" class="quiet" onClick={addRun}>
          + Compare another run
        </button>
      )}
    </fieldset>
  );
}
