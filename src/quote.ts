/**
 * How messages show what they were given: shortened, so that a message stays a message whatever a file holds, and with every character
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

/** A value as JSON, its start where it is long: `"abc"`, `[1,2]`, `"aaaa…" (52000000 characters)`. */
export function quoted(value: unknown, longest = LONGEST): string {
  if (typeof value !== "string") return excerpt(jsonStart(value, longest + 1, 0), longest);
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

/** At least the first `longest` characters of the JSON of a value, without writing all of it. */
function jsonStart(value: unknown, longest: number, depth: number): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, longest));
  if (typeof value !== "object" || value === null) return String(value);
  const list = Array.isArray(value);
  const [open, close] = list ? "[]" : "{}";
  let text = open;
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (text.length > 1) text += ",";
    if (!list) text += `${JSON.stringify(key.slice(0, longest))}:`;
    text += depth === DEEPEST ? "…" : jsonStart(member, longest, depth + 1);
    if (text.length > longest || depth === DEEPEST) return text;
  }
  return text + close;
}
