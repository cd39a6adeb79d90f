/** The weights and the bias of one unit, to read and to set; sliders if the network is one neuron. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Settings } from "../state/settings.js";
import { firstPosition, parameterName, sizesOf } from "../views/layout.js";
import type { RunFacts } from "../worker/messages.js";
import { lastFrame, onFrame, setNumber } from "./engine.js";
import { nameOf } from "./network.js";
import { set, shownRun, useStore } from "./store.js";

interface Row {
  readonly label: string;
  readonly name: string;
  readonly index: number;
  readonly position: number;
}

/** The numbers of a unit: where they are, and what they are called. */
function rowsOf(settings: Settings, facts: RunFacts | undefined, layer: number, index: number): Row[] {
  const sizes = sizesOf(settings, facts?.outputs ?? 1);
  const before = sizes[layer - 1]!;
  const first = firstPosition(sizes, layer);
  const bias = {
    ...{ label: "bias", name: parameterName(settings, layer, "bias"), index },
    position: first + before * sizes[layer]! + index,
  };
  const weights = Array.from({ length: before }, (_, i) => ({
    label: layer > 1 ? `from unit ${i + 1}` : `from ${nameOf({ layer: 0, index: i }, settings, facts)}`,
    name: parameterName(settings, layer, "weight"),
    index: index * before + i,
    position: first + index * before + i,
  }));
  return [bias, ...weights];
}

/** As many digits as fit; the whole number is set when somebody types one. */
const shown = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "NaN");

/** Writes the present weights into the inputs of a box, except where somebody types. */
function useWeights(id: number, rows: readonly Row[]) {
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(
    () =>
      onFrame(({ shown: of, pictures }) => {
        if (of !== id || !pictures || !box.current) return;
        for (const input of box.current.querySelectorAll<HTMLInputElement>("input[data-position]")) {
          const value = pictures.weights[Number(input.dataset["position"])] ?? Number.NaN;
          if (input === document.activeElement && input.type === "number") continue;
          input.value = shown(value);
          if (input.type === "range") input.nextElementSibling!.textContent = shown(value);
        }
      }),
    [id, rows.map(({ name, index }) => `${name} ${index}`).join()],
  );
  return box;
}

export function UnitCard() {
  const { kept } = useStore();
  const { settings, facts, id } = shownRun();
  const single = settings.hidden.length === 0 && (facts?.outputs ?? 1) === 1;
  if (single) return <Sliders key={id} {...{ settings, facts, id }} />;
  if (kept === undefined || kept.layer === 0)
    return <p class="hint">Click a unit to read and set its weights.</p>;
  return (
    <Card
      key={`${id} ${kept.layer} ${kept.index}`}
      {...{ settings, facts, id, layer: kept.layer, index: kept.index }}
    />
  );
}

interface CardProps {
  settings: Settings;
  facts: RunFacts | undefined;
  id: number;
}

function Card({ settings, facts, id, layer, index }: CardProps & { layer: number; index: number }) {
  const rows = rowsOf(settings, facts, layer, index);
  const box = useWeights(id, rows);
  return (
    <fieldset class="card" ref={box} aria-label={`Weights of ${nameOf({ layer, index }, settings, facts)}`}>
      <header>
        <strong>{nameOf({ layer, index }, settings, facts)}</strong>
        <button type="button" aria-label="Close the weights" onClick={() => set({ kept: undefined })}>
          ×
        </button>
      </header>
      <div class="rows">
        {rows.map(({ label, name, index: at, position }) => (
          <label key={position}>
            <span>{label}</span>
            <input
              type="number"
              step="0.1"
              data-position={position}
              onChange={(event) => {
                const value = event.currentTarget.valueAsNumber;
                if (Number.isFinite(value)) setNumber(name, at, value);
              }}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** One neuron: its weights and bias on sliders, and all of them times one factor: steeper, the same line. */
function Sliders({ settings, facts, id }: CardProps) {
  const rows = rowsOf(settings, facts, 1, 0);
  const box = useWeights(id, rows);
  const [steepness, setSteepness] = useState(0);
  const steepen = (next: number) => {
    const weights = lastFrame?.pictures?.weights;
    if (weights === undefined) return;
    const factor = 10 ** (next - steepness);
    for (const { name, index, position } of rows) setNumber(name, index, weights[position]! * factor);
    setSteepness(next);
  };
  return (
    <fieldset class="card" ref={box} aria-label="The neuron's weights">
      <header>
        <strong>One neuron</strong> <span class="hint">its line is where w · x + b = 0</span>
      </header>
      <div class="sliders">
        {rows.map(({ label, name, index, position }) => (
          <label key={position}>
            <span>{label === "bias" ? "b" : label.replace("from ", "w of ")}</span>
            <input
              type="range"
              aria-label={label === "bias" ? "b" : label.replace("from ", "w of ")}
              min="-20"
              max="20"
              step="0.1"
              data-position={position}
              onInput={(event) => setNumber(name, index, event.currentTarget.valueAsNumber)}
            />
            <span class="value" />
          </label>
        ))}
        <label>
          <span>steepness</span>
          <input
            type="range"
            min="-1"
            max="1"
            step="0.05"
            value={steepness}
            aria-valuetext={`${(10 ** steepness).toFixed(2)} times`}
            onInput={(event) => steepen(event.currentTarget.valueAsNumber)}
          />
          <span class="value">× {(10 ** steepness).toFixed(2)}</span>
        </label>
      </div>
    </fieldset>
  );
}
