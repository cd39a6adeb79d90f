/** The curves of losses: up to four runs, training drawn through, test dashed. */
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { runNames } from "../state/address.js";
import { hasCanvas } from "../views/canvas.js";
import { runColors } from "../views/palette.js";
import { firstFrame, onFrame } from "./engine.js";
import { state, useStore } from "./store.js";

/** Milliseconds between two drawings: curves need fewer than pictures. */
const every = 100;

function seriesOf(count: number, dark: boolean): uPlot.Series[] {
  const series: uPlot.Series[] = [{ label: "epoch" }];
  for (let i = 0; i < count; i++) {
    const stroke = dark ? lighter(runColors[i]!) : runColors[i]!;
    const name = runNames[i]!.toUpperCase();
    series.push({ label: `${name} training`, stroke, width: 1.8, points: { show: false }, spanGaps: true });
    series.push({
      label: `${name} test`,
      stroke,
      width: 1.8,
      dash: [5, 4],
      points: { show: false },
      spanGaps: true,
    });
  }
  return series;
}

/** Hands the visitor the recorded losses as a CSV file, all digits of them. */
function download(): void {
  const lines = state.runs.flatMap(({ marks }, i) =>
    marks.map(({ epoch, train, test }) => [runNames[i], epoch, train, test].join(",")),
  );
  const text = ["run,epoch,training loss,test loss", ...lines, ""].join("\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "losses.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The colour of a curve on a dark background. */
function lighter(color: string): string {
  const value = Number.parseInt(color.slice(1), 16);
  const mix = (c: number) => Math.round(c + (255 - c) * 0.35);
  return `rgb(${mix(value >> 16)} ${mix((value >> 8) & 255)} ${mix(value & 255)})`;
}

type Drawing = typeof import("./plot-library.js");

/** The library is half of the page's code: it comes after the first picture. */
let drawing: Promise<Drawing> | undefined;
function loadDrawing(): Promise<Drawing> {
  drawing ??= firstFrame.then(() => import("./plot-library.js"));
  return drawing;
}

function tables(join: typeof uPlot.join): uPlot.AlignedData {
  const each = state.runs.map(({ marks }): uPlot.AlignedData => {
    const finite = (v: number) => (Number.isFinite(v) ? v : null);
    return [marks.map((m) => m.epoch), marks.map((m) => finite(m.train)), marks.map((m) => finite(m.test))];
  });
  return each.length === 1 ? each[0]! : join(each);
}

export function Chart() {
  const { runs, theme } = useStore();
  const box = useRef<HTMLDivElement>(null);
  const [log, setLog] = useState(false);
  useEffect(() => {
    if (!hasCanvas) return;
    let [shown, hide] = [true, () => {}];
    void loadDrawing().then(({ uPlot }) => {
      if (shown && state.runs.length === runs.length) hide = show(uPlot);
    });
    return () => {
      shown = false;
      hide();
    };
  }, [runs.map(({ id }) => id).join(), theme, log]);

  /** Draws the curves from now on; returns what ends that. */
  function show(Plot: typeof uPlot): () => void {
    const ink = getComputedStyle(box.current!).color;
    const faint = theme === "dark" ? "#2d333b" : "#e7e9ec";
    const axis = {
      stroke: ink,
      grid: { stroke: faint, width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    };
    const options: uPlot.Options = {
      width: box.current!.clientWidth,
      height: 190,
      series: seriesOf(runs.length, theme === "dark"),
      scales: {
        x: { time: false },
        y: log ? { distr: 3 } : { range: (_, low, high) => [Math.min(0, low), high * 1.04 || 1] },
      },
      axes: [
        { ...axis, size: 26 },
        { ...axis, size: 46 },
      ],
      legend: { show: false },
      cursor: { y: false, points: { size: 6 } },
      padding: [8, 8, 0, 0],
    };
    const plot = new Plot(options, tables(Plot.join), box.current!);
    const observer = new ResizeObserver(() => plot.setSize({ width: box.current!.clientWidth, height: 190 }));
    observer.observe(box.current!);
    let last = 0;
    let due: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      due = undefined;
      // A run has come or gone, and this plot is about to be replaced by one with as many curves.
      if (state.runs.length !== runs.length) return;
      last = performance.now();
      plot.setData(tables(Plot.join));
    };
    const stop = onFrame(() => {
      due ??= setTimeout(draw, Math.max(0, every - (performance.now() - last)));
    });
    return () => {
      stop();
      clearTimeout(due);
      observer.disconnect();
      plot.destroy();
    };
  }
  return (
    <section class="chart" aria-label="Losses">
      <header>
        <h2>Losses</h2>
        <span class="keys" aria-hidden="true">
          <i class="line" /> training <i class="line dashed" /> test
        </span>
        <span class="spread" />
        <label class="check">
          <input type="checkbox" checked={log} onChange={(event) => setLog(event.currentTarget.checked)} />{" "}
          log scale
        </label>
        <button type="button" class="quiet" onClick={download}>
          Losses as CSV
        </button>
      </header>
      <div class="plot" ref={box} role="img" aria-label="Curves of the losses over epochs" />
    </section>
  );
}
