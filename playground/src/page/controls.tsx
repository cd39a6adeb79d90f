/** Playing, and the settings of training. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { activationNames, initialisers, regularizations } from "../state/choices.js";
import { type OptimizerName, optimizers, settingsOf } from "../state/optimizers.js";
import { limits, type NumberKey, nearestNumber, type Settings } from "../state/settings.js";
import { change, presentRate, reseed, reset } from "./actions.js";
import { onFrame, onReadableFrame, step } from "./engine.js";
import { type Speed, set, shownRun, speeds, useStore } from "./store.js";

/** A label above its control. */
export function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  /** Each value, and the text that is shown for it. */
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}

/** One of few choices, side by side: radio buttons that look like tabs. */
export function Tabs<T extends string>(props: ChoiceProps<T>) {
  const { label, value, options, onChange } = props;
  return (
    <fieldset class="tabs" aria-label={label}>
      {options.map(([key, title]) => (
        <label key={key}>
          <input
            type="radio"
            class="unseen"
            name={label}
            value={key}
            checked={key === value}
            onChange={() => onChange(key)}
          />
          <span>{title}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Select<T extends string>(props: ChoiceProps<T>) {
  const { label, value, options, onChange } = props;
  return (
    <Field label={label}>
      <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {options.map(([key, title]) => (
          <option key={key} value={key} selected={key === value}>
            {title}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** A number that is clamped to its limits when it is typed. */
export function NumberField({
  label,
  name,
  step: by = "any",
}: {
  label: string;
  name: NumberKey;
  step?: string;
}) {
  const { settings } = shownRun();
  const value = name === "lr" ? presentRate(settings) : settings[name];
  const { min, max } = limits[name];
  return (
    <Field label={label}>
      <input
        type="number"
        aria-label={label}
        value={value}
        min={min}
        max={max}
        step={by}
        onChange={(event) => {
          const valid = nearestNumber(name, event.currentTarget.valueAsNumber);
          event.currentTarget.value = String(valid);
          change(name, valid);
        }}
      />
    </Field>
  );
}

export function Slider(props: {
  label: string;
  name: NumberKey;
  step: number;
  max?: number;
  shown?: (value: number) => string;
}) {
  const { label, name, step: by, shown = String } = props;
  const value = shownRun().settings[name];
  const { min, max } = limits[name];
  return (
    <label class="slider">
      <span>
        {label} <span class="value">{shown(value)}</span>
      </span>
      <input
        type="range"
        aria-label={label}
        {...{ min, max: props.max ?? max, step: by, value }}
        aria-valuetext={shown(value)}
        onInput={(event) => change(name, event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

const number = new Intl.NumberFormat("en-US");

/** Epochs, and steps a second; written without drawing the page again. */
function Counter() {
  const epoch = useRef<HTMLElement>(null);
  const speed = useRef<HTMLElement>(null);
  useEffect(() => {
    let [steps, since] = [0, performance.now()];
    const stop = onReadableFrame((frame) => {
      const run = frame.runs.find(({ id }) => id === frame.shown);
      if (epoch.current) epoch.current.textContent = number.format(run?.epoch ?? 0);
    });
    const stopCounting = onFrame((frame) => {
      steps += frame.steps;
      const now = performance.now();
      if (now - since < 500) return;
      const perSecond = (steps / (now - since)) * 1000;
      if (speed.current) speed.current.textContent = `${number.format(Math.round(perSecond))} steps/s`;
      [steps, since] = [0, now];
    });
    return () => {
      stop();
      stopCounting();
    };
  }, []);
  return (
    <div class="counter">
      <span>epoch</span>
      <strong ref={epoch} data-testid="epoch">
        0
      </strong>
      <small ref={speed}>0 steps/s</small>
    </div>
  );
}

const icons = {
  reset: "M12 5a7 7 0 1 1-6.6 4.7M5 4v6h6",
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  step: "M6 5v14l9-7zM16 5h3v14h-3z",
  dice: "M4 4h16v16H4zM8.5 8.5h.01M15.5 15.5h.01M12 12h.01M15.5 8.5h.01M8.5 15.5h.01",
};

function Icon({ name }: { name: keyof typeof icons }) {
  const stroked = name === "reset" || name === "dice";
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" class={stroked ? "stroked" : undefined}>
      <path d={icons[name]} />
    </svg>
  );
}

export function PlayBar() {
  const { playing, speed, dead } = useStore();
  const { ending } = shownRun();
  return (
    <fieldset class="play" aria-label="Training">
      <button type="button" class="round" aria-label="Reset" title="Reset (R)" onClick={reset}>
        <Icon name="reset" />
      </button>
      <button
        type="button"
        class="round main"
        aria-label={playing ? "Pause" : "Play"}
        title={`${playing ? "Pause" : "Play"} (space)`}
        disabled={dead !== undefined || (ending !== undefined && !playing)}
        onClick={() => set({ playing: !playing })}
      >
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <button
        type="button"
        class="round"
        aria-label="Step one epoch"
        title="One epoch (S)"
        disabled={dead !== undefined || ending !== undefined}
        onClick={() => step()}
      >
        <Icon name="step" />
      </button>
      <Counter />
      <Select
        label="Speed"
        value={speed}
        options={Object.entries(speeds).map(([key, { title }]) => [key as Speed, title] as const)}
        onChange={(value) => set({ speed: value })}
      />
    </fieldset>
  );
}

const same = <T extends string>(names: readonly T[]) => names.map((name) => [name, name] as const);
const titled = <T extends string>(table: Record<T, string>) => Object.entries(table) as [T, string][];
const rates = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

export function Training() {
  useStore();
  const { settings } = shownRun();
  const { optimizer, penalty, activation, init } = settings;
  return (
    <fieldset class="training" aria-label="Settings of training">
      <label class="field">
        <span>Learning rate</span>
        <input
          type="number"
          aria-label="Learning rate"
          list="rates"
          step="any"
          value={presentRate(settings)}
          onChange={(event) => {
            const valid = nearestNumber("lr", event.currentTarget.valueAsNumber);
            event.currentTarget.value = String(valid);
            change("lr", valid);
          }}
        />
        <datalist id="rates">
          {rates.map((rate) => (
            <option key={rate} value={rate} />
          ))}
        </datalist>
      </label>
      <Select
        label="Activation"
        value={activation}
        options={same(activationNames)}
        onChange={(value) => change("activation", value)}
      />
      <Select
        label="Optimizer"
        value={optimizer}
        options={same(Object.keys(optimizers) as OptimizerName[])}
        onChange={(value) => change("optimizer", value)}
      />
      <Select
        label="Penalty"
        value={penalty}
        options={titled(regularizations)}
        onChange={(value) => change("penalty", value)}
      />
      <NumberField label="Penalty rate" name="rate" />
      <NumberField label="Batch size" name="batch" step="1" />
      <Select
        label="First weights"
        value={init}
        options={Object.entries(initialisers).map(
          ([key, { title }]) => [key as Settings["init"], title] as const,
        )}
        onChange={(value) => change("init", value)}
      />
      <label class="field seed">
        <span>Seed</span>
        <span class="pair">
          <input
            type="number"
            aria-label="Seed"
            value={settings.seed}
            min={limits.seed.min}
            max={limits.seed.max}
            onChange={(event) => change("seed", nearestNumber("seed", event.currentTarget.valueAsNumber))}
          />
          <button
            type="button"
            class="icon"
            aria-label="Other first weights"
            title="Other first weights"
            onClick={reseed}
          >
            <Icon name="dice" />
          </button>
        </span>
      </label>
      <More settings={settings} />
    </fieldset>
  );
}

/** What is set less often: the optimizer's own settings, dropout, early stopping. */
function More({ settings }: { settings: Settings }) {
  const { optimizer, options } = settings;
  const setOption = (name: string, value: number) => {
    const { initial, min, max } = settingsOf(optimizer)[name]!;
    const valid = Number.isNaN(value) ? initial : Math.min(max, Math.max(min, value));
    const { [name]: _, ...rest } = options;
    change("options", valid === initial ? rest : { ...rest, [name]: valid });
  };
  return (
    <details class="more">
      <summary>More</summary>
      <div class="fields">
        <NumberField label="Dropout" name="dropout" step="0.1" />
        <NumberField label="Stop early after" name="patience" step="1" />
        {Object.entries(settingsOf(optimizer)).map(([name, { initial, flag }]) =>
          flag ? (
            <label class="check" key={name}>
              <input
                type="checkbox"
                checked={options[name] === 1}
                onChange={(event) => setOption(name, Number(event.currentTarget.checked))}
              />
              {name}
            </label>
          ) : (
            <Field label={name} key={name}>
              <input
                type="number"
                step="any"
                value={options[name] ?? initial}
                onChange={(event) => setOption(name, event.currentTarget.valueAsNumber)}
              />
            </Field>
          ),
        )}
      </div>
    </details>
  );
}
