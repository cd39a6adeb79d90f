/** The field to draw in, by mouse, touch, pen and keys. */
import { useEffect, useRef, useState } from "preact/hooks";
import { cleared, hasCanvas } from "../views/canvas.js";
import { beginStroke, clearDrawing, drawnStrokes, extendStroke, onDrawing, undoStroke } from "./drawing.js";
import { fieldSide, type Point, penRadius } from "./ink.js";
import { Pixels } from "./pixels.js";
import { useStore } from "./store.js";

/** Pixels that an arrow key moves the pen, and with Shift. */
const [farStep, nearStep] = [10, 3];
const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Cursor extends Point {
  readonly down: boolean;
}

function paint(canvas: HTMLCanvasElement, cursor: Cursor | undefined): void {
  const context = cleared(canvas);
  if (context === null) return;
  const style = getComputedStyle(canvas);
  const scale = canvas.clientWidth / fieldSide;
  context.scale(scale, scale);
  context.lineWidth = 2 * penRadius;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = style.color;
  for (const stroke of drawnStrokes()) {
    context.beginPath();
    for (const [i, { x, y }] of stroke.entries()) {
      if (i === 0) context.moveTo(x, y);
      context.lineTo(x, y);
    }
    context.stroke();
  }
  if (cursor === undefined) return;
  context.lineWidth = 2;
  context.strokeStyle = style.getPropertyValue("--accent");
  context.beginPath();
  context.arc(cursor.x, cursor.y, penRadius, 0, 2 * Math.PI);
  context.moveTo(cursor.x - 4, cursor.y);
  context.lineTo(cursor.x + 4, cursor.y);
  context.moveTo(cursor.x, cursor.y - 4);
  context.lineTo(cursor.x, cursor.y + 4);
  context.stroke();
}

function Field() {
  const { theme } = useStore();
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointer = useRef<number | undefined>(undefined);
  /** Where the keys have moved the pen; undefined while keys do not draw. */
  const [cursor, setCursor] = useState<Cursor>();
  useEffect(() => {
    const draw = () => paint(canvas.current!, cursor);
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(canvas.current!);
    const forget = onDrawing(draw);
    return () => {
      observer.disconnect();
      forget();
    };
  }, [cursor, theme]);

  const placeOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width, height } = canvas.current!.getBoundingClientRect();
    return { x: ((clientX - left) / width) * fieldSide, y: ((clientY - top) / height) * fieldSide };
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || pointer.current !== undefined) return;
    pointer.current = event.pointerId;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    setCursor(undefined);
    beginStroke(placeOf(event));
  };
  const onPointerMove = (event: PointerEvent) => {
    if (event.pointerId !== pointer.current) return;
    // A fast pen gives several places between two frames.
    const places = event.getCoalescedEvents?.() ?? [];
    for (const place of places.length > 0 ? places : [event]) extendStroke(placeOf(place));
  };
  const onPointerEnd = (event: PointerEvent) => {
    if (event.pointerId === pointer.current) pointer.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      setCursor(cursor && { ...cursor, down: false });
      undoStroke();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = cursor ?? { x: fieldSide / 2, y: fieldSide / 2, down: false };
    const arrow = arrows[event.key];
    if (arrow) {
      event.preventDefault();
      const step = event.shiftKey ? nearStep : farStep;
      const move = (v: number, d: number) => Math.min(fieldSide, Math.max(0, v + d * step));
      const next = { x: move(at.x, arrow[0]), y: move(at.y, arrow[1]), down: at.down };
      if (at.down) extendStroke(next);
      setCursor(next);
    } else if (event.key === " ") {
      event.preventDefault();
      if (event.repeat) return;
      if (!at.down) beginStroke(at);
      setCursor({ ...at, down: !at.down });
    } else if (event.key === "Backspace" || event.key === "Delete") {
      event.preventDefault();
      setCursor({ ...at, down: false });
      if (event.key === "Delete") clearDrawing();
      else undoStroke();
    } else if (event.key === "Escape") setCursor({ ...at, down: false });
  };
  return (
    <>
      <div
        class="field-to-draw"
        role="application"
        aria-label="Field to draw a digit in"
        aria-describedby="drawing-keys"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys draw in it; canvas itself may not have the role
        tabIndex={0}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerEnd}
        onPointerCancel={onPointerEnd}
        onLostPointerCapture={onPointerEnd}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(undefined)}
      >
        <canvas ref={canvas} />
      </div>
      <span class="unseen" role="status">
        {cursor && (cursor.down ? "The pen is down" : "The pen is up")}
      </span>
    </>
  );
}

export function Pad() {
  const { pixels } = useStore();
  return (
    <section class="pad" aria-label="Drawing">
      <header>
        <h2>Draw a digit</h2>
        <span class="spread" />
        <button type="button" onClick={undoStroke}>
          Undo
        </button>
        <button type="button" onClick={clearDrawing}>
          Clear
        </button>
      </header>
      <Field />
      <p class="hint" id="drawing-keys">
        Keys: the arrows move the pen (Shift: less far), Space puts it down and lifts it, Backspace undoes,
        Delete clears.
      </p>
      {!hasCanvas && (
        <p class="hint">This browser has no canvas: it draws nothing, but the numbers are right.</p>
      )}
      <div class="reduced">
        <Pixels
          values={pixels ?? empty}
          sizes={[1, 28, 28]}
          paint="ink"
          label={pixels ? "Your drawing in 28 by 28 pixels" : "Nothing is drawn yet"}
        />
        <div>
          <h3>What the network sees</h3>
          <p class="hint">
            Your drawing in 28 × 28 pixels, made as the images of MNIST were: scaled to fit 20 × 20, its
            centre of mass in the middle.
          </p>
        </div>
      </div>
    </section>
  );
}

const empty = new Uint8Array(28 * 28);
