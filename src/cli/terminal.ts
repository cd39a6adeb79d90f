/** Where text goes, whether it may have colours, and how wide it may be. */
import pc from "picocolors";
import { printable } from "../quote.js";

/** A terminal that can move its cursor. */
export function isTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env["TERM"] !== "dumb";
}

/** Colours for stdout. picocolors alone would also colour a pipe when CI is set. */
export const colors = pc.createColors(isTerminal(process.stdout) && pc.isColorSupported);

/** Columns; a pipe has no limit. script(1) and some CI terminals say 0 when they do not know. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return isTerminal(stream) ? stream.columns || 80 : Number.POSITIVE_INFINITY;
}

const ESC = String.fromCharCode(27);
/** The escape sequences of `colors`, and no others. */
const colorCode = new RegExp(`(${ESC}\\[(?:[12]|2[2-9]|3[0-9]|4[0-9]|9[0-7])m)`);

/**
 * The text as a terminal may have it. A path, a label or a message may come from a file, and a file may hold
 * what moves the cursor, renames the window or types for the user.
 */
function safe(line: string): string {
  if (!colors.isColorSupported) return printable(line);
  // A separator that is captured stands between the parts.
  return line
    .split(colorCode)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");
}

/** One line on stdout. */
export function print(line = ""): void {
  process.stdout.write(`${safe(line)}\n`);
}

/** Lines of our own drawing, as they are. */
export function printDrawing(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

/** Lines on stderr, such as a message, or a message and its stack. */
export function printError(text: string): void {
  process.stderr.write(`${text.split("\n").map(printable).join("\n")}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

export const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
export const count = (n: number) => Math.round(n).toLocaleString("en-US");
/** `1 image`, `1,000 images`: every number of things that is printed. */
export const counted = (n: number, thing: string) => `${count(n)} ${thing}${Math.round(n) === 1 ? "" : "s"}`;

/** 4.2 s, then as a clock. */
export function duration(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : clock(seconds);
}

/** 0:07, 12:30, 1:02:03. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-:--";
  const s = Math.max(0, Math.round(seconds));
  const pad = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}:${pad(s % 60)}`;
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(s % 60)}`;
}

/** A piece of a line; the ones with the lowest rank go first when the line is too long. */
export interface Field {
  text: string;
  rank: number;
  color?: (text: string) => string;
}

/** The fields that fit, in their order, chosen by rank; colours take no room. */
export function fitFields(fields: readonly Field[], width: number, gap = "  "): string {
  const [first, ...others] = [...fields].sort((a, b) => b.rank - a.rank);
  const kept = new Set([first]);
  let room = width - first.text.length;
  for (const field of others) {
    const length = gap.length + field.text.length;
    if (length > room) continue;
    kept.add(field);
    room -= length;
  }
  if (room < 0) return first.text.slice(0, Math.max(0, width));
  return fields
    .filter((field) => kept.has(field))
    .map(({ text, color }) => (color ? color(text) : text))
    .join(gap);
}
