import { isTensor } from "./recognize.js";

/**
 * How messages show what they were given, all of them in one voice: shortened, so that a message stays a message whatever a file holds, and with every character
 * that a terminal would obey written as an escape.
 */

/** Control characters, lone surrogates, separators of lines and paragraphs, marks that turn the direction of text, the byte order mark. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

/** A path is quoted up to this many characters, anything else up to `LONGEST`. */
const LONGEST_PATH = 300;
const LONGEST = 80;

/** The text without characters that move a cursor, change colours or end a line: `\u001b[31m`. */
export function printable(text: string): string {
  return text.replace(unprintable, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The start of a text, printable: what has no quotes around it, such as the message of another error. */
export function excerpt(text: string, longest = LONGEST): string {
  return text.length > longest ? `${printable(text.slice(0, longest))}…` : printable(text);
}

/**
 * A value of any kind in the words of a message, short whatever it is: `"abc"`, `[1, 2]`, `{ keepdim: true }`, `5n`,
 * `a tensor [2, 2] float32`, `a Date`, `the class Adam`, `"aaaa…" (52000000 characters)`.
 */
export function quoted(value: unknown, longest = LONGEST): string {
  if (typeof value !== "string") return excerpt(start(value, longest + 1, 0), longest);
  if (value.length <= longest) return printable(JSON.stringify(value));
  return `${printable(JSON.stringify(`${value.slice(0, longest)}…`))} (${value.length} characters)`;
}

/** `quoted` for paths, which stay whole unless they are longer than anybody's. */
export function quotedPath(path: string): string {
  return quoted(path, LONGEST_PATH);
}

/** `a, b, c`, or the first of many: `a, b, c … (60000 in all)`. */
export function listed(values: readonly string[], longest = 200): string {
  let text = "";
  for (const [i, value] of values.entries()) {
    const next = `${i === 0 ? "" : ", "}${excerpt(value)}`;
    if (i > 0 && text.length + next.length > longest) return `${text} … (${values.length} in all)`;
    text += next;
  }
  return text;
}

/** Nesting that is shown: what a file holds may be nested deeper than the stack. */
const DEEPEST = 4;

/** Items of a list that are shown. */
const MOST = 8;

/** At least the first `longest` characters of what there is to say of a value, without writing all of it. */
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

/** The name of a class, "Object" for an object without one. */
function nameOf(value: object): string {
  const { name } = (value as { constructor?: { name?: unknown } }).constructor ?? {};
  return typeof name === "string" && name !== "" ? name : "Object";
}

function startOfFunction(value: { name: unknown }): string {
  const { name } = value;
  if (typeof name !== "string" || name === "") return "a function";
  return `the ${/^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function"} ${name}`;
}
