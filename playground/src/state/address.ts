/**
 * The state in the address: `#v=1&data=spiral&hidden=8,8&b.optimizer=Adam`. What is not named is as at first;
 * `b.` to `d.` begin the settings in which further runs differ from the first.
 */

import { settingsOf } from "./optimizers.js";
import {
  type Change,
  changed,
  clamp,
  initial,
  isInput,
  limits,
  mostLayers,
  mostUnits,
  type NumberKey,
  nearestNumber,
  type Settings,
  type WordKey,
  words,
} from "./settings.js";

const version = "1";
/** Prefixes of the runs. */
export const runNames = ["a", "b", "c", "d"] as const;

export interface Decoded {
  readonly runs: readonly Settings[];
  /** What of the address could not be kept, in words; empty if all of it could. */
  readonly notes: readonly string[];
}

const changeText = ({ epoch, name, index, value }: Change) => [epoch, name, index, value].join(":");

/** Each setting as text. */
function texts(settings: Settings): Record<string, string> {
  const { inputs, hidden, options, changes, ...plain } = settings;
  return {
    ...Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, String(value)])),
    inputs: inputs.join(","),
    hidden: hidden.join(","),
    options: Object.entries(options)
      .map(([name, value]) => `${name}:${value}`)
      .join(","),
    changes: changes.map(changeText).join(","),
  };
}

/** The address of these runs, without `#`. */
export function encode(runs: readonly Settings[]): string {
  const parts = [`v=${version}`];
  let before = texts(initial);
  for (const [i, run] of runs.entries()) {
    const own = texts(run);
    const prefix = i === 0 ? "" : `${runNames[i]}.`;
    const differing = Object.keys(own).filter((key) => own[key] !== before[key]);
    // A further run that differs in nothing has to be named, too.
    if (i > 0 && differing.length === 0) differing.push("data");
    // Where a further run has other data or another shape, `changed` drops what belonged to the first.
    if (i > 0 && differing.includes("data")) differing.push("inputs");
    const shape = ["data", "hidden", "inputs", "dropout"].some((key) => differing.includes(key));
    if (i > 0 && shape && own["changes"] !== "") differing.push("changes");
    for (const key of new Set(differing)) parts.push(`${prefix}${key}=${encodeURIComponent(own[key]!)}`);
    if (i === 0) before = own;
  }
  return parts.join("&").replaceAll("%2C", ",").replaceAll("%3A", ":");
}

function decodeChanges(text: string, note: (what: string) => void): Change[] {
  const changes: Change[] = [];
  for (const part of text.split(",").filter(Boolean)) {
    const [epoch, name = "", index, value] = part.split(":");
    const change = { epoch: Number(epoch), name, index: Number(index), value: Number(value) };
    const whole = [change.epoch, change.index].every((n) => Number.isInteger(n) && n >= 0);
    if (whole && Number.isFinite(change.value) && /^(lr|\d+\.(weight|bias))$/.test(name))
      changes.push(change);
    else note(`changes: ${part} is no change of a weight`);
  }
  return changes;
}

function decodeOptions(settings: Settings, text: string, note: (what: string) => void): Settings["options"] {
  const known = settingsOf(settings.optimizer);
  const options: Record<string, number> = {};
  for (const part of text.split(",").filter(Boolean)) {
    const [name = "", value] = part.split(":");
    const setting = Object.hasOwn(known, name) ? known[name]! : undefined;
    if (setting === undefined || Number.isNaN(Number(value))) {
      note(`options: ${settings.optimizer} has no setting ${part}`);
      continue;
    }
    options[name] = clamp(Number(value), setting.min, setting.max);
    if (options[name] !== Number(value)) note(`${name} = ${value} became ${options[name]}`);
  }
  return options;
}

function decodeHidden(text: string, note: (what: string) => void): number[] {
  const sizes = text.split(",").filter(Boolean).map(Number);
  const valid = sizes
    .filter((size) => !Number.isNaN(size))
    .map((size) => clamp(Math.round(size), 1, mostUnits));
  const kept = valid.slice(0, mostLayers);
  if (kept.join() !== text) note(`hidden = ${text} became ${kept.join(",") || "no layer"}`);
  return kept;
}

function decodeInputs(settings: Settings, text: string, note: (what: string) => void): readonly string[] {
  const all = [...new Set(text.split(",").filter(Boolean))];
  const kept = all.filter((input) => isInput(settings.data, input));
  if (kept.length < all.length || all.length === 0)
    note(`inputs = ${text} became ${kept.join(",") || "the first"}`);
  return kept.length === 0 ? settings.inputs : kept;
}

/** Settings in the order in which they depend on each other. */
const order = ["data", "optimizer", "inputs", "hidden", "dropout"];

function decodeRun(base: Settings, given: Map<string, string>, note: (what: string) => void): Settings {
  let run = base;
  const keys = [...given.keys()].sort((a, b) => (order.indexOf(a) + 1 || 99) - (order.indexOf(b) + 1 || 99));
  for (const key of keys) {
    const text = given.get(key)!;
    if (Object.hasOwn(limits, key)) {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      const nearest = nearestNumber(key as NumberKey, value);
      if (nearest !== value) note(`${key} = ${text} became ${nearest}`);
      run = changed(run, key as NumberKey, nearest);
    } else if (Object.hasOwn(words, key)) {
      const found = words[key as WordKey].find((word) => word.toLowerCase() === text.toLowerCase());
      if (found === undefined) note(`${key} = ${text} is not known`);
      else if (found !== run[key as WordKey]) run = changed(run, key as WordKey, found as never);
    } else if (key === "hidden") run = changed(run, key, decodeHidden(text, note));
    else if (key === "inputs") run = changed(run, key, decodeInputs(run, text, note));
    else if (key === "options") run = { ...run, options: decodeOptions(run, text, note) };
    else if (key !== "changes") note(`${key} is not known`);
  }
  // Last, because changes of the shape drop them.
  const changes = given.get("changes");
  return changes === undefined ? run : { ...run, changes: decodeChanges(changes, note) };
}

/** A text of an address, shortened: it may be anything. */
const shortened = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** Reads an address, with or without `#`. Always gives valid settings: the nearest to what it says. */
export function decode(hash: string): Decoded {
  const notes: string[] = [];
  const given = runNames.map(() => new Map<string, string>());
  let ofVersion: string | undefined;
  for (const part of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const at = part.indexOf("=");
    const key = at < 0 ? part : part.slice(0, at);
    let text = at < 0 ? "" : part.slice(at + 1);
    try {
      text = decodeURIComponent(text);
    } catch {
      notes.push(shortened(`${key} = ${text} is not readable`));
      continue;
    }
    const [, name, own] = /^(?:([bcd])\.)?(.+)$/.exec(key) ?? [];
    if (own === "v" && name === undefined) ofVersion = text;
    else if (own !== undefined) given[name === undefined ? 0 : runNames.indexOf(name as "b")]!.set(own, text);
  }
  const any = given.some((run) => run.size > 0);
  if (ofVersion !== version && (ofVersion !== undefined || any))
    notes.unshift(
      `the address is of ${ofVersion === undefined ? "no" : "another"} version: what is known of it was kept`,
    );
  const note = (what: string) => void notes.push(shortened(what));
  const first = decodeRun(initial, given[0]!, note);
  const others = given.slice(1).filter((run) => run.size > 0);
  return { runs: [first, ...others.map((run) => decodeRun(first, run, note))], notes };
}
