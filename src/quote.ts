import { isTensor } from "./recognize.js";

/**
 * How messages show values. All messages use these functions. A long value is shortened, so that a message
 * stays short even for the content of a file. Every character that a terminal would interpret is written as
 * an escape.
 */

/**
 * Control characters, lone surrogates, line and paragraph separators, marks that change the direction of
 * text, and the byte order mark.
 */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

/** Maximum number of quoted characters of a path. For anything else it is `LONGEST`. */
const LONGEST_PATH = 300;
const LONGEST = 80;

/**
 * The text with characters that move a cursor, change colours or end a line written as escapes: `\u001b[31m`.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The start of a text, printable and without quotes, for example of the message of another error. */
export function excerpt(text: string, longest = LONGEST): string {
  return text.length > longest ? `${printable(text.slice(0, longest))}…` : printable(text);
}

/**
 * A value of any type as messages show it, always short: `"abc"`, `[1, 2]`, `{ keepdim: true }`, `5n`,
 * `a tensor [2, 2] float32`, `a Date`, `the class Adam`, `"aaaa…" (52000000 characters)`.
 */
export function quoted(value: unknown, longest = LONGEST): string {
  if (typeof value !== "string") return excerpt(start(value, longest + 1, 0), longest);
  if (value.length <= longest) return printable(JSON.stringify(value));
  return `${printable(JSON.stringify(`${value.slice(0, longest)}…`))} (${value.length} characters)`;
}

/** `quoted` for paths. Only a path longer than any real path is shortened. */
export function quotedPath(path: string): string {
  return quoted(path, LONGEST_PATH);
}

/** `a, b, c`, or the first of many values: `a, b, c … (60000 in all)`. */
export function listed(values: readonly string[], longest = 200): string {
  let text = "";
  for (const [i, value] of values.entries()) {
    const next = `${i === 0 ? "" : ", "}${excerpt(value)}`;
    if (i > 0 && text.length + next.length > longest) return `${text} … (${values.length} in all)`;
    text += next;
  }
  return text;
}

/** Levels of nesting that are shown. A value from a file may be nested deeper than the stack allows. */
const DEEPEST = 4;

/** Number of items of a list that are shown. */
const MOST = 8;

/** At least the first `longest` characters of the text for a value, without building the whole text. */
function start(value: unknown, longest: number, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, longest));
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return startOfFunction(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isTensor(value)) return `a tensor [${value.shape.join(", ")}] ${value.dtype}`;
  const list = Array.isArray(value);
  const name = list ? "Object" : nameOf(value);
  if (name !== "Object") return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
  const texts: string[] = [];
  let length = 0;
  for (const key in value) {
    if (depth === DEEPEST || length > longest || (list && texts.length === MOST)) {
      texts.push(list && depth < DEEPEST ? `… ${value.length} in all` : "…");
      break;
    }
    const text = start((value as Record<string, unknown>)[key], longest, depth + 1);
    texts.push(list ? text : `${key.slice(0, longest)}: ${text}`);
    length += texts[texts.length - 1].length;
  }
  if (list) return `[${texts.join(", ")}]`;
  return texts.length === 0 ? "{}" : `{ ${texts.join(", ")} }`;
}

/** The name of the object's class, or "Object" if it has none. */
function nameOf(value: object): string {
  const { name } = (value as { constructor?: { name?: unknown } }).constructor ?? {};
  return typeof name === "string" && name !== "" ? name : "Object";
}

function startOfFunction(value: { name: unknown }): string {
  const { name } = value;
  if (typeof name !== "string" || name === "") return "a function";
  return `the ${/^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function"} ${name}`;
}
