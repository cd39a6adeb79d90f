/** What the views of hidden spaces and of the loss let choose. */
import { nameOf } from "./network.js";
import { weightNames } from "./output-views.js";
import { set, shownRun, useStore } from "./store.js";

export function SpaceNote() {
  const { kept } = useStore();
  const { settings, facts } = shownRun();
  const unit = kept !== undefined && kept.layer >= 2 ? kept : { layer: settings.hidden.length + 1, index: 0 };
  return (
    <p class="hint">
      The input space of {nameOf(unit, settings, facts)}: each training point where the layer before puts it.
      Click another unit to see its space.
    </p>
  );
}

export function SurfaceChoice() {
  const { pair } = useStore();
  const { settings, facts } = shownRun();
  const names = weightNames(settings, facts?.outputs ?? 1);
  return (
    <div class="pair">
      {([0, 1] as const).map((k) => (
        <label class="field" key={k}>
          <span>{k === 0 ? "First weight" : "Second weight"}</span>
          <select
            value={pair[k]}
            onChange={(event) => {
              const value = Number(event.currentTarget.value);
              set({ pair: k === 0 ? [value, pair[1]] : [pair[0], value] });
            }}
          >
            {names.map((name, i) => (
              <option key={name} value={i} selected={i === pair[k]}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}
