/** The page. */

import { useEffect } from "preact/hooks";
import { decode } from "../state/address.js";
import { optimizersSideBySide, presets } from "../state/presets.js";
import { change, isOwnAddress, presentRate, reset, setTheme, show } from "./actions.js";
import { Chart } from "./chart.js";
import { CodePanel } from "./code-panel.js";
import { PlayBar, Training } from "./controls.js";
import { DataPanel } from "./data-panel.js";
import { restartWorker, step } from "./engine.js";
import { Layers } from "./layers.js";
import { Network } from "./network.js";
import { Output } from "./output.js";
import { Runs } from "./runs.js";
import { set, shownRun, state, useStore } from "./store.js";
import { ThemeButton } from "./theme-button.js";

function Header() {
  const { theme } = useStore();
  const choose = (key: string) => {
    if (key === "optimizers") return show(optimizersSideBySide);
    const preset = presets[key];
    if (preset) show([preset.settings], [`${preset.title}. ${preset.about}`]);
  };
  return (
    <header class="top">
      <h1>
        simdgrad <span>playground</span>
      </h1>
      <p>Networks that train before your eyes, in the library itself.</p>
      <span class="spread" />
      <nav aria-label="Pages">
        <a href="./digits.html">Draw a digit</a>
      </nav>
      <label class="preset">
        <span class="unseen">Presets</span>
        <select
          aria-label="Presets"
          value=""
          onChange={(event) => {
            choose(event.currentTarget.value);
            event.currentTarget.value = "";
          }}
        >
          <option value="">Presets…</option>
          {Object.entries(presets).map(([key, { title }]) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
          <option value="optimizers">Four optimizers side by side</option>
        </select>
      </label>
      <ThemeButton theme={theme} onChange={setTheme} />
    </header>
  );
}

/** Lines about what happened: notes of an address, endings, a Worker that died. */
function Notices() {
  const { notes, dead } = useStore();
  const { ending, error, settings } = shownRun();
  const rate = Number((presentRate(settings) / 10).toPrecision(3));
  return (
    <div class="notices" role="status">
      {dead !== undefined && (
        <p class="bad">
          {dead}.{" "}
          <button type="button" onClick={restartWorker}>
            Start it again
          </button>
        </p>
      )}
      {error !== undefined && <p class="bad">{error}</p>}
      {ending?.why === "not finite" && (
        <p class="bad">
          The loss is not a number since step {ending.step.toLocaleString("en-US")} (epoch {ending.epoch}):
          training diverged.{" "}
          <button
            type="button"
            onClick={() => {
              reset();
              change("lr", rate);
            }}
          >
            Start again with learning rate {rate}
          </button>{" "}
          <button type="button" onClick={reset}>
            Reset
          </button>
        </p>
      )}
      {ending?.why === "stopped early" && (
        <p>
          Stopped early after epoch {ending.epoch}: the test loss was smallest in epoch {ending.best}. These
          are the weights of that epoch.{" "}
          <button type="button" onClick={reset}>
            Reset
          </button>
        </p>
      )}
      {notes.length > 0 && (
        <p>
          {notes.join("; ")}{" "}
          <button type="button" class="close" aria-label="Close this line" onClick={() => set({ notes: [] })}>
            ×
          </button>
        </p>
      )}
    </div>
  );
}

/** Space plays and pauses, S makes a step, R resets; not while something is typed. */
function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
    return;
  if (event.key === " " && target.tagName !== "BUTTON" && target.tagName !== "SUMMARY") {
    event.preventDefault();
    if (state.dead === undefined && shownRun().ending === undefined) set({ playing: !state.playing });
  } else if (event.key === "s") step();
  else if (event.key === "r") reset();
}

function onHash(): void {
  if (isOwnAddress(location.hash)) return;
  const { runs, notes } = decode(location.hash);
  show(runs, notes);
}

export function App() {
  const { backend, reason } = useStore();
  useEffect(() => {
    addEventListener("keydown", onKey);
    addEventListener("hashchange", onHash);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("hashchange", onHash);
    };
  }, []);
  return (
    <>
      <Header />
      <section class="bar" aria-label="Controls">
        <PlayBar />
        <Training />
      </section>
      <main>
        <Notices />
        <div class="stage">
          <DataPanel />
          <Network />
          <Output />
        </div>
        <Runs />
        <div class="below">
          <div>
            <Chart />
            <Layers />
          </div>
          <CodePanel />
        </div>
      </main>
      <footer>
        {backend === "wasm" && "Trains in WebAssembly, with the kernels of the native addon."}
        {backend === "js" && `Trains on the JavaScript core: ${reason}.`}
        {backend === "" && "Starting…"} Nothing leaves this page.
      </footer>
    </>
  );
}
