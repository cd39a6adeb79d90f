/** The data: which set, how noisy, how much of it trains; a CSV file from the visitor. */
import { useState } from "preact/hooks";
import { type DataName, dataChoices } from "../state/choices.js";
import { change } from "./actions.js";
import { Slider } from "./controls.js";
import { planFile } from "./engine.js";
import { set, shownRun, useStore } from "./store.js";

/** A few points of each data set, as a picture: x, y from 0 to 40, and whether they are blue. */
function thumbnail(name: DataName): [number, number, number][] {
  const points: [number, number, number][] = [];
  const add = (x: number, y: number, v: number) => points.push([20 + x * 3, 20 - y * 3, v]);
  const turn = (i: number, n: number) => (2 * Math.PI * i) / n;
  switch (name) {
    case "circle":
      for (let i = 0; i < 16; i++) add(5 * Math.sin(turn(i, 16)), 5 * Math.cos(turn(i, 16)), -1);
      for (let i = 0; i < 7; i++) add(1.6 * Math.sin(turn(i, 7)), 1.6 * Math.cos(turn(i, 7)), 1);
      return points;
    case "xor":
      for (const [x, y] of [
        [1.4, 1.6],
        [3.6, 2],
        [2, 4],
        [4.3, 4.4],
        [1, 3],
        [3.4, 3.2],
      ] as const)
        for (const [a, b] of [
          [1, 1],
          [-1, 1],
          [1, -1],
          [-1, -1],
        ] as const)
          add(a * x, b * y, a * b);
      return points;
    case "gaussian":
      for (const [x, y] of [
        [0, 0],
        [1.2, 0.6],
        [-0.8, 1.1],
        [0.5, -1.2],
        [-1.3, -0.4],
        [1.6, 1.7],
        [-0.2, 2],
      ] as const) {
        add(2.5 + x, 2.5 + y, 1);
        add(-2.5 - x, -2.5 - y, -1);
      }
      return points;
    case "spiral":
      for (let i = 1; i < 17; i++)
        for (const side of [1, -1]) {
          const t = (1.75 * 2 * Math.PI * i) / 17 + (side > 0 ? 0 : Math.PI);
          add((5.4 * i * Math.sin(t)) / 17, (5.4 * i * Math.cos(t)) / 17, side);
        }
      return points;
    case "plane":
    case "multiGaussian":
      for (let row = 0; row < 6; row++)
        for (let column = 0; column < 6; column++) {
          const [x, y] = [-5 + 2 * column, -5 + 2 * row];
          const hill = Math.sin((x + 2) * 0.8) * (y > 0 ? 1 : -1);
          add(x, y, name === "plane" ? (x + y) / 10 : hill);
        }
      return points;
    default:
      return points;
  }
}

const generated = ["circle", "xor", "gaussian", "spiral", "plane", "multiGaussian"] as const;
const others = ["iris", "versicolor", "and", "or", "corners"] as const;

const fill = (v: number) => (v > 0 ? "var(--blue)" : "var(--orange)");

function Thumbnail({ name }: { name: DataName }) {
  return (
    <svg viewBox="0 0 40 40" aria-hidden="true">
      {thumbnail(name).map(([x, y, v], i) => (
        <circle key={i} cx={x} cy={y} r="1.7" fill={fill(v)} opacity={0.3 + 0.7 * Math.min(1, Math.abs(v))} />
      ))}
    </svg>
  );
}

export function DataPanel() {
  const { plan } = useStore();
  const { settings, facts } = shownRun();
  const chosen = dataChoices[settings.data];
  const button = (name: DataName, picture: boolean) => (
    <button
      key={name}
      type="button"
      class={picture ? "thumb" : "chip"}
      aria-pressed={settings.data === name}
      aria-label={dataChoices[name].title}
      title={dataChoices[name].title}
      onClick={() => change("data", name)}
    >
      {picture ? <Thumbnail name={name} /> : dataChoices[name].title}
    </button>
  );
  return (
    <section class="data" aria-label="Data">
      <h2>Data</h2>
      <h3>Classification</h3>
      <div class="thumbs">{generated.slice(0, 4).map((name) => button(name, true))}</div>
      <h3>Regression</h3>
      <div class="thumbs">{generated.slice(4).map((name) => button(name, true))}</div>
      <div class="chips">{others.map((name) => button(name, false))}</div>
      <FileChoice />
      <p class="about">
        <strong>{chosen.title}</strong>
        <br />
        {chosen.task === "regression" || facts?.task === "regression" ? "regression" : "classification"}
        {facts && `, ${facts.trained} points train, ${facts.total - facts.trained} test`}
        {facts?.rows !== undefined &&
          facts.rows > facts.total &&
          `; drawn from ${facts.rows.toLocaleString("en-US")} rows`}
      </p>
      {settings.data === "file" && plan && <Answer />}
      {chosen.generated && (
        <>
          <Slider label="Points" name="points" step={10} max={1000} />
          <Slider label="Noise" name="noise" step={0.05} shown={(v) => `${Math.round(v * 100)} %`} />
        </>
      )}
      {!["and", "or", "corners"].includes(settings.data) && (
        <Slider label="Trains" name="share" step={10} shown={(v) => `${v} %`} />
      )}
      <button
        type="button"
        class="quiet"
        onClick={() => change("dataSeed", (settings.dataSeed % 999_999) + 1)}
      >
        {chosen.generated ? "Other points" : "Split anew"}
      </button>
      {chosen.kind === "table" && <Axes />}
    </section>
  );
}

function FileChoice() {
  const [over, setOver] = useState(false);
  const open = (file: File | undefined) => {
    if (file === undefined) return;
    set({ notes: [] });
    planFile(file);
  };
  return (
    <label
      class={`drop${over ? " over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        open(event.dataTransfer?.files[0]);
      }}
    >
      <input
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        aria-label="Your CSV file"
        onChange={(event) => {
          open(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      Your CSV file <small>drop it here, or choose</small>
    </label>
  );
}

/** The column of a file that is predicted. */
function Answer() {
  const { plan } = useStore();
  const answer = plan!.columns.find(({ type }) => type === "label" || type === "target");
  return (
    <label class="field">
      <span>Predicts</span>
      <select
        value={answer?.name}
        onChange={(event) => planFile(new File([plan!.file], plan!.name), event.currentTarget.value)}
      >
        {plan!.columns.map(({ name }) => (
          <option key={name} value={name} selected={name === answer?.name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Which columns the plane shows. */
function Axes() {
  const { axes } = useStore();
  const { facts } = shownRun();
  if (facts === undefined || facts.columns.length < 2) return null;
  const choose = (k: 0 | 1, value: number) => set({ axes: k === 0 ? [value, axes[1]] : [axes[0], value] });
  return (
    <div class="pair">
      {([0, 1] as const).map((k) => (
        <label class="field" key={k}>
          <span>{k === 0 ? "Across" : "Upward"}</span>
          <select value={axes[k]} onChange={(event) => choose(k, Number(event.currentTarget.value))}>
            {facts.columns.map((name, i) => (
              <option key={name} value={i} selected={i === axes[k]}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}
