/** The output streams, whether they may have colours, and their width. */
import pc from "picocolors";
import { printable } from "../quote.js";

/** A terminal that can move its cursor. */
export function isTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env["TERM"] !== "dumb";
}

/** Colours for stdout. picocolors alone would also colour a pipe when CI is set. */
export const colors = pc.createColors(isTerminal(process.stdout) && pc.isColorSupported);

/** Number of columns; a pipe has no limit. script(1) and some CI terminals report 0 when they do not know. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return isTerminal(stream) ? stream.columns || 80 : Number.POSITIVE_INFINITY;
}

const ESC = String.fromCharCode(27);
/** The escape sequences of `colors`, and no others. */
const colorCode = new RegExp(`(${ESC}\\[(?:[12]|2[2-9]|3[0-9]|4[0-9]|9[0-7])m)`);

/**
 * Escapes text for the terminal. A path, a label or a message may come from a file, and a file may contain
 * sequences that move the cursor, rename the window or type input for the user.
 */
function safe(line: string): string {
  if (!colors.isColorSupported) return printable(line);
  // Because the separator is captured, it appears between the parts.
  return line
    .split(colorCode)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");
}

/** One line on stdout. */
export function print(line = ""): void {
  process.stdout.write(`${safe(line)}\n`);
}

/** Lines that this program draws itself, printed without escaping. */
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
/** `1 image`, `1,000 images`: formats every printed count of things. */
export const counted = (n: number, thing: string) => `${count(n)} ${thing}${Math.round(n) === 1 ? "" : "s"}`;

/** 4.2 s, and longer times as on a clock. */
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

/** A part of a line; if the line is too long, the parts with the lowest rank are dropped first. */
export interface Field {
  text: string;
  rank: number;
  color?: (text: string) => string;
}

/** The fields that fit, in their order, chosen by rank; colour codes have no width. */
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
