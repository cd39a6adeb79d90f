/** The network: features, hidden layers and outputs, each unit with its picture, the weights as lines. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Unit } from "../experiment/sides.js";
import { dataChoices, planeFeatures } from "../state/choices.js";
import { mostLayers, mostUnits, type Settings } from "../state/settings.js";
import { cleared, hasCanvas } from "../views/canvas.js";
import {
  headRoom,
  type Layout,
  type Link,
  layoutOf,
  linksOf,
  nearestLink,
  type UnitPlace,
} from "../views/layout.js";
import { drawLinks } from "../views/links.js";
import type { Pictures, RunFacts } from "../worker/messages.js";
import { change } from "./actions.js";
import { lastFrame, onFrame } from "./engine.js";
import { set, shownRun, useStore } from "./store.js";
import { UnitCard } from "./unit-card.js";
import { drawUnits, unitPainter } from "./units.js";

const px = (length: number) => `${length}px`;

/** Features that can be chosen: their keys and labels. */
export function offeredInputs(settings: Settings, facts?: RunFacts): { key: string; label: string }[] {
  if (dataChoices[settings.data].kind === "plane")
    return Object.entries(planeFeatures).map(([key, { label }]) => ({ key, label }));
  const columns = facts?.columns ?? dataChoices[settings.data].columns;
  return columns.map((label, i) => ({ key: String(i), label: label.replaceAll("_", " ") }));
}

/** What a unit is called, also by screen readers. */
export function nameOf(unit: Unit, settings: Settings, facts?: RunFacts): string {
  const last = settings.hidden.length + 1;
  if (unit.layer === 0) {
    const key = settings.inputs[unit.index] ?? "";
    return offeredInputs(settings, facts).find((input) => input.key === key)?.label ?? "input";
  }
  if (unit.layer < last) return `layer ${unit.layer}, unit ${unit.index + 1}`;
  return facts?.task === "classes" ? `output ${facts.classes[unit.index] ?? unit.index + 1}` : "output";
}

export function Network() {
  const { theme, kept, discretize } = useStore();
  const { settings, facts, id } = shownRun();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(600);
  const [link, setLink] = useState<Link>();
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const offered = offeredInputs(settings, facts);
  const outputs = facts?.outputs ?? 1;
  const layout = useMemo(
    () => layoutOf(settings, offered.length, outputs, width),
    [settings.hidden, offered.length, outputs, width],
  );
  const used = settings.inputs.map(
    (key) => layout.layers[0]![offered.findIndex((input) => input.key === key)]!,
  );
  const links = useMemo(
    () => linksOf(settings, layout, used.filter(Boolean), outputs),
    [settings.inputs, settings.hidden, settings.dropout, layout, outputs, offered.length],
  );
  const units = useMemo(
    () => layout.layers.flat().map((place) => ({ place, unit: unitAt(place, settings, offered) })),
    [settings.inputs, layout, offered.length],
  );
  useEffect(
    () =>
      onFrame(({ pictures, shown }) => {
        if (shown !== id || pictures === undefined) return;
        const context = canvas.current && cleared(canvas.current);
        if (!context) return;
        drawLinks(context, layout, links, pictures.weights, theme, link);
        if (!facts) return;
        drawUnits(context, units, layout.size, unitPainter(settings, facts, pictures, { theme, discretize }));
      }),
    [id, layout, links, units, theme, discretize, facts, link],
  );
  const find = (event: PointerEvent) => {
    const at = canvas.current!.getBoundingClientRect();
    setLink(nearestLink(links, layout.size, event.clientX - at.left, event.clientY - at.top));
  };
  return (
    <section class="network" aria-label="Network">
      <LayerButtons settings={settings} />
      <div class="scroll" ref={box}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: by keyboard, weights are set at the units */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the same */}
        <div
          class="drawing"
          style={{ width: px(layout.width), height: px(layout.height), cursor: link ? "pointer" : undefined }}
          onPointerMove={find}
          onPointerLeave={() => setLink(undefined)}
          onClick={(event) => {
            if (link && event.target === canvas.current)
              set({ kept: { layer: link.to.layer, index: link.to.index } });
          }}
        >
          <canvas class="links" ref={canvas} />
          <Heads settings={settings} layout={layout} />
          {layout.layers.map((layer) =>
            layer.map((place) => (
              <UnitButton
                key={`${place.layer} ${place.index}`}
                {...{ place, layout, settings, facts, offered, kept }}
              />
            )),
          )}
          {link && <LinkTip link={link} pictures={lastFrame?.pictures} />}
        </div>
      </div>
      {!hasCanvas && (
        <p class="hint">This browser has no canvas: there are numbers and code, but no pictures.</p>
      )}
      <UnitCard />
    </section>
  );
}

