/** What the network answers: on the plane, as a surface, in a hidden layer's space, or as a loss surface. */
import { useEffect, useRef, useState } from "preact/hooks";
import { largeSide } from "../experiment/sides.js";
import { Square } from "../views/canvas.js";
import { classColors, css, rgbText } from "../views/palette.js";
import { paintOutput, paintUnit } from "../views/picture.js";
import { drawPlane } from "../views/plane.js";
import { firstTurn, turned } from "../views/solid.js";
import type { RunFacts } from "../worker/messages.js";
import { Tabs } from "./controls.js";
import { onFrame, onReadableFrame } from "./engine.js";
import { nameOf } from "./network.js";
import { SpaceNote, SurfaceChoice } from "./output-choices.js";
import { drawAnswerSolid, drawLossSolid, drawSpace } from "./output-views.js";
import { set, shownRun, useStore, type View, views } from "./store.js";

const digits = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : "NaN");
const percent = (value: number) => (Number.isNaN(value) ? "" : `${(100 * value).toFixed(1)} %`);

/** The losses and the shares of right answers. */
function Numbers() {
  const box = useRef<HTMLDListElement>(null);
  useEffect(
    () =>
      onReadableFrame(({ runs, shown, pictures }) => {
        const now = runs.find(({ id }) => id === shown)?.now;
        if (!now || !box.current) return;
        const write = (name: string, text: string) => {
          box.current!.querySelector(`[data-testid="${name}"]`)!.textContent = text;
        };
        write("train-loss", digits(now.train));
        write("test-loss", digits(now.test));
        write("train-right", percent(pictures?.right[0] ?? Number.NaN));
        write("test-right", percent(pictures?.right[1] ?? Number.NaN));
      }),
    [],
  );
  return (
    <dl class="numbers" ref={box}>
      <div>
        <dt>Test loss</dt>
        <dd data-testid="test-loss">–</dd>
        <dd class="right" data-testid="test-right" />
      </div>
      <div>
        <dt>Training loss</dt>
        <dd data-testid="train-loss">–</dd>
        <dd class="right" data-testid="train-right" />
      </div>
    </dl>
  );
}

/** Radians that an arrow key turns by, and a pixel of the mouse. */
const keyTurn = 0.12;
const dragTurn = 0.008;

/** The large picture. */
let picture: Square | undefined;

export function Output() {
  const { view, discretize, showTest, theme, hovered, kept } = useStore();
  const { settings, facts, id } = shownRun();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [turn, setTurn] = useState(firstTurn);
  const look = { theme, discretize, showTest };
  useEffect(
    () =>
      onFrame(({ pictures, surface, shown }) => {
        if (shown !== id || !pictures || !facts || !canvas.current) return;
        if (view === "surface") {
          if (surface) drawLossSolid(canvas.current, surface, settings, facts, { turn, theme });
          return;
        }
        if (view === "space") return drawSpace(canvas.current, settings, facts, pictures, kept, look);
        const { unit, large } = pictures;
        const isOutput =
          unit === undefined || (unit.layer > settings.hidden.length && facts.task !== "classes");
        const share =
          unit !== undefined &&
          (unit.layer > settings.hidden.length
            ? facts.task !== "regression"
            : unit.layer > 0 && settings.activation === "Sigmoid");
        picture ??= new Square(largeSide);
        if (isOutput) paintOutput(picture.colors, facts, large, look);
        else paintUnit(picture.colors, large, 0, share, look);
        if (view === "plane") drawPlane(canvas.current, facts, picture, look);
        else {
          const how = { ...look, turn, isOutput, share };
          drawAnswerSolid(canvas.current, facts, pictures, picture.colors, how);
        }
      }),
    [id, facts, view, turn, theme, discretize, showTest, kept, settings],
  );
  const solid = view === "solid" || view === "surface";
  const of = hovered ?? kept;
  return (
    <section class="output" aria-label="Output">
      <h2>{of && view !== "surface" ? nameOf(of, settings, facts) : "Output"}</h2>
      <Numbers />
      <Tabs
        label="View"
        value={view}
        options={Object.entries(views) as [View, string][]}
        onChange={(value) => set({ view: value })}
      />
      <canvas
        ref={canvas}
        class={`large${solid ? " solid" : ""}`}
        role="img"
        tabIndex={solid ? 0 : -1}
        aria-label={labelOf(view, facts)}
        data-side={largeSide}
        onKeyDown={(event) => {
          const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[
            event.key
          ];
          if (by === undefined || !solid) return;
          event.preventDefault();
          setTurn((old) => turned(old, by[0]! * keyTurn, by[1]! * keyTurn));
        }}
        onPointerDown={(event) => solid && event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (solid && event.buttons === 1)
            setTurn((old) => turned(old, event.movementX * dragTurn, event.movementY * dragTurn));
        }}
      />
      {view === "surface" ? <SurfaceChoice /> : view === "space" ? <SpaceNote /> : <Legend facts={facts} />}
      {view !== "surface" && (
        <div class="checks">
          <label class="check">
            <input
              type="checkbox"
              checked={showTest}
              onChange={(event) => set({ showTest: event.currentTarget.checked })}
            />
            Show test data
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={discretize}
              onChange={(event) => set({ discretize: event.currentTarget.checked })}
            />
            Discretize output
          </label>
        </div>
      )}
    </section>
  );
}

function labelOf(view: View, facts: RunFacts | undefined): string {
  const [across, upward] = facts?.frame.axes.map((axis) => facts.columns[axis]) ?? [];
  switch (view) {
    case "plane":
      return `The answer of the network over ${across} and ${upward}, and the points`;
    case "solid":
      return `The answer of the network as a surface over ${across} and ${upward}; the arrow keys turn it`;
    case "space":
      return "What the hidden layer makes of the training points";
    case "surface":
      return "The training loss over two weights, and the path of descent; the arrow keys turn it";
  }
}

function Legend({ facts }: { facts: RunFacts | undefined }) {
  const { theme } = useStore();
  if (facts?.task === "classes")
    return (
      <ul class="legend">
        {facts.classes.map((name, k) => (
          <li key={name}>
            <i style={{ background: rgbText(classColors[k % classColors.length]!) }} /> {name}
          </li>
        ))}
      </ul>
    );
  const stops = Array.from({ length: 9 }, (_, i) => css(theme, -1 + i / 4));
  const [low, high] = facts?.task === "regression" ? ["−1", "1"] : (facts?.classes ?? ["orange", "blue"]);
  return (
    <div class="legend scale">
      <span>{low}</span>
      <i style={{ background: `linear-gradient(to right, ${stops.join(", ")})` }} />
      <span>{high}</span>
    </div>
  );
}