function LinkTip({ link, pictures }: { link: Link; pictures: Pictures | undefined }) {
  const weight = pictures?.weights[link.position];
  if (weight === undefined) return null;
  const [x, y] = [(link.from.x + link.to.x) / 2, (link.from.y + link.to.y) / 2];
  return (
    <div class="tip" style={{ left: px(x), top: px(y) }}>
      weight {weight.toFixed(3)} <small>click to edit</small>
    </div>
  );
}

function LayerButtons({ settings }: { settings: Settings }) {
  const { hidden } = settings;
  const more = () => change("hidden", [...hidden, hidden.at(-1) ?? 4]);
  return (
    <div class="layer-buttons">
      <h2>Network</h2>
      <span class="spread" />
      <button
        type="button"
        aria-label="Remove a hidden layer"
        disabled={hidden.length === 0}
        onClick={() => change("hidden", hidden.slice(0, -1))}
      >
        −
      </button>
      <span class="count">
        {hidden.length} hidden {hidden.length === 1 ? "layer" : "layers"}
      </span>
      <button
        type="button"
        aria-label="Add a hidden layer"
        disabled={hidden.length === mostLayers}
        onClick={more}
      >
        +
      </button>
    </div>
  );
}

/** The number of units above each hidden layer. */
function Heads({ settings, layout }: { settings: Settings; layout: Layout }) {
  const { hidden } = settings;
  const resize = (layer: number, units: number) => {
    if (Number.isNaN(units)) return;
    const valid = Math.min(mostUnits, Math.max(1, Math.round(units)));
    change(
      "hidden",
      hidden.map((old, i) => (i === layer ? valid : old)),
    );
  };
  return (
    <>
      <span class="head-text" style={{ left: px(layout.columns[0]!) }}>
        inputs
      </span>
      {hidden.map((units, i) => (
        <div
          class="head"
          key={`${i} ${hidden.length}`}
          style={{ left: px(layout.columns[i + 1]!), height: px(headRoom) }}
        >
          <input
            type="number"
            min="1"
            max={mostUnits}
            value={units}
            aria-label={`Units of hidden layer ${i + 1}`}
            onChange={(event) => resize(i, event.currentTarget.valueAsNumber)}
          />
          <div>
            <button
              type="button"
              aria-label={`One unit less in hidden layer ${i + 1}`}
              disabled={units === 1}
              onClick={() => resize(i, units - 1)}
            >
              −
            </button>
            <button
              type="button"
              aria-label={`One unit more in hidden layer ${i + 1}`}
              disabled={units === mostUnits}
              onClick={() => resize(i, units + 1)}
            >
              +
            </button>
          </div>
        </div>
      ))}
      <span class="head-text" style={{ left: px(layout.columns.at(-1)!) }}>
        output
      </span>
    </>
  );
}

/** The unit at a place; its index is -1 for an input that is not used. */
function unitAt(
  { layer, index }: UnitPlace,
  { inputs }: Settings,
  offered: readonly { key: string }[],
): Unit {
  return { layer, index: layer === 0 ? inputs.indexOf(offered[index]!.key) : index };
}

interface UnitProps {
  place: UnitPlace;
  layout: Layout;
  settings: Settings;
  facts: RunFacts | undefined;
  offered: { key: string; label: string }[];
  kept: Unit | undefined;
}

function UnitButton({ place, layout, settings, facts, offered, kept }: UnitProps) {
  const { size } = layout;
  const input = place.layer === 0 ? offered[place.index] : undefined;
  const unit = unitAt(place, settings, offered);
  const on = unit.index >= 0;
  const style = {
    ...{ left: px(place.x - size / 2), top: px(place.y - size / 2), width: px(size), height: px(size) },
  };
  const hover = (over: boolean) => set({ hovered: over && on ? unit : undefined });
  const events = {
    onPointerEnter: () => hover(true),
    onPointerLeave: () => hover(false),
    onFocus: () => hover(true),
    onBlur: () => hover(false),
  };
  if (input) {
    const toggle = () => {
      const rest = settings.inputs.filter((key) => key !== input.key);
      if (on && rest.length === 0) return;
      const order = (key: string) => offered.findIndex((other) => other.key === key);
      change("inputs", on ? rest : [...rest, input.key].sort((a, b) => order(a) - order(b)));
    };
    return (
      <>
        <span
          class={`label${on ? "" : " off"}`}
          style={{ top: px(place.y), width: px(place.x - size / 2 - 6) }}
          title={input.label}
          aria-hidden="true"
        >
          {input.label}
        </span>
        <button
          type="button"
          class={`unit input${on ? "" : " off"}`}
          style={style}
          aria-pressed={on}
          aria-label={`Input ${input.label}`}
          onClick={toggle}
          {...events}
        />
      </>
    );
  }
  const same = kept?.layer === unit.layer && kept.index === unit.index;
  return (
    <button
      type="button"
      class="unit"
      style={style}
      aria-pressed={same}
      aria-label={`Weights of ${nameOf(unit, settings, facts)}`}
      onClick={() => set({ kept: same ? undefined : unit })}
      {...events}
    />
  );
}
